using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Staging;

namespace Tidemark.Ingest.Running;

/// <summary>
/// The rows of runs that were asked for and did not begin: every way of being kept from it leaves one. Thread-safe.
/// </summary>
public sealed class UnbegunRuns(RunStore runs, TimeProvider clock)
{
    /// <summary>Records a run that could not be planned.</summary>
    public Task UnplannedAsync(Pool scope, RunMode mode, string source, TidemarkException error) =>
        runs.RecordBlockedAsync(
            new RunStart(scope, mode, null, RunMeta.Of(source)),
            BlockedStage.Preflight,
            error.Code,
            error.Message,
            CancellationToken.None
        );

    /// <summary>Records a run that may not even be planned, and says why.</summary>
    public Task<RunOutcome> BlockAsync(RunRequest request, RunBlock block, CancellationToken stop) =>
        BlockAsync(
            new RunStart(request.Scope, request.Mode, null, RunMeta.Of(request), At: clock.GetUtcNow()),
            null,
            block,
            stop
        );

    /// <summary>Records a run that was stopped while it was planned or its vendors were probed.</summary>
    public async Task<RunOutcome> CancelAsync(RunStart start)
    {
        var id = await runs.StartAsync(start, CancellationToken.None);
        var result = new RunResult(RunStatus.Canceled, ErrorMessage: "it was stopped before its first unit");
        await runs.FinishAsync(id, result, CancellationToken.None);
        return new RunOutcome(id, start.Scope, RunStatus.Canceled, start.AsOf, 0, 0, 0, 0, 0, UnitCounts.None, 0, []);
    }

    /// <summary>Records a run that may not begin, and says why.</summary>
    public async Task<RunOutcome> BlockAsync(
        RunStart start,
        ExecutionPlan? plan,
        RunBlock block,
        CancellationToken stop
    )
    {
        var id = await runs.RecordBlockedAsync(start, block.Stage, block.ErrorCode, block.Message, stop);
        return new RunOutcome(
            id,
            start.Scope,
            RunStatus.Failed,
            plan?.AsOf,
            plan?.Units.Count ?? 0,
            plan?.AlreadyCommitted ?? 0,
            0,
            0,
            0,
            UnitCounts.None,
            0,
            [],
            block
        )
        {
            Waiting = plan?.Waiting ?? [],
            GivenUp = plan?.GivenUp ?? [],
        };
    }
}
