using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Builds;

/// <content>Partitions that stay as they are because their inputs are gone.</content>
internal sealed partial class TableBuild
{
    private const string RetiredCode = "BUILD_INPUTS_RETIRED";

    /// <summary>
    /// The failure when an input from which the present rows were made is gone: without it a build would give fewer or
    /// other rows. Null for an input that never existed.
    /// </summary>
    private async Task<FailedPartition?> GoneAsync(
        InputState inputs,
        TableSnapshot standing,
        CancellationToken cancellationToken
    )
    {
        if (!standing.Exists || !inputs.Absent.Any())
        {
            return null;
        }

        var read = await _target.InputsAsync(standing, cancellationToken);
        if (inputs.Absent.FirstOrDefault(i => read.ContainsKey(i.ToString())) is not { Name: not null } gone)
        {
            return null;
        }

        var remedy = project.Tables.Any(t => t.Id == gone)
            ? $"make it again: `tidemark build {gone}`"
            : "fetch its days anew: `tidemark doctor` names the command";
        var why = LeftOut.Gone(gone, [table.Id], remedy);
        return new FailedPartition(
            table.Id.ToString(),
            null,
            ErrorKind.Storage,
            why.Code,
            $"{table.Id} was not built, because it reads {gone}: {why.Reason}"
        );
    }

    /// <summary>Whether the table's own retention has dropped a partition.</summary>
    private static bool IsDropped(TableSnapshot standing, Partition partition) =>
        partition.Day <= standing.RetiredThrough && !standing.HasUnit(partition.Unit);

    /// <summary>The existing partitions whose inputs no longer have the days, each with these inputs.</summary>
    private static Dictionary<Partition, IReadOnlyList<TableId>> Retired(
        InputState inputs,
        TableSnapshot standing,
        IEnumerable<Partition> partitions
    )
    {
        var retired = new Dictionary<Partition, IReadOnlyList<TableId>>();
        foreach (var partition in partitions)
        {
            if (
                partition.Day is { } day
                && standing.SlicesOf(partition.Unit) is [var slice, ..]
                && inputs.WithoutDaysOf(day, slice.Tag(MadeOfTag)).ToArray() is { Length: > 0 } without
            )
            {
                retired[partition] = without;
            }
        }

        return retired;
    }

    private List<SkippedTable> SkippedOf(int upToDate, int dropped, bool isAll)
    {
        var skipped = new List<SkippedTable>();
        if (dropped > 0)
        {
            skipped.Add(new SkippedTable(table.Id.ToString(), dropped, "dropped by retention"));
        }

        if (upToDate > 0 || (isAll && dropped == 0))
        {
            skipped.Add(new SkippedTable(table.Id.ToString(), upToDate, "up to date"));
        }

        return skipped;
    }

    private void Keep(IReadOnlyList<KeyValuePair<Partition, IReadOnlyList<TableId>>> retired)
    {
        if (retired.Count > 0)
        {
            var days = retired.Select(r => r.Key.Day!.Value).ToArray();
            Kept = new KeptPartitions(
                table.Id.ToString(),
                retired.Count,
                days.Min(),
                days.Max(),
                [.. retired.SelectMany(r => r.Value).Distinct().Order().Select(i => i.ToString())]
            );
        }
    }

    private FailedPartition NotReplaced(Dictionary<Partition, IReadOnlyList<TableId>> retired)
    {
        var days = retired.Keys.Select(p => p.Day!.Value).ToArray();
        return Failure(
            null,
            RetiredCode,
            string.Create(
                CultureInfo.InvariantCulture,
                $"its declaration changed, so that all of its days are to be made again, and of {retired.Count} of them ({days.Min().ToIso()} … {days.Max().ToIso()}) "
            )
                + $"{Withdrawn([.. retired.SelectMany(r => r.Value).Distinct()])} Or give what is declared another name (of {table.File}); or let the days go: 'retention' of {table.Id} in tidemark.yaml, and `tidemark retention --apply`. Nothing was replaced."
        );
    }

    private static string Withdrawn(IReadOnlyList<TableId> inputs) =>
        $"what they were made from is not there any more: {string.Join(", ", inputs.Order())} has dropped it by retention or was begun anew. Fetch it again with `tidemark backfill --from D --to D --datasets DATASET`, and build.";
}
