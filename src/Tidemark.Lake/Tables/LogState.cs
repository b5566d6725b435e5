using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// What a run of log entries adds up to. Entries are applied in place, so that reading many costs what they hold and
/// not what the table holds, times their number. Not thread-safe.
/// </summary>
/// <param name="table">Whose log it is, for messages.</param>
/// <param name="keepRemoved">Whether to remember removed files: only a checkpoint needs them.</param>
internal sealed class LogState(TableId table, bool keepRemoved = false)
{
    /// <summary>
    /// A property of the table's metaData that says that columns were added after the first commit, so that older files
    /// may lack some: the log before a checkpoint can no longer tell.
    /// </summary>
    public const string ColumnsAddedProperty = "tidemark.columnsAdded";

    /// <summary>The columns that identify a row within its partition; every table of ours says them.</summary>
    public const string KeyProperty = "tidemark.key";

    private Dictionary<string, AddAction> _files = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, AddAction>? _shared;
    private UnitChanges? _changes;
    private MetadataAction? _judgedBy;
    private readonly List<AddAction> _added = [];

    public long Version { get; set; } = -1;

    public ProtocolAction? Protocol { get; private set; }

    public MetadataAction? Metadata { get; private set; }

    public bool SchemaChanged { get; private set; }

    public CommitInfoAction? Commit { get; set; }

    /// <summary>By decoded path: a path that is spelled in two ways is one file.</summary>
    public IReadOnlyDictionary<string, AddAction> Files => _shared ?? _files;

    /// <summary>
    /// Live files that the snapshot from which this began did not have: those of a snapshot were judged when it was
    /// made.
    /// </summary>
    public IEnumerable<AddAction> NewFiles =>
        _judgedBy is null || !ReferenceEquals(_judgedBy, Metadata)
            ? Files.Values
            : _added.Where(add => ReferenceEquals(Files.GetValueOrDefault(DeltaPath.Decoded(add.Path)), add));

    /// <summary>The newest transaction of each application.</summary>
    public Dictionary<string, TransactionAction> Transactions { get; } = new(StringComparer.Ordinal);

    /// <summary>Removed files, if they are kept, by decoded path.</summary>
    public Dictionary<string, RemoveAction> Removed { get; } = new(StringComparer.Ordinal);

    /// <summary>The state of a snapshot, to go on from.</summary>
    public static LogState Of(TableSnapshot snapshot)
    {
        var state = new LogState(snapshot.Table)
        {
            Version = snapshot.Version,
            Protocol = snapshot.Protocol,
            Metadata = snapshot.Metadata,
            SchemaChanged = snapshot.SchemaChanged,
            Commit = snapshot.Commit,
            _shared = snapshot.Files,
            _changes = snapshot.Changes,
            _judgedBy = snapshot.Metadata,
        };
        foreach (var (application, transaction) in snapshot.Transactions)
        {
            state.Transactions[application] = transaction;
        }

        return state;
    }

    /// <summary>Applies the next entry.</summary>
    public void Apply(long version, IReadOnlyList<DeltaLine> lines)
    {
        Version = version;
        Commit = null;
        _changes = _changes?.With(version, lines, Files);
        foreach (var line in lines)
        {
            if (line.Remove is { } remove)
            {
                Writable().Remove(DeltaPath.Decoded(remove.Path));
                if (keepRemoved)
                {
                    Removed[DeltaPath.Decoded(remove.Path)] = remove;
                }
            }
            else if (line.CommitInfo is { } info)
            {
                Commit = info;
            }
            else if (line.Add is null)
            {
                ApplyOther(line);
            }
        }

        ForgetSchemasOfReplacedFiles(lines);

        // Within one entry a path is added or removed, never both; adds come last so that a re-added path stays.
        foreach (var line in lines)
        {
            if (line.Add is { } add)
            {
                Apply(add);
            }
        }
    }

    /// <summary>Applies a line of a checkpoint: the order of its lines means nothing.</summary>
    public void ApplyCheckpoint(DeltaLine line)
    {
        if (line.Add is { } add)
        {
            Apply(add);
        }
        else if (line.Remove is { } remove)
        {
            Removed[DeltaPath.Decoded(remove.Path)] = remove;
        }
        else
        {
            ApplyOther(line);
            // Others leave no note of columns that were added; nothing is lost by taking them to be.
            SchemaChanged |= Metadata is not null && !Metadata.Configuration.ContainsKey(KeyProperty);
        }
    }

    public TableSnapshot ToSnapshot()
    {
        if (_shared is null)
        {
            _shared = _files;
        }

        return new TableSnapshot(
            table,
            Version,
            Protocol,
            Metadata,
            _shared,
            new Dictionary<string, TransactionAction>(Transactions, StringComparer.Ordinal),
            SchemaChanged,
            Commit,
            _changes ?? UnitChanges.From(Version)
        );
    }

    private void Apply(AddAction add)
    {
        var path = DeltaPath.Decoded(add.Path);
        Writable()[path] = add;
        if (_judgedBy is not null)
        {
            _added.Add(add);
        }

        Removed.Remove(path);
    }

    private void ApplyOther(DeltaLine line)
    {
        if (line.Protocol is { } protocol)
        {
            Protocol = protocol;
        }
        else if (line.MetaData is { } metadata)
        {
            SchemaChanged |=
                metadata.Configuration.ContainsKey(ColumnsAddedProperty)
                || (Metadata is not null && ColumnsDiffer(Metadata.SchemaString, metadata.SchemaString));
            Metadata = metadata;
        }
        else if (line.Txn is { } transaction)
        {
            Transactions[transaction.AppId] = transaction;
        }
    }

    // Where an entry of ours declares the table anew and leaves no older file, every live file has exactly the declared
    // columns.
    private void ForgetSchemasOfReplacedFiles(IReadOnlyList<DeltaLine> lines)
    {
        if (
            SchemaChanged
            && Files.Count == 0
            && lines.Any(l => l.MetaData is not null)
            && Metadata!.Configuration.ContainsKey(KeyProperty)
            && !Metadata.Configuration.ContainsKey(ColumnsAddedProperty)
        )
        {
            SchemaChanged = false;
        }
    }

    // Units and descriptions come and go without the files being any different.
    private bool ColumnsDiffer(string before, string after) =>
        before != after
        && !DeltaSchema
            .Read(table, before)
            .Select(c => (c.Name, c.Type))
            .SequenceEqual(DeltaSchema.Read(table, after).Select(c => (c.Name, c.Type)));

    // A snapshot's files are its own: they are copied once, before the first change.
    private Dictionary<string, AddAction> Writable()
    {
        if (_shared is not null)
        {
            _files = new Dictionary<string, AddAction>(_shared, StringComparer.Ordinal);
            _shared = null;
        }

        return _files;
    }
}
