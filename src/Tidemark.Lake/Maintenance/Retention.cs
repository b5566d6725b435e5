using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>What retention drops from a table, or would drop.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="Days">How long it is kept.</param>
/// <param name="Cutoff">The first day that stays.</param>
/// <param name="Partitions">Days or months that go.</param>
/// <param name="Files">Their files.</param>
/// <param name="Rows">Their rows.</param>
/// <param name="Bytes">Their size; a vacuum frees it when no version within the vacuum's retention has them.</param>
/// <param name="Version">The table's version after it; null when nothing was written.</param>
public sealed record TableRetention(
    string Table,
    int Days,
    DateOnly Cutoff,
    int Partitions,
    int Files,
    long Rows,
    long Bytes,
    long? Version
);

/// <summary>The raw payloads that retention removes, or would remove.</summary>
/// <param name="Cutoff">Payloads received before this moment go.</param>
/// <param name="Files">How many.</param>
/// <param name="Bytes">Their size.</param>
public sealed record RawRetention(DateTimeOffset Cutoff, int Files, long Bytes);

/// <summary>
/// Drops the partitions that are older than a table's retention, as one version, and removes raw payloads that are old
/// enough.
/// </summary>
public sealed class Retention(DataLake lake)
{
    private const string Operation = "RETENTION";
    private const int Parallelism = 8;

    /// <param name="table">A table that is partitioned by day or month.</param>
    /// <param name="days">Days that are kept before <paramref name="today"/>.</param>
    /// <param name="today">The day from which they are counted.</param>
    /// <param name="apply">Whether to do it or only to say what would be done.</param>
    /// <param name="cancellationToken">Looked at before the commit.</param>
    /// <exception cref="TidemarkException">The table has no days.</exception>
    public static async Task<TableRetention> DropAsync(
        LakeTable table,
        int days,
        DateOnly today,
        bool apply,
        CancellationToken cancellationToken
    )
    {
        var cutoff = today.AddDays(-days);
        var snapshot = await table.SnapshotAsync(cancellationToken);
        ProtocolRules.EnsureOurs(snapshot);
        if (snapshot is { Exists: true, IsPartitioned: false })
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "RETENTION_UNPARTITIONED",
                $"{table.Id} is not partitioned by day or month, so it has no days to drop. Remove it from 'retention' in tidemark.yaml."
            );
        }

        var change = Plan(snapshot, cutoff, days);
        long? version = null;
        if (apply && change is not null)
        {
            (_, var after, change) = await FileChange.CommitAsync(
                table,
                newest => Plan(newest, cutoff, days),
                cancellationToken
            );
            version = after.Version;
        }

        var dropped = change?.Removed ?? [];
        return new TableRetention(
            table.Id.ToString(),
            days,
            cutoff,
            dropped.Select(TablePartition.Of).Distinct().Count(),
            dropped.Count,
            dropped.Sum(FileChange.RowsOf),
            dropped.Sum(f => f.Size),
            version
        );
    }

    /// <summary>
    /// Removes raw payloads by the time at which the store got them: payloads of an old day that were fetched today are
    /// young.
    /// </summary>
    public async Task<RawRetention> DropRawAsync(TimeSpan keep, bool apply, CancellationToken cancellationToken)
    {
        var cutoff = lake.Ago(keep);
        var old = new List<StoredObject>();
        var tables = new Dictionary<string, bool>(StringComparer.Ordinal);
        await foreach (var found in lake.Store.ListAsync(ObjectKeys.RawPrefix, null, cancellationToken))
        {
            if (found.Modified < cutoff && !IsOfTables(found.Key, tables))
            {
                old.Add(found);
            }
        }

        if (apply)
        {
            await Parallel.ForEachAsync(
                old,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (payload, token) => await lake.Store.DeleteAsync(payload.Key, token)
            );
        }

        return new RawRetention(cutoff, old.Count, old.Sum(o => o.Bytes));
    }

    // A listing follows a link in the place of a vendor's folder: payloads may be on another disk. A link to the tables
    // does not turn them into payloads.
    private bool IsOfTables(string key, Dictionary<string, bool> known)
    {
        if (lake.Store is not ILinks links)
        {
            return false;
        }

        var end = key.IndexOf('/', ObjectKeys.RawPrefix.Length);
        var vendor = end < 0 ? ObjectKeys.RawPrefix : key[..(end + 1)];
        if (!known.TryGetValue(vendor, out var leads))
        {
            known[vendor] = leads = LayerLinks.LeadsToTables(links, vendor);
        }

        return leads;
    }

    /// <summary>
    /// The partitions that end before a cutoff; null when there are none. A month leaves as a whole, whether it was
    /// compacted or not. Files without a day stay.
    /// </summary>
    internal static FileChange? Plan(TableSnapshot newest, DateOnly cutoff, int days)
    {
        var old = newest.Files.Values.Where(f => TablePartition.Of(f).Last < cutoff).ToArray();
        return old.Length == 0
            ? null
            : new FileChange(
                Operation,
                new Dictionary<string, string>
                {
                    ["cutoff"] = cutoff.ToIso(),
                    ["days"] = days.ToString(CultureInfo.InvariantCulture),
                },
                old,
                Array.Empty<AddAction>(),
                Mark: RetentionMark.After(newest, old.Max(f => TablePartition.Of(f).Last))
            );
    }
}
