using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>
/// The state after a sequence of log entries. Entries are applied in place, so the cost of reading many is their own
/// size, not their number times the size of the table. Not thread-safe.
/// </summary>
/// <param name="table">The log's table, for messages.</param>
/// <param name="keepRemoved">Whether to remember removed files: only a checkpoint needs them.</param>
internal sealed class LogState(TableId table, bool keepRemoved = false)
{
    /// <summary>
    /// A property of the table's metaData: columns were added after the first commit, so older files may lack some.
    /// After a checkpoint the log can no longer show that.
    /// </summary>
    public const string ColumnsAddedProperty = "tidemark.columnsAdded";

    /// <summary>
    /// The property with the columns that identify a row within its partition; every table of ours has it.
    /// </summary>
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

    /// <summary>By decoded path, because two spellings of a path mean one file.</summary>
    public IReadOnlyDictionary<string, AddAction> Files => _shared ?? _files;

    /// <summary>
    /// Live files that the snapshot from which this began did not have. Its own files were checked when it was made.
    /// </summary>
    public IEnumerable<AddAction> NewFiles =>
        _judgedBy is null || !ReferenceEquals(_judgedBy, Metadata)
            ? Files.Values
            : _added.Where(add => ReferenceEquals(Files.GetValueOrDefault(DeltaPath.Decoded(add.Path)), add));

    /// <summary>The newest <c>txn</c> action of each application.</summary>
    public Dictionary<string, TransactionAction> Transactions { get; } = new(StringComparer.Ordinal);

    /// <summary>Removed files, if they are kept, by decoded path.</summary>
    public Dictionary<string, RemoveAction> Removed { get; } = new(StringComparer.Ordinal);

    /// <summary>Begins with the state of a snapshot.</summary>
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

        // An entry adds or removes a path, never both. Adds are applied last, so that a re-added path stays.
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
            // Other programs do not note that columns were added. Assuming that they were does no harm.
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

    // When an entry of ours declares the table anew and no older file stays, every live file has exactly the declared
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

    // Units and descriptions can change while the files stay the same.
    private bool ColumnsDiffer(string before, string after) =>
        before != after
        && !DeltaSchema
            .Read(table, before)
            .Select(c => (c.Name, c.Type))
            .SequenceEqual(DeltaSchema.Read(table, after).Select(c => (c.Name, c.Type)));

    // Never change a snapshot's files: copy them once, before the first change.
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
