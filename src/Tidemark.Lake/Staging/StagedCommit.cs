using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>How a unit's rows compare with the rows that it had before.</summary>
/// <param name="Inserted">Keys that the unit did not have.</param>
/// <param name="Updated">Keys whose values changed.</param>
/// <param name="Unchanged">Keys whose values are the same.</param>
/// <param name="Deleted">Keys that are gone.</param>
public sealed record UnitCounts(long Inserted, long Updated, long Unchanged, long Deleted)
{
    /// <summary>Rows that the unit has now.</summary>
    public long Rows => Inserted + Updated + Unchanged;

    /// <summary>Rows that the unit had before.</summary>
    public long RowsBefore => Updated + Unchanged + Deleted;

    /// <summary>Columns that had values in the unit's rows and would have none.</summary>
    public IReadOnlyList<string> LostColumns { get; init; } = [];

    /// <summary>Days in whose partitions the unit had rows and would have none.</summary>
    public IReadOnlyList<DateOnly> LostDays { get; init; } = [];

    /// <summary>Files with rows of the unit that could not be read: what these held counts as nothing.</summary>
    public int UnreadFiles { get; init; }

    /// <summary>Rows that the log says were in them.</summary>
    public long UnreadRows { get; init; }

    /// <summary>Files that no unit wrote (<see cref="TableSnapshot.OthersBeside"/>) whose rows count as the unit's from now on.</summary>
    public int TakenOverFiles { get; init; }

    /// <summary>Rows of such files whose keys the unit does not bring.</summary>
    public long OthersLost { get; init; }

    /// <summary>Whether the unit would have fewer rows, days or columns than before, or lack rows of files that it takes over.</summary>
    public bool Shrinks => Rows < RowsBefore || LostColumns.Count > 0 || LostDays.Count > 0 || OthersLost > 0;

    /// <summary>
    /// Whether more than a tenth of the rows would go without anything that makes up for them: their keys are not in the new rows, which have no more new keys than
    /// that and no better values. Rows that go while a unit grows are a correction; a few that change places with others have another code now.
    /// </summary>
    public bool TakesAway => Deleted * 10 > RowsBefore && Inserted <= Deleted && Updated == 0;

    /// <summary>Whether committing it would change nothing.</summary>
    public bool IsNoChange =>
        Inserted == 0 && Updated == 0 && Deleted == 0 && LostDays.Count == 0 && UnreadFiles == 0 && TakenOverFiles == 0;

    /// <summary>What would become less, for people: <c>3 rows instead of 5, no values in close</c>.</summary>
    public string DescribeLoss()
    {
        var losses = new List<string>(3);
        if (Rows < RowsBefore)
        {
            losses.Add(string.Create(CultureInfo.InvariantCulture, $"{Rows} rows instead of {RowsBefore}"));
        }
        else if (TakesAway || OthersLost > 0)
        {
            losses.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Rows} rows, but not {Deleted} of the {RowsBefore} that stand"
                )
            );
        }

        if (LostDays.Count > 0)
        {
            losses.Add($"none on {string.Join(", ", LostDays.Select(d => d.ToIso()))}");
        }

        if (LostColumns.Count > 0)
        {
            losses.Add($"no values in {string.Join(", ", LostColumns)}");
        }

        return string.Join(", ", losses);
    }

    public static UnitCounts operator +(UnitCounts left, UnitCounts right) =>
        new(
            left.Inserted + right.Inserted,
            left.Updated + right.Updated,
            left.Unchanged + right.Unchanged,
            left.Deleted + right.Deleted
        )
        {
            UnreadFiles = left.UnreadFiles + right.UnreadFiles,
            UnreadRows = left.UnreadRows + right.UnreadRows,
            TakenOverFiles = left.TakenOverFiles + right.TakenOverFiles,
            OthersLost = left.OthersLost + right.OthersLost,
        };

    public static UnitCounts None { get; } = new(0, 0, 0, 0);
}

/// <summary>Keys of a unit that are not unique or not whole.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Day">Its partition, or null.</param>
/// <param name="Example">One of them: <c>ts_code = 600519.SH, trade_date = 2022-06-01</c>.</param>
/// <param name="Rows">Rows with the example.</param>
/// <param name="Keys">How many keys are broken in the unit.</param>
public sealed record KeyViolation(string Unit, DateOnly? Day, string Example, long Rows, long Keys);

/// <summary>A finished data file that no reader can see yet.</summary>
internal sealed record StagedFile(
    string LocalPath,
    string Unit,
    FilePlace Place,
    long Rows,
    long Bytes,
    string Sha256,
    string Stats
);

