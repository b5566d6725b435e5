using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Runs;

/// <summary>How an operation of runs ended, as its exit code says.</summary>
public enum RunVerdict
{
    Done,
    Failed,

    /// <summary>Not begun, or ended because the account is refused: no further run can do better before somebody has mended that.</summary>
    Blocked,

    /// <summary>Something that is wanted is not whole and will be tried again.</summary>
    Incomplete,
    Stopped,
}

internal static class RunVerdicts
{
    /// <summary>Stopped before blocked before failed before incomplete before done.</summary>
    public static RunVerdict Of(IReadOnlyList<RunOutcome> runs, bool isStopped) =>
        isStopped ? RunVerdict.Stopped
        : runs.Any(r => r.Block is not null || r.IsRefused) ? RunVerdict.Blocked
        : runs.Any(r => r.Status is RunStatus.Failed or RunStatus.Canceled) ? RunVerdict.Failed
        : runs.Any(r => r.Status == RunStatus.Partial) ? RunVerdict.Incomplete
        : RunVerdict.Done;
}
