using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Lake.Staging;

namespace Tidemark.Ingest.Running;

/// <summary>Why a unit is not in the lake.</summary>
public sealed record UnitError(UnitId Unit, string Code, string Message);

/// <summary>Where a run stands, for progress bars.</summary>
/// <param name="Planned">Units to do.</param>
/// <param name="Finished">Units that are committed, open, failed or skipped.</param>
/// <param name="Rows">Rows committed so far.</param>
/// <param name="Bytes">Bytes received so far.</param>
/// <param name="Current">The unit that was finished last.</param>
public sealed record RunProgress(int Planned, int Finished, long Rows, long Bytes, UnitId? Current);

/// <summary>What ended a run early.</summary>
public sealed record RunEnding(string ErrorCode, string Message);

/// <summary>What a run was stopped by before it began.</summary>
public sealed record RunBlock(BlockedStage Stage, string ErrorCode, string Message);

/// <summary>How a run ended.</summary>
/// <param name="Id">Its row in <c>ingest_runs</c>.</param>
/// <param name="Scope">What it covered.</param>
/// <param name="Status">Success when every planned unit is committed; partial when some failed or stayed open.</param>
/// <param name="AsOf">The latest day that was due.</param>
/// <param name="Planned">Units that were missing when it began.</param>
/// <param name="AlreadyCommitted">Wanted units that were in the lake when it began.</param>
/// <param name="Committed">Units that it committed.</param>
/// <param name="Open">Units whose vendor had nothing yet.</param>
/// <param name="Failed">Units that failed or could not be tried.</param>
/// <param name="Counts">Keys inserted, updated and unchanged, over all commits.</param>
/// <param name="Steps">Step rows that it left.</param>
/// <param name="Errors">What went wrong, unit by unit.</param>
/// <param name="Block">Why it did not begin; null when it did.</param>
public sealed record RunOutcome(
    string Id,
    RunScope Scope,
    RunStatus Status,
    DateOnly? AsOf,
    int Planned,
    int AlreadyCommitted,
    int Committed,
    int Open,
    int Failed,
    UnitCounts Counts,
    int Steps,
    IReadOnlyList<UnitError> Errors,
    RunBlock? Block = null
)
{
    /// <summary>What ended it early, where that concerns no single unit: credentials, storage, a lease that was taken over. Null when nothing did.</summary>
    public RunEnding? EndedBy { get; init; }

    /// <summary>Committed days on which the vendor has no row although the dataset should have some: prices of an open day.</summary>
    public IReadOnlyList<UnitId> EmptyDays { get; init; } = [];
}