/// <summary>Files of one or many units, ready to be committed together; made by <see cref="TableStaging"/>.</summary>
public sealed class StagedCommit
{
    internal StagedCommit(
        TableDefinition definition,
        string runId,
        TableSnapshot basis,
        IReadOnlyDictionary<string, UnitCounts> counts,
        IReadOnlySet<UnitPlace> kept,
        IReadOnlyList<StagedFile> files,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tags,
        IReadOnlyDictionary<string, TableSnapshot> seen,
        IReadOnlyList<AddAction> gone,
        IReadOnlyDictionary<string, IReadOnlyList<AddAction>> takenOver,
        string folder
    )
    {
        Gone = gone;
        TakenOver = takenOver;
        Definition = definition;
        RunId = runId;
        Basis = basis;
        Seen = seen;
        Counts = counts;
        Kept = kept;
        Files = files;
        Tags = tags;
        Folder = folder;
    }

    public TableDefinition Definition { get; }

    public string RunId { get; }

    /// <summary>What each unit changes, by unit; units that change nothing are in here but have no files.</summary>
    public IReadOnlyDictionary<string, UnitCounts> Counts { get; }

    /// <summary>Units that others have changed after the version that was seen before their rows were asked for: to be fetched or made again.</summary>
    public IReadOnlyList<string> Overtaken =>
        [.. Counts.Keys.Where(unit => Basis.HasChangedSince(SeenBefore(unit), unit))];

    /// <summary>The same without some units; their files stay in staging.</summary>
    public StagedCommit Except(IReadOnlySet<string> units) =>
        units.Count == 0
            ? this
            : new StagedCommit(
                Definition,
                RunId,
                Basis,
                Counts
                    .Where(c => !units.Contains(c.Key))
                    .ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal),
                Kept,
                [.. Files.Where(f => !units.Contains(f.Unit))],
                Tags.Where(t => !units.Contains(t.Key)).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal),
                Seen,
                [.. Gone.Where(f => LeavesWithout(f, units))],
                TakenOver
                    .Where(t => !units.Contains(t.Key))
                    .ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal),
                Folder
            );

    // A file that cannot be read stays while one of its units stays as it is, unless another one has to go.
    private bool LeavesWithout(AddAction file, IReadOnlySet<string> units)
    {
        var own = UnitSlice.Of(file).Select(s => s.Unit).ToArray();
        return !own.Any(units.Contains) || own.Any(u => Counts.ContainsKey(u) && !units.Contains(u));
    }

    /// <summary>Several stagings of other units of one table, against one version, as one.</summary>
    internal static StagedCommit Join(IReadOnlyList<StagedCommit> parts) =>
        new(
            parts[0].Definition,
            parts[0].RunId,
            parts[0].Basis,
            parts.SelectMany(p => p.Counts).ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal),
            parts.SelectMany(p => p.Kept).ToHashSet(),
            [.. parts.SelectMany(p => p.Files)],
            parts.SelectMany(p => p.Tags).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal),
            parts
                .SelectMany(p => p.Seen)
                .DistinctBy(s => s.Key)
                .ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal),
            [.. parts.SelectMany(p => p.Gone).DistinctBy(f => f.Path)],
            parts.SelectMany(p => p.TakenOver).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal),
            parts[0].Folder
        );

    /// <summary>The units that get other rows by a commit of these of the files.</summary>
    internal HashSet<string> Changed(IEnumerable<StagedFile> files) =>
        files
            .Select(f => f.Unit)
            .Concat(Counts.Where(c => !c.Value.IsNoChange).Select(c => c.Key))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>Where units that change have the same rows as before: nothing of these is written again.</summary>
    internal IReadOnlySet<UnitPlace> Kept { get; }

    /// <summary>The version that was seen before a unit's rows were asked for; where nobody said, the one that they were compared with.</summary>
    internal TableSnapshot SeenBefore(string unit) => Seen.GetValueOrDefault(unit, Basis);

    private IReadOnlyDictionary<string, TableSnapshot> Seen { get; }

    /// <summary>Live files whose rows cannot be read, those of other units included: they leave the table with the commit.</summary>
    internal IReadOnlyList<AddAction> Gone { get; }

    /// <summary>Live files that no unit wrote, and whose rows the units take over, by unit.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<AddAction>> TakenOver { get; }

    /// <summary>Every live file that leaves with the commit, beside those of the units themselves.</summary>
    internal IReadOnlyList<AddAction> Leaving =>
        [.. Gone.Concat(TakenOver.Values.SelectMany(f => f)).DistinctBy(f => f.Path)];

    /// <summary>The version that the counts were taken against.</summary>
    internal TableSnapshot Basis { get; }

    internal IReadOnlyList<StagedFile> Files { get; }

    /// <summary>Tags by unit, beside those that every file has.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Tags { get; }

    internal string Folder { get; }
}
