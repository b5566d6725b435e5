using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>A wanted unit that is not in the lake, or not whole there.</summary>
/// <param name="Dataset">The dataset to fetch.</param>
/// <param name="Id">The unit's id.</param>
/// <param name="EvidenceAt">From this moment on an empty answer means that there is no data; before, it may only be
/// early.</param>
/// <param name="UsualRows">What its rows are measured by when they come; 0 when by nothing.</param>
public sealed record PlannedUnit(DatasetDefinition Dataset, UnitId Id, DateTimeOffset EvidenceAt, long UsualRows = 0)
{
    /// <summary>
    /// The last day to ask for: the unit's last day, or the last due day while its period is not over.
    /// </summary>
    public DateOnly Through { get; init; } = Id.LastDay;

    /// <summary>How much it loses by waiting.</summary>
    internal Urgency Urgency { get; init; }

    /// <summary>Why it is wanted.</summary>
    public UnitReason Reason { get; init; }

    /// <summary>What is wrong with it, of one that is not whole; null of others.</summary>
    public string? Problem { get; init; }

    /// <summary>The moment of the plan; it decided up to which day to ask.</summary>
    public DateTimeOffset AskedAt { get; init; }
}

/// <summary>A dataset whose table cannot be read, or refuses its commits.</summary>
/// <param name="Dataset">Its id.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record UnreadableDataset(string Dataset, string Reason);

/// <summary>What a run will do, before it does anything.</summary>
/// <param name="Units">In the order in which they are worked on.</param>
/// <param name="AlreadyCommitted">The number of wanted units that are in the lake and whole.</param>
/// <param name="AsOf">The latest due day of any dataset; null when no dataset has one.</param>
public sealed record ExecutionPlan(IReadOnlyList<PlannedUnit> Units, int AlreadyCommitted, DateOnly? AsOf)
{
    /// <summary>The latest period with a wanted unit that is in the lake and whole; null when there is none.</summary>
    public UnitPeriod? Newest { get; init; }

    /// <summary>Wanted units that are not whole and whose next attempt is still to come.</summary>
    public IReadOnlyList<UnitAttempt> Waiting { get; init; } = [];

    /// <summary>Wanted units that are not whole and that no run tries any more.</summary>
    public IReadOnlyList<UnitAttempt> GivenUp { get; init; } = [];

    /// <summary>Wanted units that have stored attempts but are whole by now.</summary>
    public IReadOnlyList<string> FoundWhole { get; init; } = [];

    /// <summary>
    /// Lists that were requested for past days only. They cannot be had, because the vendor serves only the present
    /// list.
    /// </summary>
    public IReadOnlyList<string> PastLists { get; init; } = [];

    /// <summary>Datasets of which days are wanted that their vendor does not have.</summary>
    public IReadOnlyList<VendorHorizon> Horizons { get; init; } = [];

    /// <summary>
    /// Datasets that cannot be planned, because their table cannot be read or refuses their commits, each with the
    /// reason.
    /// </summary>
    public IReadOnlyList<UnreadableDataset> Unreadable { get; init; } = [];

    /// <summary>Planned units with rows in the lake in files that are gone or damaged.</summary>
    public IReadOnlyList<UnitId> Lost { get; init; } = [];

    /// <summary>
    /// Datasets by symbol that are not planned yet because their list is among the units: it may be the first, or bring
    /// new symbols. They are planned once the list is fetched.
    /// </summary>
    public IReadOnlyList<DatasetDefinition> Deferred { get; init; } = [];

    /// <summary>Datasets planned by symbol that have to be proved first.</summary>
    public IReadOnlyList<UnprovedAxis> Unproved { get; init; } = [];

    /// <summary>The same plan with its units in the order in which they are worked on.</summary>
    internal ExecutionPlan InOrder() => this with { Units = UnitOrder.Of(Units) };

    /// <summary>This plan together with the later plan of its deferred datasets, its units in no order.</summary>
    internal ExecutionPlan Then(ExecutionPlan later) =>
        new(
            Units.Count == 0 ? later.Units
                : later.Units.Count == 0 ? Units
                : [.. Units, .. later.Units],
            AlreadyCommitted + later.AlreadyCommitted,
            AsOf is null || later.AsOf > AsOf ? later.AsOf : AsOf
        )
        {
            Newest = Newest is null || later.Newest?.Last > Newest?.Last ? later.Newest : Newest,
            Waiting = [.. Waiting, .. later.Waiting],
            GivenUp = [.. GivenUp, .. later.GivenUp],
            FoundWhole = [.. FoundWhole, .. later.FoundWhole],
            PastLists = [.. PastLists, .. later.PastLists],
            Horizons = [.. Horizons, .. later.Horizons],
            Unreadable = [.. Unreadable, .. later.Unreadable],
            Lost = [.. Lost, .. later.Lost],
            JustTried = [.. JustTried, .. later.JustTried],
            Unproved = [.. Unproved, .. later.Unproved],
        };

    /// <summary>Wanted units that are in the lake because another pool has just committed them.</summary>
    public IReadOnlyList<PlannedUnit> JustTried { get; init; } = [];

    /// <summary>Whether earlier runs have fetched or asked for any of the wanted units.</summary>
    public bool HasBegun => AlreadyCommitted > 0 || Waiting.Count > 0 || GivenUp.Count > 0;

    /// <summary>The datasets with at least one unit, in the order of their first units.</summary>
    public IReadOnlyList<DatasetDefinition> Datasets => [.. Units.Select(u => u.Dataset).DistinctBy(d => d.Id)];
}
