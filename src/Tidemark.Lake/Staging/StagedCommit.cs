using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>Keys of a unit that occur twice or have a null.</summary>
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

    /// <summary>
    /// What each unit changes, by unit; includes units that change nothing and therefore have no files.
    /// </summary>
    public IReadOnlyDictionary<string, UnitCounts> Counts { get; }

    /// <summary>
    /// Units that others have changed after the version that was seen before their rows were asked for. Fetch or make
    /// their rows again.
    /// </summary>
    public IReadOnlyList<string> Overtaken =>
        [.. Counts.Keys.Where(unit => MovedScopes.Contains(unit) || Basis.HasChangedSince(SeenBefore(unit), unit))];

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
            )
            {
                Scopes = Scopes,
                MovedScopes = MovedScopes,
            };

    // A file that cannot be read stays as long as one of its units stays as it is and no other unit has to replace it.
    private bool LeavesWithout(AddAction file, IReadOnlySet<string> units)
    {
        var own = UnitSlice.Of(file).Select(s => s.Unit).ToArray();
        return !own.Any(units.Contains) || own.Any(u => Counts.ContainsKey(u) && !units.Contains(u));
    }

    /// <summary>Joins several stagings of one table, with different units and the same basis version.</summary>
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
        )
        {
            Scopes = parts.SelectMany(p => p.Scopes).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal),
            MovedScopes = parts.SelectMany(p => p.MovedScopes).ToHashSet(StringComparer.Ordinal),
        };

    /// <summary>The units whose rows a commit of these files changes.</summary>
    internal HashSet<string> Changed(IEnumerable<StagedFile> files) =>
        files
            .Select(f => f.Unit)
            .Concat(Counts.Where(c => !c.Value.IsNoChange).Select(c => c.Key))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// The places where a changed unit has the same rows as before: a commit does not write these again.
    /// </summary>
    internal IReadOnlySet<UnitPlace> Kept { get; }

    /// <summary>
    /// The version that was seen before a unit's rows were asked for; without one, the version that the rows were
    /// compared with.
    /// </summary>
    internal TableSnapshot SeenBefore(string unit) => Seen.GetValueOrDefault(unit, Basis);

    private IReadOnlyDictionary<string, TableSnapshot> Seen { get; }

    /// <summary>
    /// Live files whose rows cannot be read, including rows of other units: they leave the table with the commit.
    /// </summary>
    internal IReadOnlyList<AddAction> Gone { get; }

    /// <summary>Over which rows units decide beside their own, by unit.</summary>
    internal IReadOnlyDictionary<string, RowScope> Scopes { get; init; } = new Dictionary<string, RowScope>();

    /// <summary>Units over whose rows another writer has decided after they were asked for.</summary>
    internal IReadOnlySet<string> MovedScopes { get; init; } = new HashSet<string>();

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
