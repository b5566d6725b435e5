using Tidemark.Core.Completeness;

namespace Tidemark.Control.Completeness;

/// <summary>The latest state of one entity under one check: a row of <c>completeness_status_v2</c>.</summary>
/// <param name="EntityType">instrument, fx_pair, macro_module or global.</param>
/// <param name="CoverageRatio">Complete days / applicable days in the look-back, 0–1; null when none is applicable.</param>
/// <param name="DetailJson">Evidence as a JSON object, or null.</param>
public sealed record EntityStatus(
    string CheckId,
    string EntityType,
    string EntityId,
    string BucketId,
    string? DomainId,
    string? ModuleId,
    string? AssetClass,
    CellStatus Status,
    double? CoverageRatio,
    string? DetailJson = null
);

/// <summary>How many entities of a bucket are in one state on one day, under one check.</summary>
public readonly record struct DayCount(
    string CheckId,
    string BucketId,
    DateOnly Day,
    CellStatus Status,
    CellReason Reason,
    long Entities
);

/// <summary>Days of one entity in the same state, one after the other.</summary>
/// <param name="Days">Open days of the calendar from <paramref name="From"/> to <paramref name="To"/>, both included.</param>
public readonly record struct DayRange(
    string CheckId,
    string EntityId,
    DateOnly From,
    DateOnly To,
    CellStatus Status,
    CellReason Reason,
    int Days
);

/// <summary>Everything that an evaluation found out about some checks of one scope. It replaces what was known about these checks.</summary>
/// <param name="ScopeId"><c>target_pool</c> or <c>source_pool</c>.</param>
/// <param name="CheckIds">The checks evaluated; also those without any result.</param>
/// <param name="AsOf">The latest finished trading day.</param>
/// <param name="SourceRunId">The ingest run that it followed; null when it was asked for by itself.</param>
public sealed record CompletenessResults(
    string ScopeId,
    IReadOnlyList<string> CheckIds,
    DateOnly? AsOf,
    string? SourceRunId,
    IReadOnlyList<EntityStatus> Statuses,
    IReadOnlyList<DayCount> Days,
    IReadOnlyList<DayRange> Ranges
);

/// <summary>What a replacement did.</summary>
/// <param name="RunId">Its row in <c>completeness_runs_v2</c>.</param>
/// <param name="LeftEntities">Entities that had a status and have none any more, ordered.</param>
public sealed record ReplaceOutcome(string RunId, IReadOnlyList<string> LeftEntities);

/// <summary>Entities × days in one state.</summary>
public sealed record CellTotal(
    string ScopeId,
    string BucketId,
    string CheckId,
    CellStatus Status,
    CellReason Reason,
    long Cells
);

/// <summary>Entities in one state on one day.</summary>
public sealed record DayTotal(
    string ScopeId,
    string BucketId,
    string CheckId,
    DateOnly Day,
    CellStatus Status,
    CellReason Reason,
    long Entities
);

/// <summary>Narrows what is read; null = all.</summary>
public sealed record CompletenessFilter(
    string? ScopeId = null,
    string? BucketId = null,
    string? CheckId = null,
    DateOnly? From = null,
    DateOnly? To = null
);

/// <summary>A row of <c>completeness_runs_v2</c>.</summary>
public sealed record CompletenessRun(
    string Id,
    string ScopeId,
    string Status,
    DateOnly? AsOf,
    long Entities,
    long Complete,
    long Partial,
    long Missing,
    long NotApplicable,
    long NotStarted,
    string? SourceRunId,
    string? ErrorMessage,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt
);
