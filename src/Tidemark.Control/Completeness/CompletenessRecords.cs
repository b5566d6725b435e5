using Tidemark.Core.Completeness;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Completeness;

/// <summary>The latest state of one entity under one check: a row of <c>completeness_status_v2</c>.</summary>
/// <param name="EntityType">instrument, fx_pair, macro_module or global.</param>
/// <param name="CoverageRatio">
/// Complete days / applicable days in the look-back, 0–1; null when none is applicable.
/// </param>
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
/// <param name="Days">Open days of the calendar from <paramref name="From"/> to <paramref name="To"/>, both
/// included.</param>
public readonly record struct DayRange(
    string CheckId,
    string EntityId,
    DateOnly From,
    DateOnly To,
    CellStatus Status,
    CellReason Reason,
    int Days
);

/// <summary>Which version of a dataset's table was looked at.</summary>
/// <param name="DatasetId">For example <c>tushare.daily</c>.</param>
/// <param name="TableId">The table's own identity; null when there was none.</param>
/// <param name="Version">−1 when there was no table.</param>
/// <param name="CommitId">What the version's commit calls itself, or null.</param>
public sealed record BasisTable(string DatasetId, string? TableId, long Version, string? CommitId);

/// <summary>What the results of a check in a pool were made from.</summary>
/// <param name="CheckId">The check.</param>
/// <param name="Fingerprint">
/// Of its definition, the calendar's days and whatever else the results depend on but the tables.
/// </param>
/// <param name="Entities">A fingerprint of the list of entities.</param>
/// <param name="IsStarted">Whether a row of its datasets was ever there.</param>
/// <param name="From">The first day with cells.</param>
/// <param name="To">The last day with cells.</param>
/// <param name="Tables">The tables that it read.</param>
public sealed record CheckBasis(
    string CheckId,
    string Fingerprint,
    string Entities,
    bool IsStarted,
    DateOnly From,
    DateOnly To,
    IReadOnlyList<BasisTable> Tables
);

/// <summary>The basis of results that are stored.</summary>
/// <param name="EvaluationId">Tells results from those that replaced them.</param>
public sealed record StoredBasis(Pool Pool, string EvaluationId, DateTimeOffset EvaluatedAt, CheckBasis Basis);

/// <summary>The results of some checks of one pool. They replace the earlier results of these checks.</summary>
/// <param name="Pool"><c>target_pool</c> or <c>source_pool</c>.</param>
/// <param name="CheckIds">The checks evaluated; also those without any result.</param>
/// <param name="AsOf">The latest finished trading day.</param>
/// <param name="SourceRunId">The ingest run that it followed; null when it was asked for by itself.</param>
public sealed record CompletenessResults(
    Pool Pool,
    IReadOnlyList<string> CheckIds,
    DateOnly? AsOf,
    string? SourceRunId,
    IReadOnlyList<EntityStatus> Statuses,
    IReadOnlyList<DayCount> Days,
    IReadOnlyList<DayRange> Ranges,
    IReadOnlyList<CheckBasis> Bases
);

/// <summary>What a replacement did.</summary>
/// <param name="RunId">Its row in <c>completeness_runs_v2</c>.</param>
/// <param name="LeftEntities">Entities that had a status and have none any more, ordered.</param>
public sealed record ReplaceOutcome(string RunId, IReadOnlyList<string> LeftEntities);

/// <summary>Entities in one state on one day.</summary>
public sealed record DayTotal(
    Pool Pool,
    string BucketId,
    string CheckId,
    DateOnly Day,
    CellStatus Status,
    CellReason Reason,
    long Entities
);

/// <summary>Narrows what is read; null = all.</summary>
public sealed record CompletenessFilter(
    Pool? Pool = null,
    string? BucketId = null,
    string? CheckId = null,
    DateOnly? From = null,
    DateOnly? To = null
);

/// <summary>A row of <c>completeness_runs_v2</c>.</summary>
public sealed record CompletenessRun(
    string Id,
    Pool Pool,
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
