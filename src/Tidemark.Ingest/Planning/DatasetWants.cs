using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;

namespace Tidemark.Ingest.Planning;

/// <summary>A dataset of a plan, with what can be read of it in the lake and the units that are wanted.</summary>
/// <param name="Axis">How it is fetched.</param>
/// <param name="Scope">What the axis was told.</param>
/// <param name="Units">Wanted, each once.</param>
/// <param name="Behind">Those of them that are there and were received before the moment that is named: what came since
/// is not in them.</param>
internal sealed record DatasetWants(
    UnitAxis Axis,
    AxisScope Scope,
    IReadOnlyList<UnitId> Units,
    IReadOnlyDictionary<UnitId, DateTimeOffset> Behind
)
{
    public DatasetDefinition Dataset => Scope.Dataset;

    /// <summary>
    /// From the first to the last wanted day that is committed; null when none is, and where no check says of a day's
    /// unit whether it is whole.
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
