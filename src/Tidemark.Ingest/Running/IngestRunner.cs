using System.Text.Json;
using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Preflight;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>What to run.</summary>
/// <param name="Scope">The pool whose lock, run row and statuses are concerned.</param>
/// <param name="Mode">Why.</param>
/// <param name="Source">Who asked: <c>manual</c>, <c>schedule</c>, <c>startup</c> or <c>auto</c>.</param>
/// <param name="Plan">Which units.</param>
/// <param name="Jobs">Units fetched at the same time; null for the workspace's own number.</param>
public sealed record RunRequest(RunScope Scope, RunMode Mode, string Source, PlanRequest Plan, int? Jobs = null);

/// <summary>
/// One run of one pool: plan → preflight → readiness → token → lake → units → evaluate. Every way of being blocked leaves a run row. Pools are
/// isolated: callers run one after the other, whatever happened to the first.
/// </summary>
public sealed class IngestRunner(
    DataLake lake,
    ExecutionPlanner planner,
    PreflightCheck preflight,
    IVendorDirectory vendors,
    IRunEvaluator evaluator,
    RunStore runs,
    PoolLeases leases,
    PoolFences fences,
    IngestOptions options,
    TimeProvider clock
)
{
    // A lease is renewed well before its end, and a run that is alive says so at least as often.
    private readonly TimeSpan _renewal = options.Pipeline.Lease / 4;
    private readonly TimeSpan _heartbeat =
        options.Pipeline.Lease / 4 < TimeSpan.FromSeconds(1) ? options.Pipeline.Lease / 4 : TimeSpan.FromSeconds(1);

    /// <summary>Runs until every planned unit is done, or until <paramref name="stop"/>: then the commit in flight is finished.</summary>
    public async Task<RunOutcome> RunAsync(RunRequest request, IProgress<RunProgress>? progress, CancellationToken stop)
    {
        foreach (var stale in await runs.CloseStaleAsync(stop))
        {
            lake.Staging.Sweep(stale);
        }

        var start = new RunStart(request.Scope, request.Mode, null, Meta(request, null));
        ExecutionPlan plan;
        try
        {
            plan = await planner.PlanAsync(request.Plan, stop);
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Schema)
        {
            return await BlockAsync(start, null, new RunBlock(BlockedStage.Lake, e.Code, e.Message), stop);
        }

        start = start with { AsOf = plan.AsOf };
        var gate = await PassGateAsync(plan, stop);
        if (gate.Block is { } block)
        {
            return await BlockAsync(start, plan, block, stop);
        }

        return await RunAloneAsync(request, start, plan, gate.LeftOut, progress, stop);
    }

    private async Task<(RunBlock? Block, IReadOnlyDictionary<string, string> LeftOut)> PassGateAsync(
        ExecutionPlan plan,
        CancellationToken stop
    )
    {
        var none = new Dictionary<string, string>();
        if (plan.Units.Count == 0)
        {
            return (null, none); // nothing to ask a vendor for
        }

        try
        {
            foreach (var vendor in plan.Datasets.Select(d => d.Vendor).Distinct(StringComparer.Ordinal))
            {
                await vendors.ConnectAsync(vendor, stop);
            }
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
        {
            return (new RunBlock(BlockedStage.Token, e.Code, e.Message), none);
        }

        PreflightReport report;
        try
        {
            report = await preflight.RunAsync(plan.Datasets, plan.Units[0].Id.Day, all: false, stop);
        }
        catch (TidemarkException e)
        {
            return (new RunBlock(BlockedStage.Preflight, "PREFLIGHT_FAILED", e.Message), none);
        }

        if (!report.Ready)
        {
            var texts = report
                .Issues.Where(i => i.Level == ReadinessIssue.Error)
                .Take(8)
                .Select((issue, n) => $"{n + 1}. {issue.Message}");
            return (new RunBlock(BlockedStage.Readiness, "READINESS_BLOCKED", string.Join(" | ", texts)), none);
        }

        return (null, report.Issues.ToDictionary(i => i.ModuleId!, i => i.Message, StringComparer.Ordinal));
    }

    private async Task<RunOutcome> BlockAsync(
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
        );
    }

    private async Task<RunOutcome> RunAloneAsync(
        RunRequest request,
        RunStart start,
        ExecutionPlan plan,
        IReadOnlyDictionary<string, string> leftOut,
        IProgress<RunProgress>? progress,
        CancellationToken stop
    )
    {
        // The lease names the run before the run is written down: whenever this process is killed, the next one sees whose run it was.
        var id = runs.NewId();
        var poolLock = new PoolLock(leases, runs, fences, request.Scope, id, options.Pipeline.Lease);
        try
        {
            var seen = plan.Datasets.Select(d => lake.Table(TableDefinition.IdOf(d)).LastSeen); // the plan has just read them
            if (await poolLock.TakeAsync(seen, stop) is { } dead)
            {
                lake.Staging.Sweep(dead);
            }
        }
        catch (TidemarkException e)
        {
            return await BlockAsync(start, plan, new RunBlock(BlockedStage.Lake, e.Code, e.Message), stop);
        }

        try
        {
            await runs.StartAsync(start with { Id = id }, stop);
            return await RunUnitsAsync(id, poolLock, request, plan, leftOut, progress, stop);
        }
        finally
        {
            await poolLock.ReleaseAsync();
            lake.Staging.Sweep(id);
        }
    }

    private async Task<RunOutcome> RunUnitsAsync(
        string id,
        PoolLock poolLock,
        RunRequest request,
        ExecutionPlan plan,
        IReadOnlyDictionary<string, string> leftOut,
        IProgress<RunProgress>? progress,
        CancellationToken stop
    )
    {
        var journal = new StepJournal(runs, id, request.Scope, clock);
        var steps = new UnitSteps(journal);
        var tally = new RunTally(plan.Units.Count, progress);
        try
        {
            using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var ended = new CancellationTokenSource();
            var beating = BeatAsync(journal, poolLock, tally, lost, ended.Token);
            try
            {
                var units = LeaveOut(plan.Units, leftOut, steps, tally);
                var clients = await ConnectAsync(plan, stop);
                var extractor = new UnitExtractor(clients, lake.Store, options.KeepRaw);
                var limits = options.Pipeline with { Jobs = request.Jobs ?? options.Pipeline.Jobs };
                var pipeline = new UnitPipeline(lake, poolLock, extractor, steps, clock, limits);
                await pipeline.RunAsync(id, units, tally, lost.Token);
                if (await IsHeldAsync(poolLock, tally))
                {
                    await EvaluateAsync(request.Scope, id, steps, tally);
                }
            }
            finally
            {
                await ended.CancelAsync();
                await beating;
            }

            await IsHeldAsync(poolLock, tally);

            // Before the run is closed, which closes what is still written as running.
            await journal.FlushAsync(CancellationToken.None);
            return await FinishAsync(request, id, plan, tally, steps, stop.IsCancellationRequested);
        }
        catch (Exception e)
        {
            await journal.FlushAsync(CancellationToken.None);
            var status = e is OperationCanceledException ? RunStatus.Canceled : RunStatus.Failed;
            await runs.FinishAsync(
                id,
                new RunResult(status, Errors: 1, ErrorMessage: e.Message),
                CancellationToken.None
            );
            throw;
        }
    }

    /// <summary>Whether the pool is still this run's; else that is what the run ends with, and whoever has it evaluates.</summary>
    private static async Task<bool> IsHeldAsync(PoolLock poolLock, RunTally tally)
    {
        if (tally.Fatal?.Code != PoolLock.LostCode && await poolLock.IsHeldAsync(CancellationToken.None))
        {
            return true;
        }

        tally.End(PoolLock.Lost());
        return false;
    }

    private static IReadOnlyList<PlannedUnit> LeaveOut(
        IReadOnlyList<PlannedUnit> units,
        IReadOnlyDictionary<string, string> leftOut,
        UnitSteps steps,
        RunTally tally
    )
    {
        var kept = new List<PlannedUnit>(units.Count);
        foreach (var unit in units)
        {
            if (leftOut.TryGetValue(unit.Dataset.Module, out var reason))
            {
                steps.SkipAll(unit, reason);
                tally.Fail(unit, new TidemarkException(ErrorKind.Permission, "MODULE_LEFT_OUT", reason));
            }
            else
            {
                kept.Add(unit);
            }
        }

        return kept;
    }

    private async Task<Dictionary<string, Vendors.IVendorClient>> ConnectAsync(
        ExecutionPlan plan,
        CancellationToken stop
    )
    {
        var clients = new Dictionary<string, Vendors.IVendorClient>(StringComparer.Ordinal);
        foreach (var vendor in plan.Datasets.Select(d => d.Vendor).Distinct(StringComparer.Ordinal))
        {
            clients[vendor] = await vendors.ConnectAsync(vendor, stop);
        }

        return clients;
    }

    private async Task EvaluateAsync(RunScope scope, string runId, UnitSteps steps, RunTally tally)
    {
        foreach (var (unit, _) in tally.Committed)
        {
            steps.Start(unit, StepStage.Evaluate);
        }

        // Also after a stop: what was committed is to be seen in the status.
        await evaluator.EvaluateAsync(scope, runId, CancellationToken.None);
        foreach (var (unit, counts) in tally.Committed)
        {
            steps.Finish(unit, StepStage.Evaluate, counts.Rows, counts.Rows, 0);
        }
    }

    private async Task<RunOutcome> FinishAsync(
        RunRequest request,
        string id,
        ExecutionPlan plan,
        RunTally tally,
        UnitSteps steps,
        bool stopped
    )
    {
        var status =
            tally.Fatal is not null ? RunStatus.Failed
            : stopped ? RunStatus.Canceled
            : tally.Failed > 0 || tally.Open > 0 ? RunStatus.Partial
            : RunStatus.Success;
        var errors = tally.Errors;
        await runs.FinishAsync(
            id,
            new RunResult(
                status,
                Rows: tally.Counts.Rows,
                Inserted: tally.Counts.Inserted,
                Updated: tally.Counts.Updated,
                Errors: tally.Failed,
                ErrorMessage: tally.Fatal?.Message ?? (errors.Count > 0 ? errors[0].Message : null),
                MetaJson: Meta(request, tally),
                AsOf: plan.AsOf
            ),
            CancellationToken.None
        );
        return new RunOutcome(
            id,
            request.Scope,
            status,
            plan.AsOf,
            plan.Units.Count,
            plan.AlreadyCommitted,
            tally.Committed.Count,
            tally.Open,
            tally.Failed,
            tally.Counts,
            steps.Count,
            errors
        )
        {
            EmptyDays = tally.EmptyDays,
            EndedBy = tally.Fatal is { } fatal ? new RunEnding(fatal.Code, fatal.Message) : null,
        };
    }

    private async Task BeatAsync(
        StepJournal journal,
        PoolLock poolLock,
        RunTally tally,
        CancellationTokenSource lost,
        CancellationToken ended
    )
    {
        using var timer = new PeriodicTimer(_heartbeat, clock);
        var kept = clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    await journal.FlushAsync(ended);
                    if (clock.GetElapsedTime(kept) < _renewal)
                    {
                        continue;
                    }

                    if (!await poolLock.KeepAsync(ended))
                    {
                        tally.End(PoolLock.Lost());
                        await lost.CancelAsync();
                        return;
                    }

                    kept = clock.GetTimestamp();
                }
                catch (TidemarkException)
                {
                    // A control database that is busy for a moment must not end a run: the next beat writes it all.
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The run is over; its owner flushes what is left.
        }
    }

    private static string Meta(RunRequest request, RunTally? tally)
    {
        var meta = new Dictionary<string, object?>
        {
            ["source"] = request.Source,
            ["selectedModules"] = request.Plan.Datasets.Select(d => d.Module).ToArray(),
            ["from"] = request.Plan.From,
            ["to"] = request.Plan.To,
        };
        if (tally is not null)
        {
            meta["unitsPlanned"] = tally.Planned;
            meta["unitsCommitted"] = tally.Committed.Count;
            meta["unitsOpen"] = tally.Open;
            meta["unitsFailed"] = tally.Failed;
            meta["unchanged"] = tally.Counts.Unchanged;
            if (tally.Fatal is { } fatal)
            {
                meta["errorCode"] = fatal.Code;
            }
        }

        return JsonSerializer.Serialize(meta);
    }
}
