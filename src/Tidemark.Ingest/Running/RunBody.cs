using System.Runtime.ExceptionServices;
using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Telemetry;
using Tidemark.Lake;

namespace Tidemark.Ingest.Running;

/// <summary>
/// The units of a run: fetched and committed by the pipeline, under a heart that beats, with a step for each stage; then
/// those that need lists which have just come. Stateless; thread-safe.
/// </summary>
public sealed class RunBody(
    DataLake lake,
    ExecutionPlanner planner,
    RunGate gate,
    RunStore runs,
    AxisProof proof,
    IngestOptions options,
    TimeProvider clock,
    IngestTelemetry? telemetry = null
)
{
    /// <summary>Works on all units of a plan; the caller has the lane's lease and gives it back.</summary>
    internal async Task<RunOutcome> RunAsync(
        string id,
        UnitReports? reports,
        LaneLock laneLock,
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
            var beat = new Heartbeat(journal, laneLock, tally, options.Pipeline.Lease, clock, telemetry);
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
                var pipeline = new UnitPipeline(lake, laneLock, extractor, steps, clock, limits, request.Pause);
                var (first, rest) = ListsFirst(plan, units);
                await pipeline.RunAsync(id, first, tally, lost.Token);
                if (plan.Deferred.Count > 0 && !lost.IsCancellationRequested && tally.Fatal is null)
                {
                    ExceptionDispatchInfo? unplanned = null;
                    try
                    {
                        // The lists of these datasets are now as new as they can be.
                        var deferred = request.Plan with
                        {
                            Datasets = plan.Deferred,
                            Only = null, // nobody could be shown what the lists will bring
                        };
                        var later = await planner.PlanAsync(deferred, lost.Token);
                        tally.Expect(later.Units.Count);
                        later = await ProvedAsync(later, deferred, refused, notes, tally, lost.Token);
                        plan = plan.Then(later);
                        rest = UnitOrder.Of([.. rest, .. refused.LeaveOut(later.Units)]);
                    }
                    catch (TidemarkException e)
                    {
                        unplanned = ExceptionDispatchInfo.Capture(e); // after what the other datasets want
                    }

                    await pipeline.RunAsync(id, rest, tally, lost.Token);
                    unplanned?.Throw();
                }
            }
            finally
            {
                await ended.CancelAsync();
                await beating;
                await gate.FlushAsync(plan);
            }

            await NoteIfLostAsync(laneLock, tally);
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

    /// <summary>
    /// The units that are worked on before the deferred datasets can be planned, and those that take turns with them.
    /// </summary>
    private static (IReadOnlyList<PlannedUnit> Before, IReadOnlyList<PlannedUnit> Beside) ListsFirst(
        ExecutionPlan plan,
        IReadOnlyList<PlannedUnit> units
    )
    {
        if (plan.Deferred.Count == 0)
        {
            return (units, []);
        }

        var lists = plan
            .Deferred.Select(d => (d.Part ?? d.BySymbol?.Part)?.Symbols?.Dataset)
            .ToHashSet(StringComparer.Ordinal);
        var split = units.ToLookup(u => u.Urgency == Urgency.PresentOnly || lists.Contains(u.Dataset.Id));
        return ([.. split[true]], [.. split[false]]);
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
    /// If another process has taken the lane, ends the run with that error; the new holder evaluates.
    /// </summary>
    private static async Task NoteIfLostAsync(LaneLock laneLock, RunTally tally)
    {
        if (tally.Fatal?.Code == LaneLock.LostCode || !await laneLock.IsHeldAsync(CancellationToken.None))
        {
            tally.End(LaneLock.Lost());
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
            CanceledBy = status == RunStatus.Canceled ? request.CanceledBy() ?? RunOutcome.BySignal : null,
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
