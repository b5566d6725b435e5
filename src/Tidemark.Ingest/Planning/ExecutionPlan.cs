using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Planning;

/// <summary>A unit that is wanted and not in the lake, or not whole there.</summary>
/// <param name="Dataset">What to fetch.</param>
/// <param name="Id">Which part of it.</param>
/// <param name="EvidenceAt">From this moment on an empty answer means that there is nothing; before, that it is too
/// early.</param>
/// <param name="ListedBefore">Of a list: the rows of the newest one in the lake, 0 when there is none.</param>
public sealed record PlannedUnit(DatasetDefinition Dataset, UnitId Id, DateTimeOffset EvidenceAt, long ListedBefore = 0)
{
    /// <summary>
    /// The last day that is asked for: the unit's last, or the last that is due while its period is not over.
    /// </summary>
    public DateOnly Through { get; init; } = Id.LastDay;

    /// <summary>The moment of the plan, by which it was decided how far to ask.</summary>
    public DateTimeOffset AskedAt { get; init; }
}

/// <summary>A dataset whose table cannot be read, or takes no commit of it.</summary>
/// <param name="Dataset">Its id.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record UnreadableDataset(string Dataset, string Reason);

/// <summary>What a run will do, before it does anything.</summary>
/// <param name="Units">In the order in which they are worked on.</param>
/// <param name="AlreadyCommitted">Wanted units that are in the lake, whole.</param>
/// <param name="AsOf">The latest day that any dataset is due for; null when nothing is.</param>
public sealed record ExecutionPlan(IReadOnlyList<PlannedUnit> Units, int AlreadyCommitted, DateOnly? AsOf)
{
    /// <summary>The latest period of which a wanted unit is in the lake, whole; null when none is.</summary>
    public UnitPeriod? Newest { get; init; }

    /// <summary>Wanted units that are not whole and whose next attempt is still to come.</summary>
    public IReadOnlyList<UnitAttempt> Waiting { get; init; } = [];

    /// <summary>Wanted units that are not whole and that no run tries any more.</summary>
    public IReadOnlyList<UnitAttempt> GivenUp { get; init; } = [];

    /// <summary>Wanted units of which attempts are kept, although they are whole by now.</summary>
    public IReadOnlyList<string> FoundWhole { get; init; } = [];

    /// <summary>
    /// Lists that were asked for of past days alone, which cannot be had: the vendor has its present one.
    /// </summary>
    public IReadOnlyList<string> PastLists { get; init; } = [];

    /// <summary>
    /// Datasets of which nothing can be planned, because their table cannot be read or takes no commit of them: each
    /// with the reason.
    /// </summary>
    public IReadOnlyList<UnreadableDataset> Unreadable { get; init; } = [];

    /// <summary>Units among those to be done whose rows were in the lake, in files that are gone or damaged.</summary>
    public IReadOnlyList<UnitId> Lost { get; init; } = [];

    /// <summary>
    /// Datasets by symbol of which nothing is planned yet, because their list is among the units: it may have new
    /// symbols, or be the first. They are planned once it was fetched.
    /// </summary>
    public IReadOnlyList<DatasetDefinition> Deferred { get; init; } = [];

    /// <summary>This plan, and what was planned of its deferred datasets afterwards.</summary>
    internal ExecutionPlan Then(ExecutionPlan later) =>
        new(
            [.. Units, .. later.Units],
            AlreadyCommitted + later.AlreadyCommitted,
            AsOf is null || later.AsOf > AsOf ? later.AsOf : AsOf
        )
        {
            Newest = Newest is null || later.Newest?.Last > Newest?.Last ? later.Newest : Newest,
            Waiting = [.. Waiting, .. later.Waiting],
            GivenUp = [.. GivenUp, .. later.GivenUp],
            FoundWhole = [.. FoundWhole, .. later.FoundWhole],
            PastLists = [.. PastLists, .. later.PastLists],
            Unreadable = [.. Unreadable, .. later.Unreadable],
            Lost = [.. Lost, .. later.Lost],
            JustTried = [.. JustTried, .. later.JustTried],
        };

    /// <summary>Wanted units that are in the lake because another pool has just committed them.</summary>
    public IReadOnlyList<PlannedUnit> JustTried { get; init; } = [];

    /// <summary>Whether anything of what is wanted was had, or asked for, by runs before.</summary>
    public bool HasBegun => AlreadyCommitted > 0 || Waiting.Count > 0 || GivenUp.Count > 0;

    /// <summary>The datasets that have at least one unit, in the order of their first.</summary>
    public IReadOnlyList<DatasetDefinition> Datasets => [.. Units.Select(u => u.Dataset).DistinctBy(d => d.Id)];
}
