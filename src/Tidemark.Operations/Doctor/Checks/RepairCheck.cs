using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Repairs what needs no decision: markers, interrupted writes, staging of dead runs, the catalog. Without
/// <c>--repair</c> it only names the markers that are out of step, as <c>verify</c> does.
/// </summary>
internal sealed class RepairCheck(DataLake lake, RunStore runs, CatalogFile catalog) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var repairs = new LakeRepair(lake, catalog);
        if (!repair)
        {
            return await repairs.MarkersAsync(cancellationToken) is [var first, ..] markers
                ? new CheckAnswer($"{Count(markers.Count)}: {first.Path}: {first.What}. {first.Advice}", Warns: true)
                : null;
        }

        var done = new List<string>();

        // Close dead runs as the next run would; after that, no run owns their staging.
        foreach (var stale in await runs.CloseStaleAsync(cancellationToken))
        {
            lake.Staging.Sweep(stale);
            done.Add($"run {stale} closed: its process is gone");
        }

        done.AddRange(await repairs.RepairAsync(cancellationToken));
        return new CheckAnswer(done.Count > 0 ? string.Join("; ", done) : "nothing to repair");
    }

    private static string Count(int markers) =>
        markers == 1
            ? "1 marker is out of step with the log"
            : string.Create(CultureInfo.InvariantCulture, $"{markers} markers are out of step with the log, the first");
}
