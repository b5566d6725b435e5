using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>How an operation of runs ended.</summary>
internal static class RunVerdicts
{
    /// <summary>The first that fits: stopped, blocked, failed, incomplete, done.</summary>
    public static Verdict Of(IReadOnlyList<RunOutcome> runs, bool isStopped) =>
        isStopped ? Verdict.Stopped
        : runs.Any(r => r.Block is not null || r.IsRefused) ? Verdict.Blocked
        : runs.Any(r => r.Status is RunStatus.Failed or RunStatus.Canceled) ? Verdict.Failed
        : runs.Any(r => r.Status == RunStatus.Partial) ? Verdict.Incomplete
        : Verdict.Done;

    /// <summary>
    /// Includes the build and what is left out. These make it incomplete at worst, because the fetched rows are
    /// committed.
    /// </summary>
    public static Verdict Of(
        IReadOnlyList<RunOutcome> runs,
        bool isStopped,
        BuildReport? built,
        LeftOutReport leftOut
    ) =>
        Of(runs, isStopped) is not Verdict.Done and var verdict ? verdict
        : built is { IsWhole: false } ? Verdict.Incomplete
        : leftOut.Lower(Verdict.Done);
}
