using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Telemetry;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Runs one pool: plan → preflight → readiness → token → lake → units. Every way of being blocked leaves a run row.
/// <see cref="RunSettlement"/> decides, once for all runs of an operation, which committed units are whole. Pools are
/// isolated: callers run one after the other, whatever happened to the first.
/// </summary>
public sealed class IngestRunner(
    DataLake lake,
    ExecutionPlanner planner,
    RunGate gate,
    UnbegunRuns unbegun,
    RunBody body,
    RunStore runs,
    LaneLeases leases,
    LaneFences fences,
    IngestOptions options,
    TimeProvider clock,
    IngestTelemetry? telemetry = null
)
{
    /// <summary>
    /// Runs until every planned unit is done. After <paramref name="stop"/> it only finishes the commit in flight.
    /// </summary>
    public async Task<RunOutcome> RunAsync(RunRequest request, IProgress<RunProgress>? progress, CancellationToken stop)
    {
        using var report = telemetry is null ? null : new RunReport(telemetry, request);
        try
        {
            var outcome = await RunAsync(request, report, progress, stop);
            report?.Ended(outcome);
            return outcome;
        }
        catch (Exception e)
        {
            report?.Broke(e);
            throw;
        }
    }

    private async Task<RunOutcome> RunAsync(
        RunRequest request,
        RunReport? report,
        IProgress<RunProgress>? progress,
        CancellationToken stop
    )
    {
        foreach (var stale in await runs.CloseStaleAsync(stop))
        {
            lake.Staging.Sweep(stale);
        }

        var start = new RunStart(request.Scope, request.Mode, null, RunMeta.Of(request), At: clock.GetUtcNow());
        if (request.Block is { } known)
        {
            return await unbegun.BlockAsync(start, null, known, stop);
        }

        try
        {
            return await RunAsync(request, start, report, progress, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return await unbegun.CancelAsync(start with { MetaJson = RunMeta.Canceled(request) });
        }
    }

    private async Task<RunOutcome> RunAsync(
        RunRequest request,
        RunStart start,
        RunReport? report,
        IProgress<RunProgress>? progress,
        CancellationToken stop
    )
    {
        ExecutionPlan plan;
        try
        {
            plan = await planner.PlanAsync(request.Plan, stop);
            plan = plan with { Unreadable = [.. plan.Unreadable, .. request.LeftOut] };
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Schema)
        {
            return await unbegun.BlockAsync(start, null, new RunBlock(BlockedStage.Lake, e.Code, e.Message), stop);
        }
        catch (TidemarkException e)
        {
            // The workspace or its definitions have a mistake: the caller gets the error itself, and the history
            // records it.
            await runs.RecordBlockedAsync(start, BlockedStage.Preflight, e.Code, e.Message, CancellationToken.None);
            throw;
        }

        start = start with { AsOf = plan.AsOf };
        var passed = await gate.PassAsync(request.Plan, plan, stop);
        if (passed.Block is { } block)
        {
            return await unbegun.BlockAsync(start, plan, block, stop);
        }

        return await RunAloneAsync(request, report, start, plan, passed.LeftOut, progress, stop);
    }

    private async Task<RunOutcome> RunAloneAsync(
        RunRequest request,
        RunReport? report,
        RunStart start,
        ExecutionPlan plan,
        IReadOnlyDictionary<string, TidemarkException> leftOut,
        IProgress<RunProgress>? progress,
        CancellationToken stop
    )
    {
        // The lease names the run before the run's row exists: if this process is killed, the next one knows whose run
        // it was.
        var id = runs.NewId();
        var laneLock = new LaneLock(leases, runs, fences, request.Lane, id, options.Pipeline.Lease);
        try
        {
            var seen = request.Plan.Datasets.Select(d => lake.Table(TableDefinition.IdOf(d)).LastSeen); // the plan has just read them
            if (await laneLock.TakeAsync(seen, stop) is { } dead)
            {
                lake.Staging.Sweep(dead);
            }
        }
        catch (TidemarkException e)
        {
            return await unbegun.BlockAsync(start, plan, new RunBlock(BlockedStage.Lake, e.Code, e.Message), stop);
        }

        try
        {
            var meta = RunMeta.Of(request, plan.Units.Count);
            await runs.StartAsync(start with { Id = id, MetaJson = meta }, stop);
            var units = report?.Named(id, plan.Units.Count);
            return await body.RunAsync(id, units, laneLock, request, plan, leftOut, progress, stop);
        }
        finally
        {
            await laneLock.ReleaseAsync();
            lake.Staging.Sweep(id);
        }
    }
}
