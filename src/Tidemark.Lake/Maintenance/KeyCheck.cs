using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>Keys that occur more than once on a day.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Day">The day; null in a table without days.</param>
/// <param name="Keys">How many there are.</param>
/// <param name="Example">One of them: <c>ts_code = 600519.SH, trade_date = 2022-06-01</c>.</param>
/// <param name="Rows">Rows with the example.</param>
internal sealed record DoubledKeys(TablePartition Partition, DateOnly? Day, long Keys, string Example, long Rows);

/// <summary>Looks for keys that occur more than once. Reads only the key columns, a few partitions at a time.</summary>
internal sealed class KeyCheck(DataLake lake)
{
    // Limits what one query groups; the engine spills a partition that is larger by itself.
    private const long BytesAtOnce = 64 << 20;
    private const int FilesAtOnce = 500;

    /// <summary>Whether there is a key to check: other programs' tables need not have one.</summary>
    public static bool CanAsk(TableSnapshot snapshot) =>
        snapshot is { Partitioning: not null, Key.Count: > 0 }
        && snapshot.Identity.All(k => snapshot.Columns.Any(c => c.Name == k));

    /// <summary>The days of some partitions on which a key occurs more than once, in order.</summary>
    /// <param name="snapshot">A version for which <see cref="CanAsk"/> is true.</param>
    /// <param name="isAsked">The partitions to check; null for all.</param>
    /// <param name="cancellationToken">Interrupts the queries.</param>
    public async Task<IReadOnlyList<DoubledKeys>> FindAsync(
        TableSnapshot snapshot,
        Func<TablePartition, bool>? isAsked,
        CancellationToken cancellationToken
    )
    {
        var found = new List<DoubledKeys>();
        var batch = new List<AddAction>();
        foreach (
            var partition in snapshot
                .Files.Values.GroupBy(TablePartition.Of)
                .Where(p => isAsked is null || isAsked(p.Key))
                .OrderBy(p => p.Key.First)
                .Select(p => p.ToArray())
                .Where(IsWorthALook)
        )
        {
            if (
                batch.Count > 0
                && (
                    batch.Count + partition.Length > FilesAtOnce
                    || batch.Concat(partition).Sum(f => f.Size) > BytesAtOnce
                )
            )
            {
                found.AddRange(await FindAsync(snapshot, batch, cancellationToken));
                batch.Clear();
            }

            batch.AddRange(partition);
        }

        found.AddRange(await FindAsync(snapshot, batch, cancellationToken));
        return found;
    }

    /// <summary>The same for some files, in one query.</summary>
    public async Task<IReadOnlyList<DoubledKeys>> FindAsync(
        TableSnapshot snapshot,
        IReadOnlyCollection<AddAction> files,
        CancellationToken cancellationToken
    )
    {
        if (files.Count == 0)
        {
            return [];
        }

        var partitioning = snapshot.Partitioning!;
        var day = partitioning.HasDays ? TableDefinition.DayColumn : "NULL::DATE";
        var key = snapshot.Identity.Select((k, i) => $"{DuckDbSql.Identifier(k)} AS k{i}");
        var example = string.Join(
            " || ', ' || ",
            snapshot.Identity.Select((k, i) => $"{DuckDbSql.Literal(k + " = ")} || coalesce(k{i}::VARCHAR, 'null')")
        );
        using var held = await lake.Store.MakeReadableAsync(
            [.. files.Select(f => DataFiles.ObjectOf(snapshot.Table, f))],
            cancellationToken
        );
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"""
            WITH doubled AS (
                SELECT {day} AS d, {string.Join(", ", key)}, count(*) AS n FROM {ViewSql.Source(
                snapshot,
                files,
                lake.Store
            )}
                GROUP BY ALL HAVING count(*) > 1
            ), told AS (SELECT d, n, {example} AS example FROM doubled)
            SELECT d, count(*), min(example), arg_min(n, example) FROM told GROUP BY d ORDER BY d
            """,
            cancellationToken
        );
        return [.. result.Rows().Select(row => Read(partitioning, row))];
    }

    /// <summary>How many rows of a file have keys that some others do not have.</summary>
    public async Task<long> CountOtherKeysAsync(
        TableSnapshot snapshot,
        AddAction file,
        IReadOnlyCollection<AddAction> others,
        CancellationToken cancellationToken
    )
    {
        using var held = await lake.Store.MakeReadableAsync(
            [.. others.Append(file).Select(f => DataFiles.ObjectOf(snapshot.Table, f))],
            cancellationToken
        );
        var same = snapshot.Identity.Select(DuckDbSql.Identifier).Select(k => $"f.{k} IS NOT DISTINCT FROM o.{k}");
        using var connection = lake.Engine.Connect();
        return (long)
            connection.Scalar(
                $"""
                SELECT count(*) FROM {ViewSql.Source(snapshot, [file], lake.Store)} f
                ANTI JOIN {ViewSql.Source(snapshot, others, lake.Store)} o ON {string.Join(" AND ", same)}
                """,
                cancellationToken
            )!;
    }

    private static DoubledKeys Read(TablePartitioning partitioning, object?[] row)
    {
        var day = (DateOnly?)row[0];
        return new(TablePartition.Of(partitioning, day), day, (long)row[1]!, (string)row[2]!, (long)row[3]!);
    }

    // A commit checked a unit's rows. Fetching them from a bucket again only for this would double the cost of a
    // verification.
    private bool IsWorthALook(AddAction[] partition) =>
        !lake.Store.IsRemote
        || partition.Any(f => UnitSlice.Of(f).Count == 0)
        || partition
            .SelectMany(UnitSlice.Of)
            .SelectMany(s => s.Days.Select(d => (DateOnly?)d).DefaultIfEmpty().Select(day => (Day: day, s.Unit)))
            .Distinct()
            .GroupBy(s => s.Day)
            .Any(d => d.Count() > 1);
}
