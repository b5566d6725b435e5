using System.Globalization;
using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Bench.Lake;

/// <summary>A table with a long life: opening it, adding to it, and reading one of its days.</summary>
internal static class OpenFigures
{
    private const int Days = 5_000;
    private const int Commits = 10_000;
    private const int RowsADay = 20;
    private const int ReadEvery = 50; // these days are whole markets, as a reader of a day finds them

    public static async Task RunAsync(Report report)
    {
        using var place = new Workplace();
        using var raw = place.Connect();
        var table = Bars.Table("ods_long");

        // Each day comes twice: 5,000 live files, 10,000 commits.
        Times early = new(),
            late = new();
        for (var i = 0; i < Commits; i++)
        {
            var day = Bars.FirstDay.AddDays(i % Days);
            var rows = i % ReadEvery == 0 ? Bars.StocksADay : RowsADay;
            var batch = Bars.Batch(raw, Bars.DaySql(day, i < Days ? rows : rows + 1));
            var times =
                i is >= Days and < Days + 300 ? early
                : i >= Commits - 300 ? late
                : null;
            if (times is null)
            {
                await CommitAsync(place, table, day, batch);
            }
            else
            {
                times.Add(() => CommitAsync(place, table, day, batch).GetAwaiter().GetResult());
            }
        }

        report.Note($"{Commits} commits, {Days} live files");
        report.Ratio("a commit after 9,700 commits, to one after 5,000, both over 5,000 files", late, early, 1.25);

        Times open = new();
        for (var round = 0; round < 21; round++)
        {
            var lake = place.Open();
            open.Add(() => lake.Table(table.Id).SnapshotAsync(default).GetAwaiter().GetResult());
        }

        report.Milliseconds("opening the table", open.Median, 60);
        await ReadAsync(report, place, table);
    }

    /// <summary>
    /// A day through the <i>view</i>, which anybody's query names: every file's name is looked at, and no other file
    /// is opened. That takes a while for each name
    /// (the macro has none of it), so the day is one that a reader notices: the options of a market.
    /// </summary>
    public static async Task ViewAsync(Report report)
    {
        const int Files = 2_500;
        const int LargeEvery = 500;
        const int LargeDay = 1_000_000;
        using var place = new Workplace();
        using var raw = place.Connect();
        var table = Bars.Table("ods_view");
        for (var i = 0; i < Files; i++)
        {
            var day = Bars.FirstDay.AddDays(i);
            await CommitAsync(
                place,
                table,
                day,
                Bars.Batch(raw, Bars.DaySql(day, i % LargeEvery == 0 ? LargeDay : RowsADay))
            );
        }

        var catalog = new Tidemark.Lake.Catalog.CatalogFile(place.At("catalog.duckdb"), place.Lake);
        await catalog.RefreshAsync(default);
        var snapshot = await place.Lake.Table(table.Id).SnapshotAsync(default);
        using var reader = await catalog.OpenAsync(new DuckDbSettings(0, "70%"), "", CancellationToken.None);
        Times ours = new(),
            none = new(),
            theirs = new();
        for (var round = 0; round < 11; round++)
        {
            var day = Bars.FirstDay.AddDays(round * LargeEvery % Files);
            var text = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var file = place.Lake.Store.ReadablePath(table.Id.Prefix + snapshot.FilesIn(day).Single().Path);
            ours.Add(() => Read(reader.Connection, $"SELECT * FROM ods.ods_view WHERE dt = '{text}'", LargeDay));
            none.Add(() => Read(reader.Connection, "SELECT * FROM ods.ods_view WHERE dt = '1990-01-01'", 0));
            theirs.Add(() =>
                Read(reader.Connection, $"SELECT * FROM read_parquet({DuckDbSql.Literal(file)})", LargeDay)
            );
        }

        report.Ratio("reading a day of 1 M rows out of 2,500 through the view, to its file", ours, theirs, 1.3);
        report.Note($"of which {none.Median:F0} ms for the names of 2,500 files");
    }

    private static async Task ReadAsync(Report report, Workplace place, TableDefinition table)
    {
        var catalog = new Tidemark.Lake.Catalog.CatalogFile(place.At("catalog.duckdb"), place.Lake);
        await catalog.RefreshAsync(default);
        var snapshot = await place.Lake.Table(table.Id).SnapshotAsync(default);
        using var reader = await catalog.OpenAsync(new DuckDbSettings(0, "70%"), "", CancellationToken.None);
        var connection = reader.Connection;
        Times ours = new(),
            theirs = new();
        for (var round = 0; round < 101; round++)
        {
            var day = Bars.FirstDay.AddDays(round * ReadEvery % Days);
            var text = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var file = place.Lake.Store.ReadablePath(table.Id.Prefix + snapshot.FilesIn(day).Single().Path);
            ours.Add(() => Read(connection, $"SELECT * FROM ods.ods_long_dt('{text}')", Bars.StocksADay + 1));
            theirs.Add(() =>
                Read(connection, $"SELECT * FROM read_parquet({DuckDbSql.Literal(file)})", Bars.StocksADay + 1)
            );
        }

        report.Ratio("reading a day of 5,000 through the catalog, to its file", ours, theirs, 1.3);
    }

    private static void Read(DuckDbConnection connection, string sql, int rows)
    {
        using var result = connection.Query(sql);
        if (result.Rows().Count() != rows)
        {
            throw new InvalidOperationException($"not {rows} rows: {sql}");
        }
    }

    private static async Task CommitAsync(Workplace place, TableDefinition table, DateOnly day, ColumnBatch batch)
    {
        using var staging = place.Lake.Stage(table, "bench");
        staging.Append($"u/{day.DayNumber}", day, batch);
        await place.Lake.CommitAsync(staging, new CommitRequest("BENCH"), default);
    }
}
