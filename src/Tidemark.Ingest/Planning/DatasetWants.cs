using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;

namespace Tidemark.Ingest.Planning;

/// <summary>A dataset of a plan, with its wanted units.</summary>
/// <param name="Axis">How it is fetched.</param>
/// <param name="Scope">What the axis knows of it.</param>
/// <param name="Units">The wanted units, each once.</param>
/// <param name="Behind">The wanted units that are in the lake but were received before the moment given here, so that
/// they lack newer rows.</param>
internal sealed record DatasetWants(
    UnitAxis Axis,
    AxisScope Scope,
    IReadOnlyList<UnitId> Units,
    IReadOnlyDictionary<UnitId, DateTimeOffset> Behind
)
{
    public DatasetDefinition Dataset => Scope.Dataset;

    /// <summary>The units of <see cref="Behind"/> whose sources have changed.</summary>
    public IReadOnlySet<UnitId> Changed { get; init; } = new HashSet<UnitId>();

    /// <summary>
    /// When the sources of wanted units were changed, as far as it is known: an attempt before that moment says nothing
    /// of them.
    /// </summary>
    public IReadOnlyDictionary<UnitId, DateTimeOffset> ChangedAt { get; init; } =
        new Dictionary<UnitId, DateTimeOffset>();

    /// <summary>Set where the axis was chosen without a proof that it brings the rows of the other.</summary>
    public UnprovedAxis? Unproved { get; init; }

    /// <summary>An attempt at a unit before this moment makes it wait no longer.</summary>
    public DateTimeOffset DueSince(UnitId unit) =>
        ChangedAt.GetValueOrDefault(unit) is var changed && changed > Behind.GetValueOrDefault(unit)
            ? changed
            : Behind.GetValueOrDefault(unit);

    /// <summary>
    /// The first to the last wanted day that is committed. Null when none is, or where no check judges the units of
    /// single days.
    /// </summary>
    public DatasetRange? CommittedRange
    {
        get
        {
            var committed = Axis.IsJudgedByDay ? Units.Where(Scope.Standing.Has).ToArray() : [];
            return committed.Length == 0
                ? null
                : new DatasetRange(Dataset, committed.Min(u => u.Day), committed.Max(u => u.LastDay));
        }
    }
}
