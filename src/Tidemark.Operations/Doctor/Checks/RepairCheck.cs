using Tidemark.Control.Runs;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Mends what needs no decision: markers, interrupted writes, staging of dead runs, the catalog. Does nothing without
/// <c>--repair</c>.
/// </summary>
internal sealed class RepairCheck(DataLake lake, RunStore runs, CatalogFile catalog) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        if (!repair)
        {
            return null;
        }

        var done = new List<string>();

        // Close dead runs as the next run would; after that, no run owns their staging.
        foreach (var stale in await runs.CloseStaleAsync(cancellationToken))
        {
            lake.Staging.Sweep(stale);
            done.Add($"run {stale} closed: its process is gone");
        }

        done.AddRange(await new LakeRepair(lake, catalog).RepairAsync(cancellationToken));
        return new CheckAnswer(done.Count > 0 ? string.Join("; ", done) : "nothing to mend");
    }
}
