using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>
/// Mends what can be mended without a decision: markers, interrupted writes, the staging of dead claimants, the
/// catalog. Never touches a data file or the log, and nothing in another program's table.
/// </summary>
public sealed class LakeRepair(DataLake lake, CatalogFile catalog)
{
    // A write lasts seconds; a write this old belongs to nobody.
    private static readonly TimeSpan s_writing = TimeSpan.FromHours(1);

    /// <summary>
    /// The markers that <see cref="RepairAsync"/> would write again, by table and path. Those of a remote store are not
    /// read: only whether they are there.
    /// </summary>
    public async Task<IReadOnlyList<VerifyFinding>> MarkersAsync(CancellationToken cancellationToken)
    {
        var found = new List<VerifyFinding>();
        foreach (var table in await lake.TablesAsync(cancellationToken))
        {
            try
            {
                var faults = await FindMarkersAsync(table, reads: !lake.Store.IsRemote, cancellationToken);
                found.AddRange(faults.Select(f => f.In(table.Id)));
            }
            catch (TidemarkException e) when (StorageErrors.IsOfTheDisk(e))
            {
                // What is wrong with the table's folder is reported as that.
            }
        }

        return found;
    }

    /// <returns>What was done, a line each; empty when there was nothing to mend.</returns>
    public async Task<IReadOnlyList<string>> RepairAsync(CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var table in await lake.TablesAsync(cancellationToken))
        {
            try
            {
                var faults = await RepairMarkersAsync(table, cancellationToken);
                if (faults.Count(f => !f.IsLink) is var written and > 0)
                {
                    done.Add($"{table.Id}: markers of {Count(written, "partition")} written again");
                }

                done.AddRange(
                    faults.Where(f => f.IsLink).Select(f => $"{table.Id.Prefix}{f.Path}: {f.What}. {f.Advice}")
                );
            }
            catch (TidemarkException e) when (StorageErrors.IsOfTheDisk(e))
            {
                done.Add($"{table.Id}: its markers could not be checked: {e.Code}: {e.Message}");
            }
        }

        var before = lake.Ago(s_writing);
        var temporaries = await DeleteInterruptedAsync(before, cancellationToken);
        if (temporaries.Count > 0)
        {
            done.Add($"{Count(temporaries.Count, "interrupted write")} removed from the lake");
        }

        foreach (var run in lake.SweepAbandonedStaging())
        {
            done.Add($"staging of {run} removed: its run is over");
        }

        foreach (var file in catalog.DeleteTemporaries())
        {
            done.Add($"{file} removed: an interrupted refresh");
        }

        foreach (var folder in lake.Engine.SweepSpilled())
        {
            done.Add($"{folder} removed: it was spilled by a process that has ended");
        }

        if (await catalog.IsBehindAsync(cancellationToken))
        {
            var refresh = await catalog.RefreshAsync(cancellationToken);
            done.Add($"{catalog.Path} refreshed: {Count(refresh.Versions.Count, "table")}");
        }

        return done;
    }

    private static async Task<IReadOnlyList<MarkerFault>> RepairMarkersAsync(
        LakeTable table,
        CancellationToken cancellationToken
    )
    {
        var faults = await FindMarkersAsync(table, reads: true, cancellationToken);
        if (faults.Count > 0)
        {
            await MarkerCheck.RepairAsync(table, faults, cancellationToken);
        }

        return faults;
    }

    private static async Task<IReadOnlyList<MarkerFault>> FindMarkersAsync(
        LakeTable table,
        bool reads,
        CancellationToken cancellationToken
    )
    {
        var snapshot = await table.SnapshotAsync(cancellationToken);
        return snapshot.IsOurs
            ? await MarkerCheck.FindAsync(
                table,
                snapshot,
                await TableListing.ReadAsync(table, cancellationToken),
                reads,
                cancellationToken
            )
            : [];
    }

    private async Task<IReadOnlyList<StoredObject>> DeleteInterruptedAsync(
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var old = await InterruptedWrites.OlderThanAsync(lake, before, cancellationToken);
        foreach (var write in old)
        {
            await ((IInterruptedWrites)lake.Store).RemoveInterruptedAsync(write, cancellationToken);
        }

        return old;
    }

    private static string Count(int number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");
}
