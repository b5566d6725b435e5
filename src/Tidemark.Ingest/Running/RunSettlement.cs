using System.Runtime.ExceptionServices;
using Tidemark.Control.Runs;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Telemetry;
using Tidemark.Lake;

namespace Tidemark.Ingest.Running;

/// <summary>
/// The end of one or several runs: evaluates once what they committed, says which of their units are whole, plans the
/// next attempt of the others, and closes the runs for good.
/// </summary>
public sealed class RunSettlement(
    DataLake lake,
    IRunEvaluator evaluator,
    ICompletenessReader completeness,
    ISymbolLists symbols,
    UnitAttempts attempts,
    RunStore runs,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    TimeProvider clock,
    IngestTelemetry? telemetry = null
)
{
    private const string NothingDue = "no day of the plan is finished yet";

    /// <summary>
    /// Settles the runs of one operation, in their order. Not cancelable, because the status has to show what was
    /// committed.
    /// </summary>
    /// <returns>The outcomes, with the units that are not whole.</returns>
    /// <exception cref="Exception">The evaluation failed. The runs are closed as failed; what they committed
    /// stands.</exception>
    public async Task<IReadOnlyList<RunOutcome>> SettleAsync(IReadOnlyList<RunOutcome> outcomes)
    {
        var ran = outcomes.Where(IsToSettle).ToArray();
        if (ran.Length == 0)
        {
            return outcomes;
        }

        using var evaluation = new Evaluation(telemetry);
        var (judged, failure) = await EvaluateAsync(ran[^1].Id);
        evaluation.Ended(failure?.SourceException);
        var book = new AttemptBook(await attempts.AllAsync(CancellationToken.None), calendars, clock.GetUtcNow());
        var judge = failure is null
            ? await UnitJudge.OfAsync(lake, completeness, symbols, ran.SelectMany(UnitsOf), CancellationToken.None)
            : null;
        var settled = new List<RunOutcome>(outcomes.Count);
        foreach (var outcome in outcomes)
        {
            settled.Add(!IsToSettle(outcome) ? outcome : await JudgeAsync(outcome, judge, book, judged, failure));
        }

        await attempts.WriteAsync(book.Open, book.Over, CancellationToken.None);
        foreach (var outcome in settled.Where(IsToSettle))
        {
            await runs.FinishAsync(outcome.Id, RunMeta.Settled(outcome.Request!, outcome), CancellationToken.None);
            evaluation.Settled(outcome);
        }

        failure?.Throw();
        return settled;
    }

    /// <summary>Keeps with the runs of one operation what was made of their tables after they were settled.</summary>
    public async Task DerivedAsync(IReadOnlyList<RunOutcome> outcomes, DerivedTables derived)
    {
        try
        {
            await runs.AmendAsync(
                [.. outcomes.Where(o => o.Block is null && o.Request is not null).Select(o => o.Id)],
                "derived",
                derived.ToJson(),
                CancellationToken.None
            );
        }
        catch (TidemarkException)
        {
            // What was built is built, and the operation's answer tells it, whether the row does or not.
        }
    }

    private async Task<(RunEvaluation Judged, ExceptionDispatchInfo? Failure)> EvaluateAsync(string runId)
    {
        try
        {
            return (await evaluator.EvaluateAsync(runId, CancellationToken.None), null);
        }
        catch (Exception e)
        {
            return (new RunEvaluation(IsJudged: false, []), ExceptionDispatchInfo.Capture(e));
        }
    }

    private async Task<RunOutcome> JudgeAsync(
        RunOutcome outcome,
        UnitJudge? judge,
        AttemptBook book,
        RunEvaluation judged,
        ExceptionDispatchInfo? failure
    )
    {
        var steps = await WriteStepsAsync(outcome, judged.IsJudged, failure);
        var afresh = outcome.Request!.Plan.Again;
        var incomplete = new List<UnitAttempt>();
        var givenUp = new List<UnitAttempt>(outcome.GivenUp);
        foreach (var (unit, reason) in outcome.Work.Problems.Where(p => UnitAxis.Of(p.Unit.Dataset).IsRetried))
        {
            if (book.Keep(unit, reason, afresh) is { IsGivenUp: true } over)
            {
                givenUp.Add(over);
            }
        }

        if (judge is not null)
        {
            foreach (var unit in UnitsOf(outcome))
            {
                if (await judge.ProblemOfAsync(unit, CancellationToken.None) is { } problem)
                {
                    var kept = book.Keep(unit, problem, afresh);
                    (kept.IsGivenUp ? givenUp : incomplete).Add(kept);
                }
                else
                {
                    book.Close(unit.Id.ToString());
                }
            }

            foreach (var unit in outcome.Work.FoundWhole)
            {
                book.Close(unit);
            }

            book.ClosePast(outcome.Request.Plan.Datasets);
        }

        return outcome with
        {
            Steps = outcome.Steps + steps,
            Incomplete = incomplete,
            GivenUp = givenUp,
            ChecksLeftOut = judged.ChecksLeftOut,
            Status =
                failure is not null ? RunStatus.Failed
                : outcome.Status == RunStatus.Success && incomplete.Count > 0 ? RunStatus.Partial
                : outcome.Status,
            Failure = outcome.Failure ?? failure?.SourceException,
        };
    }

    // Leaves out blocked runs, and runs whose pool another process has taken over: that process settles the pool.
    private static bool IsToSettle(RunOutcome outcome) =>
        outcome.Request is not null && outcome.EndedBy?.ErrorCode != LaneLock.LostCode;

    private static IEnumerable<PlannedUnit> UnitsOf(RunOutcome outcome) =>
        outcome.Work.Committed.Select(c => c.Unit).Concat(outcome.Work.JustTried);

    /// <summary>Writes the evaluate steps. They have no counts, because no rows pass.</summary>
    private async Task<int> WriteStepsAsync(RunOutcome outcome, bool isJudged, ExceptionDispatchInfo? failure)
    {
        var journal = new StepJournal(runs, outcome.Id, outcome.Scope, clock);
        var steps = new UnitSteps(journal);
        foreach (var (unit, _) in outcome.Work.Committed)
        {
            if (!isJudged && failure is null)
            {
                steps.SkipFrom(unit, StepStage.Evaluate, NothingDue);
                continue;
            }

            steps.Start(unit, StepStage.Evaluate);
            if (failure is null)
            {
                steps.Finish(unit, StepStage.Evaluate);
            }
            else
            {
                var error = failure.SourceException;
                steps.Fail(
                    unit,
                    StepStage.Evaluate,
                    (error as TidemarkException)?.Code ?? "INTERNAL_ERROR",
                    error.Message
                );
            }
        }

        await journal.FlushAsync(CancellationToken.None);
        return steps.Count;
    }
}
