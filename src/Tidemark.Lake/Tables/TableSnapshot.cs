using System.Runtime.InteropServices;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>A table at one version: its live files, who wrote them, and its columns. Immutable.</summary>
public sealed class TableSnapshot
{
    private readonly IReadOnlyDictionary<string, AddAction> _files;
    private readonly Lazy<ILookup<TablePartition, UnitSlice>> _byPartition;
    private readonly Lazy<(
        Dictionary<string, List<UnitSlice>> ByUnit,
        Dictionary<TablePartition, List<AddAction>> Others
    )> _slices;

    internal TableSnapshot(
        TableId table,
        long version,
        ProtocolAction? protocol,
        MetadataAction? metadata,
        IReadOnlyDictionary<string, AddAction> files,
        IReadOnlyDictionary<string, TransactionAction> transactions,
        bool schemaChanged,
        CommitInfoAction? commit,
        UnitChanges changes
    )
    {
        Table = table;
        Version = version;
        Protocol = protocol;
        Metadata = metadata;
        Transactions = transactions;
        SchemaChanged = schemaChanged;
        Commit = commit;
        Changes = changes;
        _files = files;
        _slices = new Lazy<(Dictionary<string, List<UnitSlice>>, Dictionary<TablePartition, List<AddAction>>)>(() =>
            Slices(files.Values)
        );
        _byPartition = new Lazy<ILookup<TablePartition, UnitSlice>>(() =>
            _slices.Value.ByUnit.Values.SelectMany(s => s).ToLookup(s => TablePartition.Of(s.File))
        );
        Columns = metadata is null ? [] : DeltaSchema.Read(table, metadata.SchemaString);
    }

    public TableId Table { get; }

    /// <summary>The version, or −1 when the table does not exist.</summary>
    public long Version { get; }

    public bool Exists => Version >= 0;

    /// <summary>Columns in order, the partition column included.</summary>
    public IReadOnlyList<LakeColumn> Columns { get; }

    /// <summary>One line about the table; null when it has none.</summary>
    public string? Description => Metadata?.Description;

    /// <summary>
    /// Live files that cannot be read and that this snapshot leaves out, so that it holds less than the version
    /// (<see cref="FileCheck"/>).
    /// </summary>
    public IReadOnlyList<DamagedFile> Lost { get; private init; } = [];

    /// <summary>The same version without live files that cannot be read.</summary>
    internal TableSnapshot Without(IReadOnlyList<DamagedFile> lost)
    {
        if (lost.Count == 0)
        {
            return this;
        }

        var paths = lost.Select(l => DeltaPath.Decoded(l.File.Path)).ToHashSet(StringComparer.Ordinal);
        var files = _files
            .Where(f => !paths.Contains(f.Key))
            .ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
        return new TableSnapshot(
            Table,
            Version,
            Protocol,
            Metadata,
            files,
            Transactions,
            SchemaChanged,
            Commit,
            Changes
        )
        {
            Lost = lost,
        };
    }

    /// <summary>Live files by decoded path; <see cref="AddAction.Path"/> has the path as the log spells it.</summary>
    public IReadOnlyDictionary<string, AddAction> Files => _files;

    /// <summary>The live file that has the same path as a file of another version, or null.</summary>
    public AddAction? Standing(AddAction file) => _files.GetValueOrDefault(DeltaPath.Decoded(file.Path));

    /// <summary>Whether a file of another version is live in this one.</summary>
    public bool Has(AddAction file) => Standing(file) is not null;

    /// <summary>
    /// Whether Tidemark made the table. Tidemark reads other programs' tables where it can, and never writes, compacts,
    /// repairs or vacuums them. A table of ours stays ours when another program appends to it.
    /// </summary>
    public bool IsOurs =>
        Metadata?.Configuration.ContainsKey(LogState.KeyProperty) is true
        || _files.Values.Any(f => UnitSlice.Of(f).Count > 0);

    /// <summary>The units that are in this version.</summary>
    public IReadOnlyCollection<string> Units => _slices.Value.ByUnit.Keys;

    /// <summary>Whether older files may lack columns that newer ones have.</summary>
    public bool SchemaChanged { get; }

    /// <summary>
    /// The last day that retention has dropped; null when it dropped none. Nobody misses an absent day up to this one.
    /// </summary>
    public DateOnly? RetiredThrough => RetentionMark.Of(this);

    /// <summary>What the newest commit said of itself.</summary>
    public CommitInfoAction? Commit { get; }

    /// <summary>The columns whose values are in the log and not in the files, in the order of the folders.</summary>
    public IReadOnlyList<string> PartitionColumns => Metadata?.PartitionColumns ?? [];

    public bool IsPartitioned => PartitionColumns.Count > 0;

    /// <summary>The columns by which the files are divided; null when Tidemark has no such partitioning.</summary>
    public TablePartitioning? Partitioning =>
        TablePartitioning.TryBy(PartitionColumns) is { } partitioning
        && (!partitioning.IsByMonth || (IsOf(TableDefinition.DayColumn, LakeType.Date) && AreTexts(PartitionColumns)))
        && AreTexts(partitioning.Within)
            ? partitioning
            : null;

    /// <summary>The days that are in this version, in order.</summary>
    public IEnumerable<DateOnly> Days => _files.Values.SelectMany(TablePartition.DaysOf).Distinct().Order();

    /// <summary>The columns that identify a row within its partition; empty when the table declares none.</summary>
    public IReadOnlyList<string> Key =>
        Metadata?.Configuration is { } configuration
        && configuration.TryGetValue(LogState.KeyProperty, out var key)
        && key.Length > 0
            ? key.Split(',')
            : [];

