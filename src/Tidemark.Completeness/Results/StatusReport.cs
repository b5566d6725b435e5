using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;

namespace Tidemark.Completeness.Results;

/// <summary>Narrows a report; null means all.</summary>
/// <param name="Pool"><c>source_pool</c> or <c>target_pool</c>.</param>
/// <param name="Bucket">For example <c>stock</c>.</param>
/// <param name="Check">For example <c>stock.daily_bars</c>.</param>
/// <param name="Entity">One symbol: the counts are then of its own days, and its ranges are included.</param>
/// <param name="Days">The last N open days of each check.</param>
/// <param name="From">The first day, included.</param>
/// <param name="To">The last day, included.</param>
/// <param name="WithGaps">Whether to name the symbols and days that are missing or partial.</param>
public sealed record StatusFilter(
    Pool? Pool = null,
    Bucket? Bucket = null,
    string? Check = null,
    string? Entity = null,
    int? Days = null,
    DateOnly? From = null,
    DateOnly? To = null,
    bool WithGaps = false
);

/// <summary>
/// The tidemark: what is complete, what is not, and why. Counts include only cells inside listing windows.
/// </summary>
/// <param name="EvaluatedAt">When it was last evaluated; null when it never was.</param>
/// <param name="AsOf">The latest evaluated day.</param>
/// <param name="Pools">The pools that pass the filter, by name.</param>
public sealed record StatusReport(DateTimeOffset? EvaluatedAt, DateOnly? AsOf, IReadOnlyList<PoolStatus> Pools)
{
    /// <summary>Every check of the report, in its order.</summary>
    public IEnumerable<CheckStatus> Checks => Pools.SelectMany(p => p.Buckets).SelectMany(b => b.Checks);

    /// <summary>All cells of the report by state.</summary>
    public StatusCounts Total => Checks.Aggregate(new StatusCounts(), (sum, c) => sum + c.Counts);
}

public sealed record PoolStatus(Pool Pool, IReadOnlyList<BucketStatus> Buckets);

public sealed record BucketStatus(Bucket Bucket, IReadOnlyList<CheckStatus> Checks);

/// <summary>The number of cells in each state.</summary>
public readonly record struct StatusCounts(
    long Complete,
    long Partial,
    long Missing,
    long NotApplicable,
    long NotStarted
)
{
    public long Cells => Complete + Partial + Missing + NotApplicable + NotStarted;

    public static StatusCounts operator +(StatusCounts left, StatusCounts right) =>
        new(
            left.Complete + right.Complete,
            left.Partial + right.Partial,
            left.Missing + right.Missing,
            left.NotApplicable + right.NotApplicable,
            left.NotStarted + right.NotStarted
        );

    public static StatusCounts Of(CellStatus status, long cells) =>
        status switch
        {
            CellStatus.Complete => new StatusCounts(cells, 0, 0, 0, 0),
            CellStatus.Partial => new StatusCounts(0, cells, 0, 0, 0),
            CellStatus.Missing => new StatusCounts(0, 0, cells, 0, 0),
            CellStatus.NotApplicable => new StatusCounts(0, 0, 0, cells, 0),
            _ => new StatusCounts(0, 0, 0, 0, cells),
        };
}

/// <summary>A check in one pool and bucket.</summary>
/// <param name="Check">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="From">The first day with cells.</param>
/// <param name="To">The last day with cells.</param>
/// <param name="Counts">Cells by state.</param>
/// <param name="Reasons">Cells that are not applicable, by reason: <c>suspended</c> → 985.</param>
/// <param name="Days">Entities by state, day after day; empty in the report of one entity.</param>
/// <param name="CoverageRatio">
/// For one entity: complete / applicable days of the look-back; null in other reports.
/// </param>
/// <param name="Ranges">For one entity: its days, also outside the listing window; empty in other reports.</param>
public sealed record CheckStatus(
    string Check,
    string Title,
    DateOnly From,
    DateOnly To,
    StatusCounts Counts,
    IReadOnlyDictionary<string, long> Reasons,
    IReadOnlyList<DayStatus> Days,
    double? CoverageRatio,
    IReadOnlyList<RangeStatus> Ranges
)
{
    /// <summary>When these cells were evaluated; null when they never were.</summary>
    public DateTimeOffset? EvaluatedAt { get; init; }

    /// <summary>
    /// Why the cells come from an earlier evaluation and not from the tables' present versions; null when they are
    /// present.
    /// </summary>
    public StatusFault? NotEvaluated { get; init; }

    /// <summary>Entities with missing or partial cells, by entity; null when they were not asked for.</summary>
    public IReadOnlyList<EntityGaps>? Gaps { get; init; }
}

/// <summary>Why a check could not be evaluated.</summary>
/// <param name="Code">A code of docs/errors.md.</param>
public sealed record StatusFault(string Code, string Message);

/// <summary>The missing or partial ranges of an entity, in order of days.</summary>
public sealed record EntityGaps(string Entity, IReadOnlyList<RangeStatus> Ranges);

/// <summary>Entities by state on one day.</summary>
public sealed record DayStatus(DateOnly Day, StatusCounts Counts);

/// <summary>Open days of an entity in one state, one after the other.</summary>
/// <param name="Status">complete, partial, missing, not_applicable or not_started.</param>
/// <param name="Reason">For example <c>suspended</c>; empty when there is none.</param>
public sealed record RangeStatus(DateOnly From, DateOnly To, string Status, string Reason, int Days);
