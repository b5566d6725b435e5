using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Results;
using Tidemark.Control.Findings;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Operations.Calendars;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Macro;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>
/// The evaluate stage: brings the statuses of all pools up to date with the commits of runs. It does so whichever pool
/// ran, because a unit holds the whole market. It evaluates only what changed.
/// </summary>
public sealed class RunEvaluator(
    CheckRegistry checks,
    CompletenessMaterializer materializer,
    WorkspacePlan plan,
    ITargetSymbols targets,
    WorkspaceCalendars calendars,
    CalendarFindings calendarFindings,
    CodeMemory codes,
    MacroMemory macro,
    FindingStore findings,
    ModulePlans modules
) : IRunEvaluator
{
    public async Task<RunEvaluation> EvaluateAsync(string runId, CancellationToken cancellationToken)
    {
        await ReadCalendarsAsync(cancellationToken);
        // Before the evaluation, which reads the history under earlier codes too.
        await findings.ReplaceAsync(
            FindingStore.Codes,
            await codes.RememberAsync(runId, cancellationToken),
            cancellationToken
        );
        await findings.ReplaceAsync(
            FindingStore.Vintages,
            await macro.RememberAsync(runId, cancellationToken),
            cancellationToken
        );
        var (from, to) = plan.Window();
        if (to < from)
        {
            return new RunEvaluation(IsJudged: false, []); // a plan of days to come: there is nothing to judge, and what a backfill fetched beside it stays
        }

        var results = await materializer.RunAsync(
            checks.All,
            new EvaluationWindow(from, to, calendars.Book.Calendars, plan.DueDays())
            {
                Excluded = (await modules.ReadAsync(cancellationToken)).Excluded,
            },
            await RequestAsync(runId, cancellationToken),
            cancellationToken
        );
        return new RunEvaluation(
            IsJudged: true,
            [.. results.Faults.Where(f => f.IsOfDefinition).Select(FindLeftOut.Of)]
        );
    }

    private async Task<MaterializeRequest> RequestAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            // Match the targets after the commits of the run: a first list makes known the symbols that were typed
            // before.
            var present = await targets.ReadAsync(cancellationToken);
            return new MaterializeRequest(Pools.All, present.Symbols, runId);
        }
        catch (TidemarkException)
        {
            // The file of targets is gone, or a list that their rules need is not there. The targets' own run, status and doctor report that; the market is still
            // evaluated.
            return new MaterializeRequest([Pool.Universe], new HashSet<string>(), runId);
        }
    }

    /// <summary>Reads the calendars again: the run may have brought a newer one to evaluate by.</summary>
    private async Task ReadCalendarsAsync(CancellationToken cancellationToken)
    {
        await calendars.ReloadAsync(cancellationToken);
        await calendarFindings.KeepAsync(cancellationToken);
    }
}
