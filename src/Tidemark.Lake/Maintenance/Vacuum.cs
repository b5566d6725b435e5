using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>What a vacuum of a table removes, or would remove.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="Files">How many objects.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Objects">Each of them.</param>
/// <param name="Links">
/// Links inside the table, by their keys: they are not followed, and what they lead to stays.
/// </param>
public sealed record TableVacuum(
    string Table,
    int Files,
    long Bytes,
    IReadOnlyList<VacuumedObject> Objects,
    IReadOnlyList<string> Links
);

/// <summary>
/// Removes data files that no version within the retention needs, and killed writes that began more than a day ago. A
/// running writer's files that are published and not committed are young and therefore safe, as long as no commit takes
/// longer than the retention. Looks only at Tidemark's own tables.
/// </summary>
public sealed class Vacuum(DataLake lake)
{
    /// <summary>
    /// The shortest retention, without exception: a writer's files must be younger than it until they are committed.
    /// </summary>
    public static readonly TimeSpan Shortest = UncommittedFiles.Spared;

    private const int Parallelism = 8;

    // How many are removed before the log is read again.
    private const int AtOnce = 32;
    private static readonly TimeSpan s_writing = TimeSpan.FromDays(1);

    // Listed once and not for each table, because it walks the whole lake.
    private IReadOnlyList<StoredObject>? _interrupted;
    private IReadOnlyList<string>? _links;

    /// <summary>The moment since which every version stays readable.</summary>
    /// <exception cref="TidemarkException">The retention is too short.</exception>
    public DateTimeOffset Cutoff(TimeSpan olderThan) =>
        olderThan >= Shortest
            ? lake.Ago(olderThan)
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "VACUUM_TOO_YOUNG",
                "--older-than must be 1h or more: what is younger may belong to a commit that is in progress."
            );

    /// <summary>Lists what may be removed now; removes nothing.</summary>
    /// <exception cref="TidemarkException">The table is another program's, or its log cannot be read.</exception>
    public async Task<TableVacuum> PlanAsync(
        LakeTable table,
        DateTimeOffset cutoff,
        CancellationToken cancellationToken
    )
    {
        // List first, then read the log: a file committed after the listing is then seen as live, and one removed after
        // it as just removed.
        var listing = await TableListing.ReadAsync(table, cancellationToken);
        var snapshot = await table.SnapshotAsync(cancellationToken);
        ProtocolRules.EnsureOurs(snapshot);
        var lifetimes = new FileLifetimes(table.Id, snapshot.Files.Values);
        await foreach (var (_, lines) in (await table.Log.ReplayAsync(cancellationToken)).Entries)
        {
            lifetimes.Apply(lines);
        }

        _interrupted ??= await InterruptedWrites.OlderThanAsync(lake, lake.Ago(s_writing), cancellationToken);
        var interrupted = _interrupted
            .Where(f => f.Key.StartsWith(table.Id.Prefix, StringComparison.Ordinal))
            .Select(f => new VacuumedObject(f.Key, f.Bytes, f.Modified, VacuumReason.Interrupted));
        var linked = Linked(table.Id, lifetimes.NeededSince(cutoff));
        var gone = VacuumCandidates.Of(table.Id, lifetimes, listing.DataFiles, cutoff).Where(o => !linked.Keeps(o.Key));
        VacuumedObject[] objects = [.. gone, .. interrupted];
        return new TableVacuum(table.Id.ToString(), objects.Length, objects.Sum(o => o.Bytes), objects, linked.Inside);
    }

    /// <summary>
    /// Removes the planned objects, except those that have come back into the table since: a restore may need them.
    /// </summary>
    /// <returns>What was removed.</returns>
    public async Task<TableVacuum> ApplyAsync(TableVacuum found, CancellationToken cancellationToken)
    {
        var table = lake.Table(TableId.Parse(found.Table));
        var live = new HashSet<string>(StringComparer.Ordinal);
        var linked = Linked(table.Id, []);
        var version = -1L;
        var removed = new List<VacuumedObject>(found.Objects.Count);
        foreach (var some in found.Objects.Chunk(AtOnce))
        {
            var snapshot = await table.SnapshotAsync(cancellationToken);
            if (snapshot.Version != version)
            {
                live = [.. snapshot.Files.Values.Select(f => DataFiles.KeyOf(table.Id, f))];
                linked = Linked(table.Id, snapshot.Files.Keys);
                version = snapshot.Version;
            }

            var doomed = some.Where(o => !live.Contains(o.Key) && !linked.Keeps(o.Key)).ToArray();
            await Parallel.ForEachAsync(
                doomed,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (found, token) => await RemoveAsync(found, token)
            );
            removed.AddRange(doomed);
        }

        return found with
        {
            Files = removed.Count,
            Bytes = removed.Sum(o => o.Bytes),
            Objects = removed,
        };
    }

    private LinkedFiles Linked(TableId table, IEnumerable<string> needed) =>
        LinkedFiles.Of(table, lake.Store, _links ??= LinkedFiles.In(lake.Store), needed);

    private Task RemoveAsync(VacuumedObject found, CancellationToken cancellationToken) =>
        found.Reason == VacuumReason.Interrupted
            ? ((IInterruptedWrites)lake.Store).RemoveInterruptedAsync(
                new StoredObject(found.Key, found.Bytes, found.Modified),
                cancellationToken
            )
            : lake.Store.DeleteAsync(found.Key, cancellationToken);
}
