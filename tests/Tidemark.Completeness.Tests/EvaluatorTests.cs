using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Completeness;
using Tidemark.Core.Errors;

namespace Tidemark.Completeness.Tests;

public sealed class EvaluatorTests : IDisposable
{
    private const string Bars = "stock.daily_bars";
    private readonly Observatory _watch = new();

    // 2022-06-01 is a Wednesday: the open days used here are 1, 2, 3, 6, 7 June.
    [Fact]
    public async Task Cells_EveryRule_IsFollowed()
    {
        await _watch.FillAsync(
            "tushare.stock_basic",
            Observatory.Day(7),
            """
            SELECT 'always' AS ts_code, DATE '2000-01-01' AS list_date
            UNION ALL BY NAME SELECT 'new' AS ts_code, DATE '2022-06-03' AS list_date
            UNION ALL BY NAME SELECT 'gone' AS ts_code, DATE '2000-01-01' AS list_date, DATE '2022-06-03' AS delist_date
            UNION ALL BY NAME SELECT 'never' AS ts_code
            """
        );
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "always", "gone", "stranger", "new");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "gone");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "always", "gone");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(6));
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(7), "always", "new");
        await Halt(2, "('always', 'S', NULL)");
        await Halt(3, "('always', 'S', NULL), ('new', 'S', '09:30-10:00')");
        await Halt(6, "('always', 'R', NULL), ('new', 'S', NULL)");

        var result = await _watch.EvaluateAsync(Bars, 1, 7);

        result.Days.Select(d => d.Day).ShouldBe([1, 2, 3, 6, 7]);
        result.Entities.ShouldBe(["always", "gone", "never", "new"]);
        Ranges(result, 0)
            .ShouldBe("complete 1-1; not_applicable suspended 2-2; complete 3-3; missing 6-6; complete 7-7");
        Ranges(result, 1).ShouldBe("complete 1-2; not_applicable delisted 3-7");
        Ranges(result, 2).ShouldBe("not_applicable not_listed 1-7");
        Ranges(result, 3)
            .ShouldBe("not_applicable not_listed 1-2; missing 3-3; not_applicable suspended 6-6; complete 7-7");
        result
            .Totals()
            .ShouldBe(
                new Dictionary<Cell, long>
                {
                    [new(CellStatus.Complete)] = 6,
                    [new(CellStatus.Missing)] = 2,
                    [new(CellStatus.NotApplicable, CellReason.Suspended)] = 2,
                },
                ignoreOrder: true
            );
        result.Versions.ShouldBe(
            new Dictionary<string, long>
            {
                ["tushare.stock_basic"] = 0,
                ["tushare.daily"] = 4,
                ["tushare.suspend_d"] = 2,
            },
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Cells_BeforeTheFirstDayThatTheVendorHas_AreNotMissing()
    {
        await ListAsync(1, "a");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(7), "a");
        var check = _watch.Check(Bars);
        var later = check with { Required = [.. check.Required.Select(d => d with { History = Observatory.Day(3) })] };

        var result = (await _watch.Evaluator.EvaluateAsync([later], _watch.Window(1, 7), default)).Checks.Single();

        Ranges(result, 0)
            .ShouldBe(
                "complete 1-1; not_applicable vendor_horizon 2-2; missing 3-6; complete 7-7",
                "what is there is there"
            );
    }

    [Fact]
    public async Task Entities_ThatTheNewestListLeavesOut_KeepTheirPastAndAreExcusedByName()
    {
        await ListAsync(1, "stays", "leaves", "returns", "sends");
        await ListAsync(3, "stays", "sends");
        await ListAsync(6, "stays", "returns");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "stays", "leaves");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(7), "stays", "returns", "sends");

        var result = await _watch.EvaluateAsync(Bars, 1, 7);

        result.Entities.ShouldBe(["leaves", "returns", "sends", "stays"]);
        Ranges(result, 0).ShouldBe("complete 1-1; missing 2-2; not_applicable not_in_list 3-7");
        Ranges(result, 1).ShouldBe("missing 1-6; complete 7-7", "the newest list knows it");
        Ranges(result, 2)
            .ShouldBe("missing 1-3; not_applicable not_in_list 6-6; complete 7-7", "what is there is there");
        result.DayCells().Where(c => c.Day == Observatory.Day(7)).Sum(c => c.Entities).ShouldBe(4, "nobody vanishes");
    }

    [Fact]
    public async Task Entities_ListThatForgetsADayOfListing_TakesNothingBack()
    {
        await ListAsync(1, "a", "b");
        await _watch.FillAsync(
            "tushare.stock_basic",
            Observatory.Day(3),
            "SELECT unnest(['a', 'b', 'c']) AS ts_code, NULL::DATE AS list_date"
        );
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a");

        var result = await _watch.EvaluateAsync(Bars, 1, 2);

        Ranges(result, 0).ShouldBe("complete 1-1; missing 2-2");
        Ranges(result, 1).ShouldBe("missing 1-2");
        Ranges(result, 2).ShouldBe("not_applicable not_listed 1-2");
    }

    [Fact]
    public async Task Entities_ListNeverCommitted_OnePlaceholderNotStarted()
    {
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a");

        var result = await _watch.EvaluateAsync(Bars, 1, 3);

        result.Entities.ShouldBe(["stock:all"]);
        Ranges(result, 0).ShouldBe("not_started 1-3");
        result.Restrict(new HashSet<string> { "a" }).Entities.ShouldBe(["stock:all"]);
    }

    [Fact]
    public async Task Required_NeverCommitted_IsNotStartedAndNotMissing()
    {
        await ListAsync(7, "a", "b");

        Ranges(await _watch.EvaluateAsync(Bars, 1, 3), 1).ShouldBe("not_started 1-3");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2));
        Ranges(await _watch.EvaluateAsync(Bars, 1, 3), 1).ShouldBe("not_started 1-3", "an empty day is no start");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "b");
        Ranges(await _watch.EvaluateAsync(Bars, 1, 3), 0).ShouldBe("missing 1-3");
    }

    [Fact]
    public async Task Required_SomeOfSeveral_IsPartial()
    {
        await ListAsync(7, "a");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a");
        await _watch.FillSymbolsAsync("tushare.adj_factor", Observatory.Day(1), "a");
        await _watch.FillSymbolsAsync("tushare.adj_factor", Observatory.Day(2), "a");
        await _watch.FillSymbolsAsync("tushare.adj_factor", Observatory.Day(3), "a");
        await Halt(3, "('a', 'S', NULL)");
        var check = _watch.Check(Bars);
        var both = check with { Required = [.. check.Required, .. _watch.Check("stock.adj_factor").Required] };

        var result = (await _watch.Evaluator.EvaluateAsync([both], _watch.Window(1, 6), default)).Checks.Single();

        Ranges(result, 0).ShouldBe("complete 1-1; partial 2-2; not_applicable suspended 3-3; missing 6-6");
    }

    [Fact]
    public async Task Snapshot_PastListsCannotBeAskedFor_OnlyTheNewestDayCanBeMissing()
    {
        await ListAsync(2, "a");

        Ranges(await _watch.EvaluateAsync("stock.list", 1, 3), 0)
            .ShouldBe("not_applicable vendor_horizon 1-1; complete 2-2; missing 3-3");
        Ranges(await _watch.EvaluateAsync("etf.list", 1, 3), 0).ShouldBe("not_started 1-3");
    }

    [Theory]
    [InlineData(3, "not_applicable vendor_horizon 1-2; complete 3-3")] // the Friday itself
    [InlineData(4, "not_applicable vendor_horizon 1-2; complete 3-3")] // Saturday: what there is to know of the Friday
    [InlineData(5, "not_applicable vendor_horizon 1-2; complete 3-3")]
    [InlineData(6, "not_applicable vendor_horizon 1-3")] // Monday morning: the Friday's list cannot be had any more
    [InlineData(2, "not_applicable vendor_horizon 1-1; complete 2-2; missing 3-3")]
    public async Task List_FiledUnderTheDayOfItsFetch_IsThatOfTheLastOpenDayUntilTheNext(int filed, string cells)
    {
        await ListAsync(filed, "a");

        Ranges(await _watch.EvaluateAsync("stock.list", 1, 3), 0).ShouldBe(cells); // until Friday, 2022-06-03
    }

    [Fact]
    public async Task Snapshot_WindowOfThePast_HasNoDayThatCouldStillBeHad()
    {
        await ListAsync(2, "a");
        var window = _watch.Window(1, 2) with { NewestDue = Observatory.Day(7) };

        var result = (
            await _watch.Evaluator.EvaluateAsync(
                [_watch.Check("stock.list")],
                window with
                {
                    To = Observatory.Day(3),
                },
                default
            )
        ).Checks.Single();

        Ranges(result, 0)
            .ShouldBe("not_applicable vendor_horizon 1-1; complete 2-2; not_applicable vendor_horizon 3-3");
    }

    [Fact]
    public async Task Halt_ThatWasAnnouncedButTraded_ExcusesNoValuation()
    {
        await ListAsync(7, "halted", "traded");
        await _watch.FillSymbolsAsync("tushare.daily_basic", Observatory.Day(1), "halted", "traded");
        await Halt(2, "('halted', 'S', NULL), ('traded', 'S', NULL)");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "traded");

        var result = await _watch.EvaluateAsync("stock.valuation", 1, 2);

        Ranges(result, 0).ShouldBe("complete 1-1; not_applicable suspended 2-2");
        Ranges(result, 1).ShouldBe("complete 1-1; missing 2-2");
    }

    [Theory]
    [InlineData("stock.adj_factor", "tushare.adj_factor", "adj_factor")]
    [InlineData("stock.daily_bars", "tushare.daily", "close")]
    [InlineData("stock.valuation", "tushare.daily_basic", "total_mv")]
    public async Task Required_RowWithoutItsValue_IsNotComplete(string check, string dataset, string column)
    {
        await ListAsync(7, "a", "b");
        await _watch.FillAsync(
            dataset,
            Observatory.Day(1),
            $"SELECT * FROM (VALUES ('a', NULL::DOUBLE), ('b', 0.0)) AS v(ts_code, {column})"
        );

        var result = await _watch.EvaluateAsync(check, 1, 1);

        Ranges(result, 0).ShouldBe("missing 1-1");
        Ranges(result, 1).ShouldBe("complete 1-1", "zero is a value");
    }

    [Fact]
    public async Task Table_OneUnreadable_TakesOnlyTheChecksThatNeedIt()
    {
        await ListAsync(7, "a");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "a");
        await _watch.FillSymbolsAsync("tushare.adj_factor", Observatory.Day(1), "a");
        foreach (var file in _watch.DataFiles("ods/ods_daily"))
        {
            File.WriteAllBytes(file, new byte[new FileInfo(file).Length]);
        }

        var evaluation = await _watch.Evaluator.EvaluateAsync(_watch.Checks, _watch.Window(1, 2), default);

        evaluation.Faults.Select(f => f.Check.Id).ShouldBe([Bars, "stock.valuation"]);
        evaluation.Faults[0].Error.Code.ShouldBe("CHECK_UNREADABLE");
        Ranges(evaluation.Checks.Single(c => c.Check.Id == "stock.adj_factor"), 0)
            .ShouldBe("complete 1-1; missing 2-2");
    }

    [Fact]
    public async Task Entities_NewestListWins_AndWhereChooses()
    {
        await ListAsync(1, "left", "a");
        await ListAsync(2, "a");
        await _watch.FillAsync(
            "tushare.index_basic",
            Observatory.Day(1),
            "SELECT '801005.SI' AS ts_code, 'CSI' AS market UNION ALL SELECT '801010.SI', 'SW'"
        );
        await _watch.FillAsync(
            "tushare.index_basic",
            Observatory.Day(2),
            "SELECT '000300.SH' AS ts_code, 'CSI' AS market UNION ALL SELECT '801005.SI', 'SW'"
        );

        (await _watch.EvaluateAsync(Bars, 1, 2)).Entities.ShouldBe(["a", "left"]);
        (await _watch.EvaluateAsync("index.daily_bars", 1, 2)).Entities.ShouldBe(["000300.SH"]);
    }

    [Fact]
    public async Task Due_DatasetDueLater_EndsItsChecksEarlier()
    {
        await ListAsync(7, "a");
        var window = _watch.Window(1, 7) with
        {
            Due = new Dictionary<string, DateOnly> { ["tushare.daily_basic"] = Observatory.Day(6) },
        };

        var results = (await _watch.Evaluator.EvaluateAsync(_watch.Checks, window, default)).Checks;

        results.Single(r => r.Check.Id == "stock.valuation").Days[^1].ShouldBe(Observatory.Day(6));
        results.Single(r => r.Check.Id == Bars).Days[^1].ShouldBe(Observatory.Day(7));
    }

    [Fact]
    public async Task Window_EmptyOrWithoutCalendar_SaysSo()
    {
        (
            await Should.ThrowAsync<TidemarkException>(() =>
                _watch.Evaluator.EvaluateAsync(_watch.Checks, _watch.Window(7, 1), default)
            )
        ).Code.ShouldBe("COMPLETENESS_RANGE_EMPTY");
        var none = new EvaluationWindow(
            Observatory.Day(1),
            Observatory.Day(2),
            new Dictionary<string, Core.Calendars.TradingCalendar>()
        );
        var faults = (await _watch.Evaluator.EvaluateAsync(_watch.Checks, none, default)).Faults;
        faults.Count.ShouldBe(_watch.Checks.Count);
        faults.ShouldAllBe(f => f.Error.Message.Contains("XSHG.csv"));
    }

    [Fact]
    public async Task Where_ThatIsNoSql_NamesTheCheckAndTakesNoOtherWithIt()
    {
        await ListAsync(7, "a");
        var check = _watch.Check(Bars);
        var wrong = check with { Entities = check.Entities! with { Where = "nonsense = 1" } };

        var factor = _watch.Check("stock.adj_factor");
        var evaluation = await _watch.Evaluator.EvaluateAsync([wrong, factor], _watch.Window(1, 2), default);

        evaluation.Faults.Single().Error.Message.ShouldContain("stock.daily_bars cannot be evaluated");
        evaluation.Checks.Single().Check.Id.ShouldBe("stock.adj_factor");
    }

    /// <summary>The exchange renumbered a stock on 3 June: what stood under its code before is its own.</summary>
    [Fact]
    public async Task Cells_OfACodeThatChanged_AreCompleteThroughBothCodes()
    {
        await NamedListAsync(2, "('830017.BJ', '凯德'), ('600000.SH', '浦发')");
        await NamedListAsync(3, "('920017.BJ', '凯德'), ('600000.SH', '浦发')");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(1), "830017.BJ", "600000.SH");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "830017.BJ", "600000.SH");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "920017.BJ", "600000.SH");
        await Halt(6, "('830017.BJ', 'S', NULL)");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(6), "600000.SH");

        var result = await _watch.EvaluateAsync(Bars, 1, 6);

        result.Entities.ShouldBe(["600000.SH", "920017.BJ"]);
        Ranges(result, 1).ShouldBe("complete 1-3; not_applicable suspended 6-6");
    }

    [Fact]
    public async Task Cells_OfACodeThatLeftWhileAnotherCame_AreItsOwnWhereTheNameDiffers()
    {
        await NamedListAsync(2, "('830017.BJ', '凯德')");
        await NamedListAsync(3, "('920017.BJ', '别人')");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(2), "830017.BJ");
        await _watch.FillSymbolsAsync("tushare.daily", Observatory.Day(3), "920017.BJ");

        var result = await _watch.EvaluateAsync(Bars, 2, 3);

        Ranges(result, 0).ShouldBe("complete 2-2; not_applicable not_in_list 3-3");
        Ranges(result, 1).ShouldBe("missing 2-2; complete 3-3");
    }

    public void Dispose() => _watch.Dispose();

    private Task NamedListAsync(int day, string rows) =>
        _watch.FillAsync(
            "tushare.stock_basic",
            Observatory.Day(day),
            $"SELECT *, DATE '2020-07-27' AS list_date FROM (VALUES {rows}) AS v(ts_code, name)"
        );

    private static string Ranges(CheckResult result, int entity) =>
        string.Join(
            "; ",
            result
                .RangesOf(entity)
                .ToArray()
                .Select(r =>
                    $"{r.Cell.Status.Name()} {r.Cell.Reason.Name()} ".Replace("  ", " ")
                    + $"{result.Days[r.First].Day}-{result.Days[r.Last].Day}"
                )
        );

    private Task ListAsync(int day, params string[] symbols) =>
        _watch.FillAsync(
            "tushare.stock_basic",
            Observatory.Day(day),
            $"SELECT unnest([{string.Join(", ", symbols.Select(s => $"'{s}'"))}]) AS ts_code, DATE '2000-01-01' AS list_date"
        );

    private Task Halt(int day, string values) =>
        _watch.FillAsync(
            "tushare.suspend_d",
            Observatory.Day(day),
            $"SELECT * FROM (VALUES {values}) AS v(ts_code, suspend_type, suspend_timing)"
        );
}
