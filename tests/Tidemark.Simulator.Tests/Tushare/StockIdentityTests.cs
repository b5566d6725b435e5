using FsCheck;
using FsCheck.Fluent;

namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>What weeks, flows, dividends and trades have to do with the days of the same market.</summary>
public sealed class StockIdentityTests(Vendor vendor) : IClassFixture<Vendor>
{
    [Theory]
    [InlineData("weekly")]
    [InlineData("monthly")]
    public async Task Period_OfAStock_IsWhatItsDaysMake(string api)
    {
        const string range = "start_date=20240101&end_date=20260930";
        var code = await SomeStockAsync();
        var days = await vendor.AskAsync("daily", $"ts_code={code}&{range}");
        var periods = await vendor.AskAsync(api, $"ts_code={code}&{range}");

        periods.Rows.Length.ShouldBeGreaterThan(20);
        for (var i = 0; i + 1 < periods.Rows.Length; i++)
        {
            var (last, before) = (periods.Text(i, "trade_date"), periods.Text(i + 1, "trade_date"));
            var rows = Enumerable
                .Range(0, days.Rows.Length)
                .Where(j => Between(days.Text(j, "trade_date"), before, last))
                .ToArray();
            var (newest, oldest) = (rows[0], rows[^1]);

            periods.Exact(i, "open").ShouldBe(days.Exact(oldest, "open"));
            periods.Exact(i, "close").ShouldBe(days.Exact(newest, "close"));
            periods.Exact(i, "high").ShouldBe(rows.Max(j => days.Exact(j, "high")));
            periods.Exact(i, "low").ShouldBe(rows.Min(j => days.Exact(j, "low")));
            periods.Exact(i, "vol").ShouldBe(rows.Sum(j => days.Exact(j, "vol")) * 100, "shares, not lots");
            periods.Exact(i, "amount").ShouldBe(rows.Sum(j => days.Exact(j, "amount")) * 1000, "CNY, not thousands");
            periods.Exact(i, "pre_close").ShouldBe(periods.Exact(i + 1, "close"));
            periods.Exact(i, "change").ShouldBe(periods.Exact(i, "close") - periods.Exact(i, "pre_close"));
            periods
                .Exact(i, "pct_chg")
                .ShouldBe(periods.Exact(i, "change") / periods.Exact(i, "pre_close"), 0.00005m, "a fraction");
        }
    }

