using System.Diagnostics;
using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Results;
using Tidemark.Core;
using Tidemark.Core.Completeness;
using Tidemark.Core.Runs;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Tests;

/// <summary>Real holes: the recorded market and the answers that go with it.</summary>
[Trait("Speed", "Slow")]
public sealed class RecordedMarketTests(ITestOutputHelper output) : IDisposable
{
    private readonly Observatory _watch = new();

    [Fact]
    public async Task Evaluate_RecordedMarket_FindsExactlyTheKnownHoles()
    {
        var replay = Path.Combine(Observatory.Repository, "..", "shared", "data", "replay-cn");
        if (!Directory.Exists(replay))
        {
            Assert.Skip("../shared/data/replay-cn is not here");
        }

        await LoadAsync(Path.Combine(replay, "tushare"));
        var window = new EvaluationWindow(
            new DateOnly(2022, 6, 1),
            new DateOnly(2022, 12, 30),
            Observatory.Calendars(ClosedWeekdays(Path.Combine(replay, "tushare", "trade_cal.csv")))
        );

        var watch = Stopwatch.StartNew();
        var evaluation = await _watch.Evaluator.EvaluateAsync(_watch.Checks, window, default);
        var evaluated = watch.Elapsed;
        await using var books = await _watch.OpenBooksAsync();
        watch.Restart();
        await books.Materializer.RunAsync(
            _watch.Checks,
            window,
            new MaterializeRequest(Pools.All, new HashSet<string> { "600519.SH" }, null),
            default
        );
        var written = watch.Elapsed;
        watch.Restart();
        var report = await books.StoredAsync(_watch.Checks, new StatusFilter());
        output.WriteLine(
            $"evaluate {evaluated.TotalMilliseconds:F0} ms, evaluate and write {written.TotalMilliseconds:F0} ms, report {watch.ElapsedMilliseconds} ms"
        );

        var bars = evaluation.Checks.Single(c => c.Check.Id == "stock.daily_bars");
        bars.Days.Count.ShouldBe(146);
        bars.Totals()
            .ShouldBe(
                new Dictionary<Cell, long>
                {
                    [new(CellStatus.Complete)] = 708_327,
                    [new(CellStatus.NotApplicable, CellReason.Suspended)] = 985,
                    [new(CellStatus.Missing)] = 7_762,
                },
                ignoreOrder: true
            );
        Cells(bars, new Cell(CellStatus.Missing)).SetEquals(Answers(replay, "answers_missing.csv")).ShouldBeTrue();
        Cells(bars, new Cell(CellStatus.NotApplicable, CellReason.Suspended))
            .SetEquals(Answers(replay, "answers_suspended.csv"))
            .ShouldBeTrue();
        var status = report.Pools[0].Buckets[0].Checks.Single(c => c.Check == "stock.daily_bars");
        status.Counts.ShouldBe(new StatusCounts(708_327, 0, 7_762, 985, 0));
        status.Counts.Cells.ShouldBe(717_074);
    }

    public void Dispose() => _watch.Dispose();

    private static HashSet<string> Cells(CheckResult result, Cell cell)
    {
        var cells = new HashSet<string>();
        for (var entity = 0; entity < result.Entities.Count; entity++)
        {
            foreach (var range in result.RangesOf(entity))
            {
                for (var day = range.First; range.Cell == cell && day <= range.Last; day++)
                {
                    cells.Add($"{result.Entities[entity]},{result.Days[day].ToCompact()}");
                }
            }
        }

        return cells;
    }

    private static IEnumerable<string> Answers(string replay, string file) =>
        File.ReadLines(Path.Combine(replay, file)).Skip(1).Select(l => string.Join(',', l.Split(',')[..2]));

    private static IEnumerable<DateOnly> ClosedWeekdays(string file) =>
        File.ReadLines(file)
            .Skip(1)
            .Select(l => l.Split(','))
            .Where(c => c[0] == "SSE" && c[2] == "0" && c[1].StartsWith("2022"))
            .Select(c => DateOnly.ParseExact(c[1], TradeDate.CompactFormat))
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));

    private async Task LoadAsync(string folder)
    {
        await LoadDaysAsync(
            "tushare.daily",
            $"read_parquet({DuckDbSql.Literal(Path.Combine(folder, "daily.parquet"))})"
        );
        await LoadDaysAsync(
            "tushare.suspend_d",
            $"read_csv({DuckDbSql.Literal(Path.Combine(folder, "suspend_d.csv"))}, all_varchar = true)"
        );
        await _watch.FillAsync(
            "tushare.stock_basic",
            new DateOnly(2022, 12, 30),
            $"SELECT * REPLACE (strptime(list_date, '%Y%m%d')::DATE AS list_date) FROM read_csv({DuckDbSql.Literal(Path.Combine(folder, "stock_basic.csv"))}, all_varchar = true)"
        );
    }

    private async Task LoadDaysAsync(string dataset, string source)
    {
        var table = TableDefinition.Of(_watch.Datasets.Single(d => d.Id == dataset));
        using var session = await _watch.Lake.OpenSessionAtAsync([], default);
        session.Connection.Execute(
            $"CREATE TABLE recorded AS SELECT * REPLACE (strptime(trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date) FROM {source}"
        );
        using var staging = _watch.Lake.Stage(table, "load");
        using var days = session.Connection.Query("SELECT DISTINCT trade_date FROM recorded ORDER BY 1");
        var recorded = session
            .Connection.Query("SELECT column_name FROM (DESCRIBE recorded)")
            .Rows()
            .Select(r => (string)r[0]!)
            .ToHashSet(StringComparer.Ordinal);
        // Columns that the vendor has added since.
        var columns = string.Join(
            ", ",
            table.Columns.Select(c => recorded.Contains(c.Name) ? $"\"{c.Name}\"" : $"NULL AS \"{c.Name}\"")
        );
        foreach (var day in days.Rows().Select(r => (DateOnly)r[0]!).ToArray())
        {
            staging.AppendQuery(
                session,
                $"{dataset}/{day.ToIso()}",
                day,
                $"SELECT {columns} FROM recorded WHERE trade_date = {DuckDbSql.Literal(day)}",
                default
            );
        }

        await _watch.CommitAsync(table.Id, staging);
    }
}
