using Tidemark.Core.Columns;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>
/// What a commit (files written, hashed, flushed, published, logged, marked) costs over the least that a durable one
/// can take.
/// </summary>
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
        var floor = new Floor(raw, place.At("floor"));
        Times ours = new(),
            built = new(),
            least = new(),
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
            least.Add(() => floor.Commit(round, "bars"));
            Workplace.Settle();
            theirs.Add(() => Floor.Copy(raw, "bars", place.At($"raw/{round}.parquet")));
        }

        report.Ratio("commit of 1 M rows, to the floor", ours, least, 1.25);
        report.Note(
            $"{ours.Median / theirs.Median:F2} × COPY alone; of rows that stand in the engine {built.Median / least.Median:F2} × the floor"
        );
    }

    private static void Small(Report report)
    {
        using var place = new Workplace();
        using var raw = place.Connect();
        raw.Execute($"CREATE TABLE bars AS {Bars.DaySql(Bars.FirstDay)}");
        var batch = Bars.Batch(raw, "SELECT * FROM bars");
        var table = Bars.Table("ods_small");
        var floor = new Floor(raw, place.At("floor"));
        Times ours = new(),
            least = new(),
            theirs = new();
        for (var round = 0; round < 300; round++)
        {
            var day = Bars.FirstDay.AddDays(round);
            theirs.Add(() => Floor.Copy(raw, "bars", place.At($"raw/{round}.parquet")));
            least.Add(() => floor.Commit(round, "bars"));
            ours.Add(() => Commit(place, table, [($"u/{round}", day, batch)]));
        }

        report.Ratio("commit of one partition of 5,400 rows, to the floor (p50)", ours, least, 1.6);
        report.Note($"{ours.Median / theirs.Median:F2} × COPY alone");
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
                    Floor.Copy(raw, "bars", place.At($"raw/{round}-{i}.parquet"));
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
}
