using Tidemark.Completeness.Checks;
using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Results;
using Tidemark.Core.Calendars;
using Tidemark.Ingest;

namespace Tidemark.Operations.Planning;

/// <summary>The evaluate stage: brings the statuses up to date with what a run committed.</summary>
public sealed class RunEvaluator(
    CheckRegistry checks,
    CompletenessMaterializer materializer,
    WorkspacePlan plan,
    IReadOnlyDictionary<string, TradingCalendar> calendars
) : IRunEvaluator
{
    public async Task<bool> EvaluateAsync(string runId, CancellationToken cancellationToken)
    {
        var (from, to) = plan.Window();
        if (to < from)
        {
            return false; // a plan of days to come: there is nothing to judge, and what a backfill fetched beside it stays
        }

        await materializer.RunAsync(
            checks.All,
            new EvaluationWindow(from, to, calendars, plan.DueDays()),
            new MaterializeRequest(plan.Targets(), runId),
            cancellationToken
        );
        return true;
    }
}
