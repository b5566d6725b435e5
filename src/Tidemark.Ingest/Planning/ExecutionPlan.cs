using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>A unit that is wanted and not in the lake.</summary>
/// <param name="Dataset">What to fetch.</param>
/// <param name="Id">Which part of it.</param>
/// <param name="EvidenceAt">From this moment on an empty answer means that there is nothing; before, that it is too early.</param>
/// <param name="ListedBefore">Of a list: the rows of the newest one in the lake, 0 when there is none.</param>
public sealed record PlannedUnit(
    DatasetDefinition Dataset,
    UnitId Id,
    DateTimeOffset EvidenceAt,
    long ListedBefore = 0
);

/// <summary>What a run will do, before it does anything.</summary>
/// <param name="Units">In the order in which they are worked on.</param>
/// <param name="AlreadyCommitted">Wanted units that are in the lake.</param>
/// <param name="AsOf">The latest day that any dataset is due for; null when nothing is.</param>
public sealed record ExecutionPlan(IReadOnlyList<PlannedUnit> Units, int AlreadyCommitted, DateOnly? AsOf)
{
    /// <summary>The datasets that have at least one unit, in the order of their first.</summary>
    public IReadOnlyList<DatasetDefinition> Datasets => [.. Units.Select(u => u.Dataset).DistinctBy(d => d.Id)];
}

/// <summary>Which days of which datasets are wanted.</summary>
/// <param name="Datasets">Those that are enabled and in scope.</param>
/// <param name="From">First day, included; null for the default window before the as-of day.</param>
/// <param name="To">Last day, included; null for "as far as there is data".</param>
/// <param name="AsOf">Pretends that this is the latest finished day; null for what the clock says.</param>
/// <param name="RefreshSnapshots">Whether lists are fetched again for the as-of day although older ones are there.</param>
public sealed record PlanRequest(
    IReadOnlyList<DatasetDefinition> Datasets,
    DateOnly? From,
    DateOnly? To,
    DateOnly? AsOf = null,
    bool RefreshSnapshots = true
);
