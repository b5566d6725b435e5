using Tidemark.Core.Runs;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Runs;

/// <summary>Ask vendors, with one row each, what may be used.</summary>
/// <param name="Pool">Whose datasets.</param>
public sealed record PreflightRequest(RunScope Pool);

/// <summary><c>preflight</c>: each dataset is probed now, with its own latest due day, whatever was found before.</summary>
public sealed class PreflightOperation(WorkspacePlan plan, PreflightCheck preflight)
{
    public async Task<PreflightReport> RunAsync(PreflightRequest request, CancellationToken stop)
    {
        var days = plan.LastDays(request.Pool);
        return days.Count == 0
            ? new PreflightReport([], [])
            : await preflight.RunAsync([.. days.Select(d => new ProbeRequest(d.Dataset, d.Day))], again: true, stop);
    }
}