    /// <summary>Whether it says what its key is, or that there is none; other programs' tables need not.</summary>
    internal bool IsKeyDeclared => Metadata?.Configuration.ContainsKey(LogState.KeyProperty) == true;

    /// <summary>
    /// The columns that identify a row within its day: the key, and what divides a day further. Empty when the table
    /// declares no key.
    /// </summary>
    internal IReadOnlyList<string> Identity =>
        Key.Count == 0 ? [] : [.. Key.Union(Partitioning?.Within ?? [], StringComparer.Ordinal)];

    internal ProtocolAction? Protocol { get; }

    internal MetadataAction? Metadata { get; }

    /// <summary>The newest <c>txn</c> action of each application, by the application's id.</summary>
    internal IReadOnlyDictionary<string, TransactionAction> Transactions { get; }

    /// <summary>What this process knows of the units that earlier versions changed.</summary>
    internal UnitChanges Changes { get; }

    public static TableSnapshot Empty(TableId table) => new LogState(table).ToSnapshot();

    public bool HasUnit(string unit) => _slices.Value.ByUnit.ContainsKey(unit);

    /// <summary>Where a unit's rows are; empty when it is not in this version.</summary>
    public IReadOnlyList<UnitSlice> SlicesOf(string unit) =>
        _slices.Value.ByUnit.TryGetValue(unit, out var slices) ? slices : [];

    /// <summary>The slices of all units in a partition.</summary>
    internal IEnumerable<UnitSlice> SlicesAt(TablePartition partition) => _byPartition.Value[partition];

    /// <summary>
    /// Whether a commit has changed a unit's rows since an earlier version, even when a later one brought the old rows
    /// back. A compaction moves rows and does not count as a change.
    /// </summary>
    internal bool HasChangedSince(TableSnapshot seen, string unit)
    {
        if (Version == seen.Version)
        {
            return false;
        }

        if (Changes.Reaches(seen.Version) && Version > seen.Version)
        {
            return Changes.Of(unit) > seen.Version;
        }

        // The entries were cleaned up or not followed one by one: compare what the two versions hold.
        var before = seen.SlicesOf(unit).Select(s => s.Content).Order(StringComparer.Ordinal);
        var after = SlicesOf(unit).Select(s => s.Content).Order(StringComparer.Ordinal);
        return !before.SequenceEqual(after);
    }

    /// <summary>
    /// Whether a commit has changed any rows since an earlier version, including rows that belong to no unit. True when
    /// in doubt.
    /// </summary>
    internal bool HasRowsChangedSince(TableSnapshot seen) =>
        Version != seen.Version
        && (!Changes.Reaches(seen.Version) || Version < seen.Version || Changes.DataChanged > seen.Version);

    /// <summary>The rows of a unit; 0 when it is not in this version.</summary>
    public long RowsOf(string unit) => SlicesOf(unit).Sum(s => s.Rows);

    /// <summary>
    /// The live files that hold rows of a unit, perhaps beside other units'; empty when it is not in this version.
    /// </summary>
    public IReadOnlyList<AddAction> FilesOf(string unit) =>
        SlicesOf(unit) is [var only] ? [only.File] : [.. SlicesOf(unit).Select(s => s.File).DistinctBy(f => f.Path)];

    /// <summary>
    /// The live files in a unit's own partition that no unit of ours wrote: another program appended them, or rewrote
    /// our rows without their tags. Empty in a table of months, where a file may have rows of several units.
    /// </summary>
    internal IReadOnlyList<AddAction> OthersBeside(string unit, TablePartition partition)
    {
        if (partition.IsMonth || !_slices.Value.Others.TryGetValue(partition, out var others))
        {
            return [];
        }

        var isShared = _files
            .Values.Where(f => TablePartition.Of(f) == partition)
            .SelectMany(UnitSlice.Of)
            .Any(s => s.Unit != unit);
        return isShared ? [] : others;
    }

    /// <summary>The live files that have rows of a day, perhaps beside other days'.</summary>
    public IEnumerable<AddAction> FilesIn(DateOnly day) =>
        _files.Values.Where(f => TablePartition.DaysOf(f).Contains(day)).OrderBy(f => f.Path, StringComparer.Ordinal);

    /// <summary>The number of rows, by the files' statistics.</summary>
    public long RowCount => _files.Values.Sum(f => DeltaStats.RowCount(f.Stats) ?? 0);

    /// <summary>Whether any live file has rows.</summary>
    public bool HasRows => _files.Values.Any(f => DeltaStats.RowCount(f.Stats) is not 0);

    public long Bytes => _files.Values.Sum(f => f.Size);

    private bool AreTexts(IEnumerable<string> columns) => columns.All(c => IsOf(c, LakeType.Text));

    private bool IsOf(string column, LakeType type) => Columns.Any(c => c.Name == column && c.Type == type);

    // Where each unit's rows are, and the files that no unit wrote, by partition.
    private static (
        Dictionary<string, List<UnitSlice>> ByUnit,
        Dictionary<TablePartition, List<AddAction>> Others
    ) Slices(IEnumerable<AddAction> files)
    {
        var byUnit = new Dictionary<string, List<UnitSlice>>(StringComparer.Ordinal);
        var others = new Dictionary<TablePartition, List<AddAction>>();
        foreach (var file in files)
        {
            var own = UnitSlice.Of(file);
            foreach (var slice in own)
            {
                ListAt(byUnit, slice.Unit).Add(slice);
            }

            if (own.Count == 0)
            {
                ListAt(others, TablePartition.Of(file)).Add(file);
            }
        }

        return (byUnit, others);
    }

    private static List<T> ListAt<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key)
        where TKey : notnull
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        return list ??= [];
    }
}
