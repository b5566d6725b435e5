using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Telemetry;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Running;

/// <summary>What to run.</summary>
/// <param name="Scope">The pool that the run locks and records its row for.</param>
/// <param name="Mode">Why it runs.</param>
/// <param name="Source">Who asked: <c>manual</c>, <c>schedule</c>, <c>startup</c> or <c>auto</c>.</param>
/// <param name="Plan">The wanted units.</param>
/// <param name="Jobs">Units fetched at the same time; null for the workspace's own number.</param>
/// <param name="ShrinkReason">Why units may lose rows that are in the lake; null when they may not.</param>
public sealed record RunRequest(
    Pool Scope,
    RunMode Mode,
    string Source,
    PlanRequest Plan,
    int? Jobs = null,
    string? ShrinkReason = null
)
{
    /// <summary>The fingerprint of the definitions in force; null when unknown.</summary>
    public string? Definitions { get; init; }

    /// <summary>From then on it begins with no unit more; null for no such moment.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why it may not begin, where that is known before it is planned; null where nothing is.</summary>
    public RunBlock? Block { get; init; }

    /// <summary>Datasets left out of the run because their definitions have faults.</summary>
    public IReadOnlyList<UnreadableDataset> LeftOut { get; init; } = [];
}

/// <summary>
/// Runs one pool: plan → preflight → readiness → token → lake → units. Every way of being blocked leaves a run row.
/// <see cref="RunSettlement"/> decides, once for all runs of an operation, which committed units are whole. Pools are
/// isolated: callers run one after the other, whatever happened to the first.
/// </summary>
public sealed class IngestRunner(
    DataLake lake,
    ExecutionPlanner planner,
    RunGate gate,
    RunStore runs,
    PoolLeases leases,
    PoolFences fences,
    AxisProof proof,
    IngestOptions options,
    TimeProvider clock,
    IngestTelemetry? telemetry = null
)
{
    /// <summary>Records a run that could not be planned.</summary>
    public Task RecordUnplannedAsync(Pool scope, RunMode mode, string source, TidemarkException error) =>
        runs.RecordBlockedAsync(
            new RunStart(scope, mode, null, RunMeta.Of(source)),
            BlockedStage.Preflight,
            error.Code,
            error.Message,
            CancellationToken.None
        );

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
            return await BlockAsync(start, null, known, stop);
        }

        ExecutionPlan plan;
        try
        {
            plan = await planner.PlanAsync(request.Plan, stop);
            plan = plan with { Unreadable = [.. plan.Unreadable, .. request.LeftOut] };
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Schema)
        {
            return await BlockAsync(start, null, new RunBlock(BlockedStage.Lake, e.Code, e.Message), stop);
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
            return await BlockAsync(start, plan, block, stop);
        }

        return await RunAloneAsync(request, report, start, plan, passed.LeftOut, progress, stop);
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
        )
        {
            Waiting = plan?.Waiting ?? [],
            GivenUp = plan?.GivenUp ?? [],
        };
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
        var poolLock = new PoolLock(leases, runs, fences, request.Scope, id, options.Pipeline.Lease);
        try
        {
            var seen = request.Plan.Datasets.Select(d => lake.Table(TableDefinition.IdOf(d)).LastSeen); // the plan has just read them
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
            var units = report?.Named(id, plan.Units.Count);
            return await RunUnitsAsync(id, units, poolLock, request, plan, leftOut, progress, stop);
        }
        finally
        {
            await poolLock.ReleaseAsync();
            lake.Staging.Sweep(id);
        }
    }

    private async Task<RunOutcome> RunUnitsAsync(
        string id,
        UnitReports? reports,
        PoolLock poolLock,
        RunRequest request,
        ExecutionPlan plan,
        IReadOnlyDictionary<string, TidemarkException> leftOut,
        IProgress<RunProgress>? progress,
        CancellationToken stop
    )
    {
        var journal = new StepJournal(runs, id, request.Scope, clock);
        var steps = new UnitSteps(journal, reports);
        var tally = new RunTally(plan.Units.Count, progress);
        var refused = new RefusedDatasets(leftOut, steps, tally);
        var notes = new List<string>();
        Exception? failure = null;
        try
        {
            using var time = TimeFor(request);
            using var lost = CancellationTokenSource.CreateLinkedTokenSource(stop, time.Token);
            using var ended = new CancellationTokenSource();
            var beat = new Heartbeat(journal, poolLock, tally, options.Pipeline.Lease, clock, telemetry);
            var beating = beat.BeatAsync(id, lost, ended.Token);
            try
            {
                plan = await ProvedAsync(plan, request.Plan, refused, notes, tally, lost.Token);
                var units = refused.LeaveOut(plan.Units);
                var clients = await gate.ConnectAsync(plan, stop);
                var extractor = new UnitExtractor(
                    clients,
                    lake.Store,
                    options.KeepRaw,
                    resumes: !request.Plan.Again,
                    clock
                );
                var limits = options.Pipeline with
                {
                    Jobs = request.Jobs ?? options.Pipeline.Jobs,
                    ShrinkReason = request.ShrinkReason,
                    DropsLostLists = request.Plan.Again,
                };
                var pipeline = new UnitPipeline(lake, poolLock, extractor, steps, clock, limits);
                await pipeline.RunAsync(id, units, tally, lost.Token);
                if (plan.Deferred.Count > 0 && !lost.IsCancellationRequested && tally.Fatal is null)
                {
                    // The lists of these datasets are now as new as they can be.
                    var rest = request.Plan with
                    {
                        Datasets = plan.Deferred,
                        Only = null, // nobody could be shown what the lists will bring
                    };
                    var later = await planner.PlanAsync(rest, lost.Token);
                    tally.Expect(later.Units.Count);
                    later = await ProvedAsync(later, rest, refused, notes, tally, lost.Token);
                    plan = plan.Then(later);
                    await pipeline.RunAsync(id, refused.LeaveOut(later.Units), tally, lost.Token);
                }
            }
            finally
            {
                await ended.CancelAsync();
                await beating;
                await gate.FlushAsync(plan);
            }

            await NoteIfLostAsync(poolLock, tally);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested && request.Until <= clock.GetUtcNow())
        {
            // Its time is over while it was planning what comes after the lists: what is left is told.
        }
        catch (Exception e)
        {
            // Whatever the error is, the units committed so far are counted and evaluated before the caller gets it.
            failure = e;
        }

        // Flush first: closing the run also closes the steps that are still recorded as running.
        await journal.FlushAsync(CancellationToken.None);
        var outcome = Outcome(request, id, plan, tally, steps, stop.IsCancellationRequested, failure) with
        {
            Notes = notes,
            IsOutOfTime = request.Until <= clock.GetUtcNow() && tally.Done < tally.Planned,
        };
        await runs.FinishAsync(id, RunMeta.Unsettled(request, outcome), CancellationToken.None);
        return outcome;
    }

    /// <summary>Ends with the time of a request.</summary>
    private CancellationTokenSource TimeFor(RunRequest request)
    {
        if (request.Until is not { } until)
        {
            return new CancellationTokenSource();
        }

        var left = until - clock.GetUtcNow();
        return new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
    }

    /// <summary>The plan with the axes that are trusted; what is refused and what is to be told is added.</summary>
    private async Task<ExecutionPlan> ProvedAsync(
        ExecutionPlan plan,
        PlanRequest request,
        RefusedDatasets refused,
        List<string> notes,
        RunTally tally,
        CancellationToken cancellationToken
    )
    {
        var proved = await proof.ApplyAsync(refused.WithoutProofs(plan), request, cancellationToken);
        tally.Expect(proved.Plan.Units.Count - plan.Units.Count);
        notes.AddRange(proved.Notes);
        refused.Add(proved.Refused);

        return proved.Plan;
    }

    /// <summary>
    /// If another process has taken the pool, ends the run with that error; the new holder evaluates.
    /// </summary>
    private static async Task NoteIfLostAsync(PoolLock poolLock, RunTally tally)
    {
        if (tally.Fatal?.Code == PoolLock.LostCode || !await poolLock.IsHeldAsync(CancellationToken.None))
        {
            tally.End(PoolLock.Lost());
        }
    }

    private static RunOutcome Outcome(
        RunRequest request,
        string id,
        ExecutionPlan plan,
        RunTally tally,
        UnitSteps steps,
        bool stopped,
        Exception? failure
    )
    {
        var status =
            tally.Fatal is not null ? RunStatus.Failed
            : stopped || failure is OperationCanceledException ? RunStatus.Canceled
            : failure is not null ? RunStatus.Failed
            : tally.Done < tally.Planned
            || tally.Failed > 0
            || tally.Open > 0
            || plan.Waiting.Count > 0
            || plan.Unreadable.Count > 0
                ? RunStatus.Partial
            : RunStatus.Success;
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
            tally.Errors
        )
        {
            EmptyDays = tally.EmptyDays,
            EndedBy = tally.Fatal is { } fatal ? new RunEnding(fatal.Code, fatal.Message, fatal.Kind) : null,
            Waiting = plan.Waiting,
            Unreadable = plan.Unreadable,
            GivenUp = plan.GivenUp,
            PastLists = plan.PastLists,
            Horizons = plan.Horizons,
            Lost = plan.Lost,
            Work = new RunWork(tally.Committed, tally.Problems, plan.JustTried, plan.FoundWhole)
            {
                Traces = steps.Traces,
            },
            Failure = failure,
            Request = request,
        };
    }
}