    [Fact]
    public void Flows_OfAnyDay_SumToItsBar() =>
        Prop.ForAll(
                Gen.Choose(0, 900).ToArbitrary(),
                back =>
                {
                    var day = new DateOnly(2026, 9, 30).AddDays(-back).ToString("yyyyMMdd");
                    var bars = TestMarkets.Ask(vendor.Market, "daily", $"trade_date={day}");
                    var flows = TestMarkets.Ask(vendor.Market, "moneyflow", $"trade_date={day}");

                    flows.Column("ts_code").ShouldBe(bars.Column("ts_code"));
                    for (var i = 0; i < flows.Rows.Length; i++)
                    {
                        decimal Sum(string side, string what) =>
                            new[] { "sm", "md", "lg", "elg" }.Sum(size => flows.Exact(i, $"{side}_{size}_{what}"));
                        Sum("buy", "vol").ShouldBe(Sum("sell", "vol"));
                        Sum("buy", "amount").ShouldBe(Sum("sell", "amount"));
                        Sum("buy", "vol").ShouldBe(bars.Exact(i, "vol"), 0.5m);
                        Sum("buy", "amount").ShouldBe(bars.Exact(i, "amount") / 10, 0.005m);
                        Math.Abs(flows.Exact(i, "net_mf_vol")).ShouldBeLessThan(bars.Exact(i, "vol"));
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    /// <summary>Cash and new shares take from the price what the reference price and the factor say.</summary>
    [Fact]
    public async Task Dividends_ThatAreCarriedOut_AreTheFallOfTheReferencePrice()
    {
        var stocks = (await vendor.AskAsync("stock_basic", "list_status=L")).Column("ts_code");
        var rights = await vendor.AskAsync("dividend", $"ts_code={string.Join(',', stocks)}");
        var seen = (Cash: 0, Stocks: 0);
        for (var i = 0; i < rights.Rows.Length; i++)
        {
            if (rights.Text(i, "div_proc") != "实施" || string.CompareOrdinal(rights.Text(i, "ex_date"), "2024") < 0)
            {
                continue;
            }

            var (code, day) = (rights.Text(i, "ts_code"), rights.Text(i, "ex_date"));
            var bars = await vendor.AskAsync("daily", $"ts_code={code}&end_date={day}&limit=2");
            if (bars.Text(0, "trade_date") != day)
            {
                continue; // it was suspended
            }

            var (cash, shares) = (rights.Exact(i, "cash_div_tax"), rights.Exact(i, "stk_div"));
            bars.Exact(0, "pre_close")
                .ShouldBe((bars.Exact(1, "close") - cash) / (1 + shares), 0.011m, $"{code} {day}");
            var factors = await vendor.AskAsync("adj_factor", $"ts_code={code}&end_date={day}&limit=2");
            (factors.Exact(0, "adj_factor") / factors.Exact(1, "adj_factor")).ShouldBe(
                bars.Exact(1, "close") / bars.Exact(0, "pre_close"),
                0.002m
            );
            rights.Text(i, "record_date").ShouldBeLessThan(day);
            rights.Text(i, "imp_ann_date").ShouldBeLessThan(day);
            rights.Exact(i, "cash_div").ShouldBeLessThanOrEqualTo(cash);
            seen = (seen.Cash + (cash > 0 ? 1 : 0), seen.Stocks + (shares > 0 ? 1 : 0));
        }

        seen.Cash.ShouldBeGreaterThan(20);
        seen.Stocks.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Dividends_WhenTheMarketStandsEarlier_HaveNotReachedTheirLaterStages()
    {
        var stocks = string.Join(',', (await vendor.AskAsync("stock_basic")).Column("ts_code"));
        var now = await vendor.AskAsync("dividend", $"ts_code={stocks}");
        var done = Enumerable
            .Range(0, now.Rows.Length)
            .First(i => now.Text(i, "div_proc") == "实施" && now.Text(i, "ex_date").StartsWith("2024"));
        var before = new DateOnly(2024, int.Parse(now.Text(done, "imp_ann_date")[4..6]), 1).AddDays(-1);

        var then = TestMarkets.Ask(
            Vendor.Make($"{before:yyyy-MM-dd}"),
            "dividend",
            $"ts_code={now.Text(done, "ts_code")}&ann_date={now.Text(done, "ann_date")}"
        );

        then.Column("div_proc").ShouldNotContain("实施");
        then.Column("ex_date").ShouldAllBe(d => d.Length == 0, "nobody knows the day yet");
        then.Column("cash_div").ShouldAllBe(c => c == "0.0", "nothing is paid while it is planned");
    }

    [Fact]
    public async Task Blocks_OfAYear_AreWithinTheirUnitsAndMayRepeat()
    {
        var blocks = await vendor.AskAsync("block_trade", "trade_date=20260930");
        for (var i = 0; i < blocks.Rows.Length; i++)
        {
            blocks.Exact(i, "amount").ShouldBe(blocks.Exact(i, "price") * blocks.Exact(i, "vol"), 0.006m);
        }

        var stocks = string.Join(',', (await vendor.AskAsync("stock_basic")).Column("ts_code").Take(50));
        var year = Vendor.Lines(await vendor.AskAsync("block_trade", $"ts_code={stocks}&start_date=20260101"));
        year.Distinct().Count().ShouldBeLessThan(year.Length, "rows that are equal in everything are legal");
    }

    [Fact]
    public async Task Repurchases_OfARange_LieInItAndHaveVolumesOnceTheyAreDone()
    {
        var rows = await vendor.AskAsync("repurchase", "start_date=20260101&end_date=20260630");

        rows.Column("ann_date").ShouldAllBe(d => Between(d, "20251231", "20260630"));
        for (var i = 0; i < rows.Rows.Length; i++)
        {
            (rows[i, "vol"].ValueKind == System.Text.Json.JsonValueKind.Null).ShouldBe(
                rows.Text(i, "proc") is "预案" or "股东大会通过"
            );
        }
    }

    [Fact]
    public async Task Trading_AfterHours_IsThereFromItsDayOn()
    {
        var before = await vendor.AskAsync("daily", "trade_date=20260703");
        var since = await vendor.AskAsync("daily", "trade_date=20260706");

        before.Column("ah_vol").ShouldAllBe(v => v.Length == 0);
        since.Column("ah_vol").ShouldAllBe(v => v.Length > 0);
        since.Column("ah_vol").ShouldContain("0.0");
        for (var i = 0; i < since.Rows.Length; i++)
        {
            since
                .Exact(i, "ah_amount")
                .ShouldBe(since.Exact(i, "ah_vol") * 100 * since.Exact(i, "close") / 1000, "at the closing price");
        }
    }

    [Fact]
    public async Task Lists_OfStocks_TellOfThoseToComeAndOfOldCodes()
    {
        var coming = await vendor.AskAsync("stock_basic", "list_status=G,UN", "ts_code,list_status,list_date");
        var mapped = await vendor.AskAsync("bse_mapping");
        var listed = await vendor.AskAsync("stock_basic", "list_status=L,D,P");

        coming.Rows.ShouldNotBeEmpty();
        coming.Column("list_date").ShouldAllBe(d => d.Length == 0);
        coming.Column("ts_code").Intersect(listed.Column("ts_code")).ShouldBeEmpty();
        mapped.Column("n_code").Except(listed.Column("ts_code")).ShouldBeEmpty();
        mapped.Column("o_code").ShouldAllBe(c => c.EndsWith(".BJ") && (c.StartsWith("83") || c.StartsWith("43")));
    }

    [Fact]
    public async Task Premarket_OfADay_HasTheLimitsOfTheDay()
    {
        var limits = await vendor.AskAsync(
            "stk_limit",
            "trade_date=20260930",
            "ts_code,pre_close,up_limit,down_limit,asset_type"
        );
        var before = await vendor.AskAsync("stk_premarket", "trade_date=20260930");
        var byCode = limits.Rows.ToDictionary(r => r[0].GetString()!);

        limits.Column("asset_type").Distinct().Order().ShouldBe(["E", "F"]);
        for (var i = 0; i < before.Rows.Length; i++)
        {
            var limit = byCode[before.Text(i, "ts_code")];
            before.Exact(i, "pre_close").ShouldBe(limit[1].GetDecimal());
            before.Exact(i, "up_limit").ShouldBe(limit[2].GetDecimal());
            before.Exact(i, "down_limit").ShouldBe(limit[3].GetDecimal());
        }
    }

    private async Task<string> SomeStockAsync() =>
        (await vendor.AskAsync("stock_basic", "exchange=SSE&limit=1", "ts_code")).Text(0, "ts_code");

    /// <summary>After one day and up to another, as texts.</summary>
    private static bool Between(string day, string after, string last) =>
        string.CompareOrdinal(day, after) > 0 && string.CompareOrdinal(day, last) <= 0;
}
