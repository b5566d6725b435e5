using Tidemark.Core;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>
/// Compaction, proof and flushing included, beside DuckDB rewriting the same files into the same partitions in one
/// COPY, both within 512 MB.
/// </summary>
internal static class CompactFigures
{
    private const string Memory = "512MB";
    private const int Partitions = 10;
    private const int UnitsAPartition = 25;
    private const int RowsAUnit = 20_000;
    private const int Rounds = 5;

    public static async Task RunAsync(Report report)
    {
        foreach (var cold in new[] { false, true })
        {
            await CompareAsync(report, cold);
        }
    }

    private static async Task CompareAsync(Report report, bool cold)
    {
        using var place = new Workplace(Memory);
        var codec = cold ? "zstd" : "snappy";
        Times ours = new(),
            theirs = new();
        for (var round = 0; round < Rounds; round++)
        {
            var table = Bars.Table($"ods_{codec}{round}");
            var files = await FillAsync(place, table);
            var paths = files.Select(f => place.Lake.Store.ReadablePath(table.Id.Prefix + f.Path)).ToArray();
            using var raw = place.Connect();
            Workplace.Settle();
            theirs.Add(() =>
                raw.Execute(
                    $"COPY (SELECT * FROM read_parquet({DuckDbSql.Literals(paths)}, hive_partitioning = true)) "
                        + $"TO {DuckDbSql.Literal(place.At($"raw/{codec}{round}"))} (FORMAT parquet, COMPRESSION {codec}, PARTITION_BY (dt))"
                )
            );
            Workplace.Settle();
            ours.Add(() => Compact(place, table.Id, cold));
        }

        report.Ratio(
            $"compaction of {Partitions} × {UnitsAPartition} files with {RowsAUnit} rows to {codec}, to one COPY",
            ours,
            theirs,
            1.0
        );
    }

    private static async Task<IReadOnlyList<AddAction>> FillAsync(Workplace place, TableDefinition table)
    {
        using var raw = place.Connect();
        for (var partition = 0; partition < Partitions; partition++)
        {
            // Many units a day, as shards and slots leave it.
            var day = Bars.FirstDay.AddDays(partition);
            using var staging = place.Lake.Stage(table, "bench");
            for (var unit = 0; unit < UnitsAPartition; unit++)
            {
                var batch = Bars.Batch(raw, Bars.DaySql(day.AddDays(unit * 100), RowsAUnit));
                staging.Append($"u/{partition}/{unit}", day, batch);
            }

            await place.Lake.CommitAsync(staging, new CommitRequest("BENCH"), default);
        }

        return [.. (await place.Lake.Table(table.Id).SnapshotAsync(default)).Files.Values];
    }

    private static void Compact(Workplace place, TableId table, bool cold)
    {
        var compactor = new TableCompactor(place.Lake, place.Engine, TimeProvider.System, new SystemIdSource());
        var options = new CompactOptions { ColdAfterDays = cold ? 14 : 100_000 };
        var done = compactor.CompactAsync(table, options, progress: null, default).GetAwaiter().GetResult();
        if (done.FilesAfter >= done.FilesBefore)
        {
            throw new InvalidOperationException($"{done.FilesBefore} files became {done.FilesAfter}");
        }
    }
}
