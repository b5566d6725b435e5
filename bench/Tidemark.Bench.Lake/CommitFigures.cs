using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>What a commit (files written, hashed, flushed, published, logged, marked) costs over DuckDB writing the same rows to a file.</summary>
internal static class CommitFigures
{
    private const int Million = 1_000_000;
    private const int Partitions = 250;

    public static async Task RunAsync(Report report)
    {
        Large(report);
        Small(report);
        await ManyAsync(report);
    }

    private static void Large(Report report)
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
            built.Add(() => Build(place, Bars.Table("ods_built"), round, day));
            Workplace.Settle();
            theirs.Add(() => Copy(raw, "bars", place.At($"raw/{round}.parquet")));
        }

        report.Ratio("commit of 1 M rows that came from a vendor, to COPY", ours, theirs, 1.10);
        report.Ratio("commit of 1 M rows that came from a query, to COPY", built, theirs, 1.10);
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

        place.Lake.CommitAsync(staging, new CommitRequest("BENCH"), default).GetAwaiter().GetResult();
    }

    private static void Build(Workplace place, TableDefinition table, int round, DateOnly day)
    {
        using var session = place.Lake.OpenSessionAsync([], default).GetAwaiter().GetResult();
        using var staging = place.Lake.Stage(table, "bench");
        staging.AppendQuery(session, $"u/{round}", day, "SELECT * FROM memory.main.bars", default);
        place.Lake.CommitAsync(staging, new CommitRequest("BENCH"), default).GetAwaiter().GetResult();
    }

    private static void Copy(DuckDbConnection connection, string source, string path) =>
        connection.Execute(
            $"COPY (SELECT * FROM {source}) TO {DuckDbSql.Literal(path)} (FORMAT parquet, COMPRESSION snappy)"
        );
}
