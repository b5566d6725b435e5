using System.Text.Json.Nodes;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations;
using Tidemark.Operations.Runs;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Daily bars can be had by day and by symbol: what is named decides which of them is cheaper, and the table is the
/// same.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class SymbolAxisTests
{
    private const string All = "SELECT md5(string_agg(d::VARCHAR, ';' ORDER BY d::VARCHAR)) FROM ods.ods_daily d";
    private const string OwnBySymbol = """
        dataset: tushare.bars
        title: Bars of a symbol
        module: stock.bars
        bucket: stock
        api: daily
        table: ods_bars
        grain: symbol
        per: month
        part: { symbols_of: tushare.stock_basic }
        calendar: XSHG
        available: { at: "16:30" }
        request: { params: { ts_code: "{part}", start_date: "{from}", end_date: "{to}" }, row_cap: 6000 }
        date_column: trade_date
        empty_is_ordinary: true
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          close: { type: double }
        """;

    private static readonly string s_symbol = Listed(0);
    private static readonly string s_other = Listed(1);

    private static string Listed(int number) =>
        WatchedMarket
            .Codes("stock_basic")
            .Where(c => c.StartsWith('6') && c.EndsWith(".SH", StringComparison.Ordinal))
            .ElementAt(number);

    /// <summary>
    /// A workspace that has seen that a symbol's bars are those of the days; it asks for no more proof.
    /// </summary>
    private static async Task<IngestRig> StartAsync(string[]? more = null, string[]? checks = null)
    {
        var rig = await IngestRig.StartAsync(more: more, checks: checks);
        (await rig.ProveAsync("daily", IngestRig.Days[^1])).IsTrusted.ShouldBeTrue();
        rig.Market.Forget();
        return rig;
    }

    private static BackfillRequest Backfill(string from, string to, params string[] symbols) =>
        new(TradeDate.ParseIso(from), TradeDate.ParseIso(to), ["daily"]) { Symbols = symbols };

    private static RefetchRequest Refetch(params string[] symbols) => new(["daily"], null, null, symbols, null);

    private static Task<long> RowsAsync(IngestRig rig, string where = "true") =>
        rig.NumberAsync($"SELECT count(*) FROM ods.ods_daily WHERE {where}");

    [Fact]
    public async Task Backfill_OneSymbolOverTwoYears_TakesOneCall()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        rig.Market.Forget();

        var response = await rig.BackfillAsync(Backfill("2022-06-01", "2024-06-05", s_symbol));

        response.Verdict.ShouldBe(Verdict.Done);
        var call = rig.Market.Calls("daily").ShouldHaveSingleItem();
        call.ShouldStartWith($"{s_symbol} ");
        call.ShouldEndWith("-20240605");
        response.Run.Counts.Inserted.ShouldBeGreaterThan(0);
        (await RowsAsync(rig, "dt < '2024-06-06'")).ShouldBe(response.Run.Counts.Inserted);
        (await rig.FaultsAsync()).ShouldBe(0);

        rig.Market.Forget();
        (await rig.BackfillAsync(Backfill("2022-06-01", "2024-06-05", s_symbol))).Run.Planned.ShouldBe(0);
        rig.Market.Calls("daily").ShouldBeEmpty();
    }

    [Fact]
    public async Task Backfill_WholeMarketOverFiveDays_TakesFiveCallsByDay()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        rig.Market.Forget();

        await rig.BackfillAsync("2024-05-30", "2024-06-05", "daily");

        rig.Market.Calls("daily").Order().ShouldBe(["20240530", "20240531", "20240603", "20240604", "20240605"]);
    }

    [Fact]
    public async Task Backfill_MoreSymbolsThanDays_TakesTheDays()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        rig.Market.Forget();

        await rig.BackfillAsync(Backfill("2024-06-04", "2024-06-05", [.. WatchedMarket.Codes("stock_basic")]));

        rig.Market.Calls("daily").Order().ShouldBe(["20240604", "20240605"]);
    }

    /// <summary>The first thing of all: the list comes in the same run, before its symbols can be told.</summary>
    [Fact]
    public async Task Backfill_OfANewWorkspace_FetchesTheListAndThenTheSymbol()
    {
        await using var rig = await StartAsync();
        var request = Backfill("2024-05-06", "2024-06-05", s_symbol) with { Datasets = ["stock_basic", "daily"] };

        var response = await rig.BackfillAsync(request);

        response.Verdict.ShouldBe(Verdict.Done);
        rig.Market.Calls("daily").ShouldHaveSingleItem().ShouldStartWith($"{s_symbol} ");
    }

    /// <summary>
    /// One symbol makes no day one that is there: the run fetches it, and has what it would have had.
    /// </summary>
    [Fact]
    public async Task Run_DaysOfWhichOneSymbolIsThere_FetchesThemAndHasEveryKeyOnce()
    {
        await using var byDay = await StartAsync();
        await byDay.RunAsync();
        await using var rig = await StartAsync();
        await rig.BackfillAsync(
            Backfill("2024-06-06", "2024-06-12", s_symbol) with
            {
                Datasets = ["stock_basic", "daily"],
            }
        );
        (await RowsAsync(rig)).ShouldBe(4);
        (await rig.StatusAsync("stock.daily_bars", "2024-06-11")).Missing.ShouldBeGreaterThan(30);
        rig.Market.Forget();

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Success);
        rig.Market.Calls("daily").Count.ShouldBe(4);
        (await rig.TextAsync(All)).ShouldBe(await byDay.TextAsync(All));
        (await rig.DaysInLakeAsync("ods_daily")).ShouldBe(IngestRig.Days);
        (await rig.FaultsAsync()).ShouldBe(0);
    }

    /// <summary>What a later answer for the day lacks goes, although another way of asking had brought it.</summary>
    [Fact]
    public async Task Run_DayWithoutARowThatCameBySymbol_TakesItAndCountsIt()
    {
        await using var rig = await StartAsync();
        await rig.BackfillAsync(
            Backfill("2024-06-06", "2024-06-12", s_symbol) with
            {
                Datasets = ["stock_basic", "daily"],
            }
        );
        rig.Market.Rewrite = (request, answer) =>
        {
            for (var i = answer.Count - 1; WatchedMarket.IsUnit(request, "daily", "20240611") && i >= 0; i--)
            {
                if (answer[i]![0]!.GetValue<string>() == s_symbol)
                {
                    answer.RemoveAt(i);
                }
            }
        };

        var run = await rig.RunAsync();

        run.Counts.Deleted.ShouldBe(1);
        (await RowsAsync(rig, $"ts_code = '{s_symbol}'")).ShouldBe(3);
    }

    [Fact]
    public async Task Refetch_OneSymbol_ReplacesItsRowsInOneCall()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        var rows = await RowsAsync(rig);
        rig.Market.Rewrite = (request, answer) =>
        {
            foreach (var row in answer)
            {
                row!.AsArray()[5] = WatchedMarket.IsUnit(request, "daily") ? 0.01 : 1;
            }
        };
        rig.Market.Forget();

        var response = await rig.RefetchAsync(Refetch(s_symbol));

        response.Verdict.ShouldBe(Verdict.Done);
        rig.Market.Calls("daily").ShouldBe([$"{s_symbol} 20240606-20240612"]);
        response.Rows.ShouldBe(new RowChanges(0, 4, 0, 0));
        response.Symbols.ShouldBe([new SymbolChanges(s_symbol, "tushare.daily", new RowChanges(0, 4, 0, 0))]);
        (await RowsAsync(rig)).ShouldBe(rows);
        (await RowsAsync(rig, $"close = 0.01 AND ts_code = '{s_symbol}'")).ShouldBe(4);
        (await RowsAsync(rig, $"close = 0.01 AND ts_code <> '{s_symbol}'")).ShouldBe(0);
        (await rig.FaultsAsync()).ShouldBe(0);
        (await rig.RunAsync()).Planned.ShouldBe(0, "the days are as whole as they were");
    }

    [Fact]
    public async Task Refetch_OneSymbolOfWhichTheVendorLacksADay_IsRefusedAndSaysHow()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        var rows = await RowsAsync(rig);
        rig.Market.Rewrite = (request, answer) =>
        {
            if (WatchedMarket.IsUnit(request, "daily"))
            {
                answer.RemoveAt(0);
            }
        };

        var refused = await rig.RefetchAsync(Refetch(s_symbol));

        refused.Verdict.ShouldBe(Verdict.Incomplete);
        var error = refused.Run.Errors.ShouldHaveSingleItem();
        error.Code.ShouldBe("COMMIT_SHRINKS");
        error.Message.ShouldContain($"--symbols {s_symbol}");
        (await RowsAsync(rig)).ShouldBe(rows);
        (await rig.AttemptsAsync()).ShouldBeEmpty("its days are those of the market, and whole");
        (await rig.RefetchAsync(Refetch(s_symbol) with { ShrinkReason = "so it is" })).Rows.Removed.ShouldBe(1);
        (await RowsAsync(rig)).ShouldBe(rows - 1);
    }

    [Fact]
    public async Task Refetch_SymbolThatChangedNothing_WritesNothing()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        var versions = await rig.VersionsAsync();

        var response = await rig.RefetchAsync(Refetch(s_symbol, s_other));

        response.Rows.ShouldBe(new RowChanges(0, 0, 0, 8));
        (await rig.VersionsAsync()).ShouldBe(versions);
    }

    /// <summary>A process that ended in between leaves what it committed; the next one goes on.</summary>
    [Fact]
    public async Task Backfill_StoppedBetweenTwoSymbols_GoesOnWithTheOther()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        rig.Market.Before = (request, _) =>
        {
            if (request.Parameters.GetValueOrDefault("ts_code") == s_other)
            {
                throw new IOException("the line is dead");
            }
        };
        var request = Backfill("2024-05-06", "2024-06-05", s_symbol, s_other);
        (await rig.BackfillAsync(request)).Run.Failed.ShouldBe(1);
        rig.Market.Before = null;
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true }); // so that the proof holds
        rig.Market.Forget();

        var response = await rig.BackfillAsync(request);

        response.Verdict.ShouldBe(Verdict.Done);
        rig.Market.Calls("daily").ShouldHaveSingleItem().ShouldStartWith(s_other);
        await rig.ShouldBeWholeAsync();
    }

    /// <summary>What only units by symbol have brought is there as well, although no whole day is.</summary>
    [Fact]
    public async Task Refetch_WithoutARangeOfRowsThatCameBySymbol_AsksForThemAgain()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        await rig.BackfillAsync(Backfill("2024-03-04", "2024-03-08", s_symbol));
        rig.Market.Forget();

        var response = await rig.RefetchAsync(Refetch(s_symbol));

        response.Verdict.ShouldBe(Verdict.Done);
        rig.Market.Calls("daily").ShouldContain(c => c.StartsWith($"{s_symbol} 20240304-20240308"));
        response.Rows.Unchanged.ShouldBe(await RowsAsync(rig, $"ts_code = '{s_symbol}'"));
    }

    /// <summary>What the log says of the past is what is fetched again: nothing is remembered beside it.</summary>
    [Fact]
    public async Task Backfill_AfterARestoreToBeforeIt_AsksAgain()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        var before = (await rig.SnapshotAsync("ods_daily")).Version;
        await rig.BackfillAsync(Backfill("2024-05-06", "2024-06-05", s_symbol));
        var rows = await RowsAsync(rig);
        await new TableRestore(rig.Lake.Table(new TableId("ods", "ods_daily"))).RestoreAsync(before, default);
        rig.Market.Forget();

        await rig.BackfillAsync(Backfill("2024-05-06", "2024-06-05", s_symbol));

        rig.Market.Calls("daily").Count.ShouldBe(1);
        (await RowsAsync(rig)).ShouldBe(rows);
    }

    /// <summary>
    /// Rows of an instrument whose code changed may stand under each: only whole days are sure to have it once a day.
    /// </summary>
    [Fact]
    public async Task Refetch_SymbolWhoseCodeChanged_GoesByDay()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        rig.Market.Rewrite = (request, rows) =>
        {
            foreach (var row in rows.Where(r => r![0]!.GetValue<string>() == s_symbol))
            {
                row![0] = WatchedMarket.IsUnit(request, "stock_basic") ? "699999.SH" : s_symbol;
            }
        };
        await rig.RefetchAsync(new RefetchRequest(["stock_basic"], null, null, [], null));
        rig.Market.Forget();

        await rig.RefetchAsync(Refetch(s_symbol));

        rig.Market.Calls("daily").Order().ShouldBe(["20240606", "20240607", "20240611", "20240612"]);
    }

    [Fact]
    public async Task Backfill_SymbolThatNoListHas_FetchesNothingAndSaysSo()
    {
        await using var rig = await StartAsync();
        await rig.RunAsync();
        rig.Market.Forget();

        var response = await rig.BackfillAsync(Backfill("2022-06-01", "2024-06-05", "999999.SH"));

        response.Run.Planned.ShouldBe(0);
        rig.Market.Calls("daily").ShouldBeEmpty();
        response.Notes.ShouldHaveSingleItem().ShouldContain("'999999.SH' is in no list");
    }

    /// <summary>A workspace whose list of yesterday has a symbol that the newest one lacks.</summary>
    private static async Task<IngestRig> AfterItsListLostItAsync(string listed = "19990101", string? delisted = null)
    {
        var rig = await StartAsync();
        rig.Declare("tushare.bars", OwnBySymbol);
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true }); // so that the proof holds
        rig.Market.Rewrite = (request, rows) =>
        {
            var columns = request.Columns.Select(c => request.Api.Columns[c].Name).ToList();
            foreach (var row in rows.Where(r => IsOfList(request, r)))
            {
                row![columns.IndexOf("list_date")] = listed;
                row[columns.IndexOf("delist_date")] = delisted;
            }
        };
        await rig.RunAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));
        rig.Market.Rewrite = (request, rows) =>
        {
            foreach (var row in rows.Where(r => IsOfList(request, r)).ToArray())
            {
                rows.Remove(row);
            }
        };
        await rig.RunAsync();
        (await rig.NumberAsync($"SELECT count(*) FROM ods.ods_stock_basic WHERE ts_code = '{s_symbol}'")).ShouldBe(1);
        rig.Market.Forget();
        return rig;

        static bool IsOfList(TushareRequest request, JsonNode? row) =>
            WatchedMarket.IsUnit(request, "stock_basic") && row![0]!.GetValue<string>() == s_symbol;
    }

    /// <summary>Lists lose codes that have a past, and that past can be had.</summary>
    [Fact]
    public async Task Backfill_SymbolThatOnlyAnOlderListHas_AsksForTheDaysOnWhichItWasListed()
    {
        await using var rig = await AfterItsListLostItAsync(listed: "20240402", delisted: "20240529");

        var response = await rig.BackfillAsync(
            Backfill("2024-03-04", "2024-06-05", s_symbol) with
            {
                Datasets = ["daily", "tushare.bars"],
            }
        );

        response.Verdict.ShouldBe(Verdict.Done);
        response.Notes.ShouldBeEmpty();
        rig.Market.Calls("daily")
            .Order()
            .ShouldBe([
                $"{s_symbol} 20240401-20240430", // a dataset by symbol has units of a month
                $"{s_symbol} 20240402-20240528",
                $"{s_symbol} 20240501-20240531",
            ]);
        (await RowsAsync(rig, $"ts_code = '{s_symbol}' AND dt < '2024-06-01'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Refetch_SymbolThatOnlyAnOlderListHas_AsksForItsRowsAgain()
    {
        await using var rig = await AfterItsListLostItAsync();

        var response = await rig.RefetchAsync(Refetch(s_symbol));

        response.Verdict.ShouldBe(Verdict.Done);
        rig.Market.Calls("daily").ShouldBe([$"{s_symbol} 20240606-20240613"]);
        response.Symbols.ShouldHaveSingleItem().Rows.Unchanged.ShouldBe(5);
    }

    /// <summary>Silence would be taken for success.</summary>
    [Fact]
    public async Task Backfill_SymbolThatWasNotListedThen_NamesItAndItsDays()
    {
        await using var rig = await AfterItsListLostItAsync(listed: "20240402", delisted: "20240529");

        var before = await rig.BackfillAsync(Backfill("2024-03-04", "2024-03-29", s_symbol, s_other));
        var after = await rig.BackfillAsync(Backfill("2024-05-29", "2024-06-05", s_symbol));
        var again = await rig.RefetchAsync(
            Refetch(s_symbol) with
            {
                From = new DateOnly(2024, 3, 4),
                To = new DateOnly(2024, 3, 8),
            }
        );

        const string Listed = "is listed from 2024-04-02 to 2024-05-28: nothing of tushare.daily";
        before.Notes.ShouldHaveSingleItem().ShouldBe($"{s_symbol} {Listed} was asked for it.");
        after.Notes.ShouldHaveSingleItem().ShouldStartWith($"{s_symbol} {Listed}");
        again.Notes[0].ShouldStartWith($"{s_symbol} {Listed}");
        rig.Market.Calls("daily").ShouldHaveSingleItem().ShouldStartWith(s_other);
    }

    [Fact]
    public async Task Backfill_SymbolOfAnotherList_NamesItAndTheListThatLacksIt()
    {
        await using var rig = await StartAsync(
            more: ["fund_basic", "fund_daily"],
            checks: ["etf.list", "etf.daily_bars"]
        );
        await rig.RunAsync();
        var fund = WatchedMarket.Codes("fund_basic")[0];
        rig.Market.Forget();

        var other = await rig.BackfillAsync(Backfill("2024-06-03", "2024-06-05", fund));
        var all = await rig.BackfillAsync(Backfill("2024-06-03", "2024-06-05", fund) with { Datasets = [] });

        other
            .Notes.ShouldHaveSingleItem()
            .ShouldBe($"{fund} is not among the symbols of tushare.daily: nothing of it was asked for.");
        rig.Market.Calls("daily").ShouldBeEmpty();
        all.Notes.ShouldBeEmpty("one of the datasets has it");
    }
}
