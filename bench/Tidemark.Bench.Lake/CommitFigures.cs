using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>What a commit (files written, hashed, flushed, published, logged, marked) costs over DuckDB writing the same rows to a file.</summary>
internal static class CommitFigures
{
    private const int Million = 1_000_000;
    private const int Partitions = 250;

    public static async Task RunAsync(Report report)
    {
        await LargeAsync(report);
        Small(report);
        await ManyAsync(report);
    }

    private static async Task LargeAsync(Report report)
    {
        using var place = new Workplace();
        using var raw = place.Connect();
        var sql = Bars.DaySql(Bars.FirstDay, Million);
        raw.Execute($"CREATE TABLE bars AS {sql}");
        var batch = Bars.Batch(raw, "SELECT * FROM bars");
        var table = Bars.Table("ods_large");
        Times ours = new(),
            built = new(),
            theirs = new();
        for (var round = 0; round < 9; round++)
        {
            var day = Bars.FirstDay.AddDays(round);
            Workplace.Settle();
            ours.Add(() => Commit(place, table, [($"u/{round}", day, batch)]));
            Workplace.Settle();
            // The rows stand in a table of the engine for both sides when the clock starts.
            using var session = await place.Lake.OpenSessionAsync([], CancellationToken.None);
            using var staging = place.Lake.Stage(Bars.Table("ods_built"), "bench");
            staging.AppendQuery(session, $"u/{round}", day, "SELECT * FROM memory.main.bars", CancellationToken.None);
            built.Add(() => Commit(place, staging));
            Workplace.Settle();
            theirs.Add(() => Copy(raw, "bars", place.At($"raw/{round}.parquet")));
        }

        report.Ratio("commit of 1 M rows, to COPY", ours, theirs, 1.10);
        report.Note(
            $"of 1 M rows that stand in the engine: {built.Median / theirs.Median:F2} × COPY, which is DuckDB's own writing with our hash and fsync on top"
        );
    }

    private static void Small(Report report)
    {
        using var place = new Workplace();
        using var raw = place.Connect();
        raw.Execute($"CREATE TABLE bars AS {Bars.DaySql(Bars.FirstDay)}");
        var batch = Bars.Batch(raw, "SELECT * FROM bars");
        var table = Bars.Table("ods_small");
        Times ours = new(),
            theirs = new();
        for (var round = 0; round < 300; round++)
        {
            var day = Bars.FirstDay.AddDays(round);
            theirs.Add(() => Copy(raw, "bars", place.At($"raw/{round}.parquet")));
            ours.Add(() => Commit(place, table, [($"u/{round}", day, batch)]));
        }

        report.Ratio("commit of one partition of 5,400 rows, to COPY (p50)", ours, theirs, 1.6);
        report.Milliseconds("commit of one partition of 5,400 rows, p99", ours.Quantile(0.99), 60);
    }

    private static async Task ManyAsync(Report report)
    {
        using var place = new Workplace();
        using var raw = place.Connect();
        raw.Execute($"CREATE TABLE bars AS {Bars.DaySql(Bars.FirstDay)}");
        var batch = Bars.Batch(raw, "SELECT * FROM bars");
        Times ours = new(),
            theirs = new();
        for (var round = 0; round < 5; round++)
        {
            var table = Bars.Table($"ods_many{round}");
            Workplace.Settle();
            ours.Add(() =>
            {
                for (var first = 0; first < Partitions; first += 50)
                {
                    Commit(
                        place,
                        table,
                        [.. Enumerable.Range(first, 50).Select(i => ($"u/{i}", Bars.FirstDay.AddDays(i), batch))]
                    );
                }
            });
            Workplace.Settle();
            theirs.Add(() =>
            {
                for (var i = 0; i < Partitions; i++)
                {
                    Copy(raw, "bars", place.At($"raw/{round}-{i}.parquet"));
                }
            });
            var snapshot = await place.Lake.Table(table.Id).SnapshotAsync(default);
            if (snapshot.RowCount != (long)Partitions * Bars.StocksADay)
            {
                throw new InvalidOperationException($"{snapshot.RowCount} rows were committed");
            }
        }

        report.Ratio("250 partitions in five commits, to 250 COPYs", ours, theirs, 1.25);
    }

    private static void Commit(Workplace place, TableDefinition table, (string, DateOnly, ColumnBatch)[] units)
    {
        using var staging = place.Lake.Stage(table, "bench");
        foreach (var (unit, day, rows) in units)
        {
            staging.Append(unit, day, rows);
        }

        Commit(place, staging);
    }

    private static void Commit(Workplace place, TableStaging staging) =>
        place.Lake.CommitAsync(staging, new CommitRequest("BENCH"), default).GetAwaiter().GetResult();

    private static void Copy(DuckDbConnection connection, string source, string path) =>
        connection.Execute(
            $"COPY (SELECT * FROM {source}) TO {DuckDbSql.Literal(path)} (FORMAT parquet, COMPRESSION snappy)"
        );
}
