using Tidemark.Completeness.Evaluation;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Tests;

public sealed class OpenCellsTests : IDisposable
{
    private readonly Observatory _watch = new();

    [Fact]
    public async Task OpenDays_HalfAndEmptyAndHaltedDays_NamesWhatIsNotWhole()
    {
        await ListAsync();
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a", "b");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "a");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3));
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(6), "a");
        await _watch.FillAsync("tushare.suspend_d", Observatory.Day(6), "SELECT 'b' AS ts_code, 'S' AS suspend_type");

        var open = await ReadAsync(new DatasetDays("tushare.daily", Observatory.Day(1), Observatory.Day(7)));

        open.Days.ShouldBe([
            new OpenDay("tushare.daily", Observatory.Day(2), 1, 2),
            new OpenDay("tushare.daily", Observatory.Day(3), 2, 2),
            new OpenDay("tushare.daily", Observatory.Day(7), 2, 2),
        ]);
        open.Judged.ShouldBe(["tushare.daily"]);
    }

    [Fact]
    public async Task OpenDays_NothingEverThere_IsOpenToo()
    {
        await ListAsync();
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1));

        (await ReadAsync(new DatasetDays("tushare.daily", Observatory.Day(1), Observatory.Day(1)))).Days.ShouldBe([
            new OpenDay("tushare.daily", Observatory.Day(1), 2, 2),
        ]);
    }

    [Fact]
    public async Task OpenDays_DatasetThatNoCheckRequiresOrWithoutAList_IsNotJudged()
    {
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a");

        var open = await ReadAsync(
            new DatasetDays("tushare.daily", Observatory.Day(1), Observatory.Day(3)),
            new DatasetDays("tushare.suspend_d", Observatory.Day(1), Observatory.Day(3))
        );

        open.Judged.ShouldBeEmpty();
        open.Days.ShouldBeEmpty();
    }

    [Fact]
    public async Task OpenDays_TwoDatasets_EachHasItsOwnRangeAndRows()
    {
        await ListAsync();
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a", "b");
        await _watch.FillAsync(
            "tushare.adj_factor",
            Observatory.Day(1),
            "SELECT * FROM (VALUES ('a', NULL), ('b', 1.0)) AS v(ts_code, adj_factor)"
        );

        var open = await ReadAsync(
            new DatasetDays("tushare.daily", Observatory.Day(1), Observatory.Day(1)),
            new DatasetDays("tushare.adj_factor", Observatory.Day(1), Observatory.Day(2))
        );

        open.Days.ShouldBe([
            new OpenDay("tushare.adj_factor", Observatory.Day(1), 1, 2),
            new OpenDay("tushare.adj_factor", Observatory.Day(2), 2, 2),
        ]);
    }

    public void Dispose() => _watch.Dispose();

    private Task<OpenDays> ReadAsync(params DatasetDays[] wanted)
    {
        var checks = CheckRegistry.Load(Path.Combine(Observatory.Repository, "definitions", "checks"), _watch.Datasets);
        return new OpenCells(checks, _watch.Evaluator, Observatory.Calendars()).ReadAsync(wanted, default);
    }

    private Task ListAsync() =>
        _watch.FillAsync(
            "tushare.stock_basic",
            Observatory.Day(7),
            "SELECT unnest(['a', 'b']) AS ts_code, DATE '2000-01-01' AS list_date"
        );
}
