using Tidemark.Core.Runs;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Runs;

/// <summary>Ask vendors, with one row each, what may be used.</summary>
/// <param name="Pool">Whose datasets.</param>
public sealed record PreflightRequest(Pool Pool);

/// <summary>What vendors answered.</summary>
/// <param name="Ready">Whether a run could begin.</param>
/// <param name="Probes">Each of them.</param>
/// <param name="Issues">What keeps a run from beginning, or leaves a module out of it.</param>
public sealed record PreflightResponse(
    bool Ready,
    IReadOnlyList<ProbeRecord> Probes,
    IReadOnlyList<ReadinessIssue> Issues
)
{
    public Verdict Verdict => Ready ? Verdict.Done : Verdict.Blocked;
}

/// <summary>
/// <c>preflight</c>: each dataset is probed now, with its own latest due day, whatever was found before.
/// </summary>
public sealed class PreflightOperation(WorkspacePlan plan, PreflightCheck preflight)
{
    public async Task<PreflightResponse> RunAsync(PreflightRequest request, CancellationToken stop)
    {
        var days = plan.LastDays(request.Pool);
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
