using Tidemark.Core.Runs;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Runs;

/// <summary>Ask vendors, with one row each, which datasets may be used.</summary>
/// <param name="Pool">The pool whose datasets are probed.</param>
public sealed record PreflightRequest(Pool Pool);

/// <summary>The answers of the vendors.</summary>
/// <param name="Ready">Whether a run could begin.</param>
/// <param name="Probes">The probes, one by one.</param>
/// <param name="Issues">The reasons why a run cannot begin, or leaves out a dataset.</param>
public sealed record PreflightResponse(
    bool Ready,
    IReadOnlyList<ProbeRecord> Probes,
    IReadOnlyList<ReadinessIssue> Issues
)
{
    public Verdict Verdict => Ready ? Verdict.Done : Verdict.Blocked;
}

/// <summary>
/// <c>preflight</c>: probes each dataset now, with its own latest due day, whatever earlier probes found.
/// </summary>
public sealed class PreflightOperation(WorkspacePlan plan, PreflightCheck preflight)
{
    public async Task<PreflightResponse> RunAsync(PreflightRequest request, CancellationToken stop)
    {
        var days = await plan.LastDaysAsync(request.Pool, stop);
        var report =
            days.Count == 0
                ? new PreflightReport([], [])
                : await preflight.RunAsync(
                    [.. days.Select(d => new ProbeRequest(d.Dataset, d.Day))],
                    again: true,
                    stop
                );
        return new PreflightResponse(report.Ready, report.Probes, report.Issues);
    }
}
