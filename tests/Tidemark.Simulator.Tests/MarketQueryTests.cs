using FsCheck;
using FsCheck.Fluent;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Tests;

/// <summary>Parameters, pages and purity of the synthetic market.</summary>
public sealed class MarketQueryTests
{
    private static readonly SyntheticMarket s_market = TestMarkets.Small();

    [Fact]
    public void Page_AskedAlone_EqualsThePageInOrder() =>
        Prop.ForAll(
                Gen.Choose(0, 60)
                    .SelectMany(offset => Gen.Choose(1, 40).Select(limit => (offset, limit)))
                    .ToArbitrary(),
                page =>
                {
                    const string range = "start_date=20230103&end_date=20230105";
                    var whole = TestMarkets.Ask(s_market, "daily", range);
                    var part = TestMarkets.Ask(
                        TestMarkets.Small(),
                        "daily",
                        $"{range}&offset={page.offset}&limit={page.limit}"
                    );
                    part.Rows.Select(Line).ShouldBe(whole.Rows.Skip(page.offset).Take(page.limit).Select(Line));
                    part.HasMore.ShouldBe(page.offset + page.limit < whole.Rows.Length);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Row_AskedByCode_EqualsTheRowAskedByDay()
    {
        var day = TestMarkets.Ask(s_market, "daily", "trade_date=20240508");
        foreach (var row in day.Rows)
        {
            var alone = TestMarkets.Ask(
                s_market,
                "daily",
                $"ts_code={row[0].GetString()}&start_date=20240508&end_date=20240508"
            );
            alone.Rows.Select(Line).ShouldBe([Line(row)]);
        }
    }

    [Fact]
    public void TwoMarkets_OfOneSeed_AgreeAndOfTwoSeedsDiffer()
    {
        foreach (var api in new[] { "stock_basic", "fund_basic", "index_basic" })
        {
            Lines(TestMarkets.Small(seed: 9), api, "").ShouldBe(Lines(TestMarkets.Small(seed: 9), api, ""));
        }

        const string day = "trade_date=20250303";
        Lines(TestMarkets.Small(seed: 9), "daily", day).ShouldBe(Lines(TestMarkets.Small(seed: 9), "daily", day));
        Lines(TestMarkets.Small(seed: 10), "daily", day).ShouldNotBe(Lines(TestMarkets.Small(seed: 9), "daily", day));
    }

    [Fact]
    public void History_WhenTheMarketMovesOn_StaysAsItWas()
    {
        var market = TestMarkets.Small(today: "2021-03-31");
        const string asked = "start_date=20210301";
        var then = TestMarkets.Ask(market, "daily", asked);
        var values = Lines(market, "daily_basic", "trade_date=20210331");

        market.MoveTo(new DateOnly(2026, 6, 30));
        var now = TestMarkets.Ask(market, "daily", $"{asked}&end_date=20210331");

        then.Column("trade_date").Max().ShouldBe("20210331", "nothing lies after the market's last day");
        now.Rows.Select(Line).ShouldBe(then.Rows.Select(Line));
        Lines(market, "daily_basic", "trade_date=20210331").ShouldBe(values);
    }

    [Fact]
    public void History_WithALongerCalendar_StaysAsItWas()
    {
        SyntheticMarket Market(string last) =>
            new(
                new SyntheticMarketOptions
                {
                    Calendar = TestMarkets.ParseCalendar("2016-01-01", last),
                    LastDay = new DateOnly(2024, 12, 31),
                    Stocks = 60,
                    Etfs = 10,
                    Indices = 10,
                }
            );
        foreach (var api in new[] { "daily", "adj_factor", "suspend_d", "fund_daily", "index_daily" })
        {
            const string day = "trade_date=20241230";
            Lines(Market("2025-06-30"), api, day).ShouldBe(Lines(Market("2026-12-31"), api, day), api);
        }
    }

    [Fact]
    public void Parameters_OfTheVendor_MeanWhatTheyMeanThere()
    {
        var codes = TestMarkets.Ask(s_market, "daily", "trade_date=20240508&limit=3").Column("ts_code").ToArray();

        var list = TestMarkets.Ask(s_market, "daily", $"ts_code={codes[2]},{codes[0]},999999.SH&trade_date=20240508");
        list.Column("ts_code").ShouldBe([codes[0], codes[2]]);

        var both = TestMarkets.Ask(
            s_market,
            "daily",
            $"ts_code={codes[0]}&trade_date=20240508&start_date=20240101&end_date=20241231"
        );
        both.Column("trade_date").ShouldBe(["20240508"], "a single day wins over a range");

        var range = TestMarkets.Ask(s_market, "daily", $"ts_code={codes[0]}&start_date=20240506&end_date=20240510&x=1");
        range.Column("trade_date").ShouldBe(["20240510", "20240509", "20240508", "20240507", "20240506"]);

        TestMarkets.Ask(s_market, "daily", "trade_date=20241003").Rows.ShouldBeEmpty("a holiday");
        TestMarkets.Ask(s_market, "daily", "trade_date=20241003").Fields.Length.ShouldBe(13);
        TestMarkets.Ask(s_market, "daily", "ts_code=999999.SH").Rows.ShouldBeEmpty();
        TestMarkets.Ask(s_market, "daily", "trade_date=20240508", "no_such").Rows.ShouldBeEmpty();
        TestMarkets.Ask(s_market, "daily", "start_date=20240510&end_date=20240506").Rows.ShouldBeEmpty();
    }

    [Fact]
    public void StockList_ByDefault_HoldsListedOnesOnly()
    {
        var market = TestMarkets.Small(stocks: 800);
        var listed = TestMarkets.Ask(market, "stock_basic");
        var all = TestMarkets.Ask(
            market,
            "stock_basic",
            "list_status=L,D,P",
            "ts_code,symbol,name,market,exchange,list_status,list_date,delist_date"
        );
        var gone = TestMarkets.Ask(market, "stock_basic", "list_status=D", "ts_code,name,delist_date");

        listed.Fields.ShouldBe([
            "ts_code",
            "symbol",
            "name",
            "area",
            "industry",
            "cnspell",
            "market",
            "list_date",
            "act_name",
            "act_ent_type",
        ]);
        listed.Rows.Length.ShouldBeInRange(770, 810);
        gone.Rows.Length.ShouldBeGreaterThan(10);
        gone.Column("delist_date").ShouldAllBe(day => string.CompareOrdinal(day, "20260630") <= 0);
        all.Column("market").Distinct().Order().ShouldBe(new[] { "主板", "创业板", "北交所", "科创板" }.Order());
        all.Column("ts_code").Distinct().Count().ShouldBe(all.Rows.Length);
        all.Column("name").Any(name => name.Contains("ST", StringComparison.Ordinal)).ShouldBeTrue();
        TestMarkets
            .Ask(market, "stock_basic", "market=科创板")
            .Column("ts_code")
            .ShouldAllBe(code => code.StartsWith("68") && code.EndsWith(".SH"));
        TestMarkets
            .Ask(market, "stock_basic", "exchange=BSE")
            .Column("ts_code")
            .ShouldAllBe(code => code.EndsWith(".BJ"));
    }

    [Fact]
    public void Calendar_ForAnyExchange_IsTheOneHandedIn()
    {
        var days = TestMarkets.Ask(s_market, "trade_cal", "exchange=SZSE&start_date=20220928&end_date=20221010");
        days.Fields.ShouldBe(["exchange", "cal_date", "is_open", "pretrade_date"]);
        days.Rows.Length.ShouldBe(13);
        days.Rows[0].Select(v => v.ToString()).ShouldBe(["SZSE", "20221010", "1", "20220930"]);
        days.Rows[3].Select(v => v.ToString()).ShouldBe(["SZSE", "20221007", "0", "20220930"]);

        var open = TestMarkets.Ask(s_market, "trade_cal", "is_open=1&end_date=20160105");
        open.Column("cal_date").ShouldBe(["20160105", "20160104"]);
        open[1, "pretrade_date"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        TestMarkets
            .Ask(s_market, "trade_cal", "limit=1")
            .Text(0, "cal_date")
            .ShouldBe("20261231", "the future is announced");
    }

    [Fact]
    public void FundsAndIndices_AreListedWithTheirMarkets()
    {
        var funds = TestMarkets.Ask(s_market, "fund_basic", "status=L");
        funds.Column("name").Any(name => name.Contains("ETF", StringComparison.Ordinal)).ShouldBeTrue();
        funds.Column("fund_type").Any(type => type.Contains("ETF", StringComparison.Ordinal)).ShouldBeFalse();
        funds.Column("market").Distinct().ShouldBe(["E"]);
        TestMarkets.Ask(s_market, "fund_basic", "market=O").Column("ts_code").ShouldAllBe(code => code.EndsWith(".OF"));
        TestMarkets
            .Ask(s_market, "fund_daily", "trade_date=20260630")
            .Column("ts_code")
            .Except(funds.Column("ts_code"))
            .ShouldBeEmpty();

        var indices = TestMarkets.Ask(s_market, "index_basic");
        indices.Fields.ShouldBe([
            "ts_code",
            "name",
            "market",
            "publisher",
            "category",
            "base_date",
            "base_point",
            "list_date",
        ]);
        indices.Column("ts_code").ShouldContain("000300.SH");
        TestMarkets
            .Ask(s_market, "index_basic", "market=SW")
            .Column("ts_code")
            .ShouldAllBe(code => code.EndsWith(".SI"));
        TestMarkets
            .Ask(s_market, "index_daily", "trade_date=20260630")
            .Fields[..4]
            .ShouldBe(["ts_code", "trade_date", "close", "open"]);
    }

    [Fact]
    public void Market_OfDefaultSize_HasAsManyRowsAsTheRealOne()
    {
        var market = new SyntheticMarket(
            new SyntheticMarketOptions { Calendar = TestMarkets.Calendar, LastDay = new DateOnly(2026, 6, 30) }
        );

        TestMarkets.Ask(market, "daily", "trade_date=20260630").Rows.Length.ShouldBeInRange(5300, 5450);
        TestMarkets.Ask(market, "fund_daily", "trade_date=20260630").Rows.Length.ShouldBeInRange(850, 960);
        TestMarkets.Ask(market, "index_daily", "trade_date=20260630").Rows.Length.ShouldBeInRange(280, 300);
        var limits = TestMarkets.Ask(market, "stk_limit", "trade_date=20260630");
        limits.Rows.Length.ShouldBe(5800);
        limits.HasMore.ShouldBe(true, "stocks and funds exceed the cap of one answer");
    }

    private static string Line(System.Text.Json.JsonElement[] row) => string.Join(',', row);

    private static IEnumerable<string> Lines(SyntheticMarket market, string api, string parameters) =>
        TestMarkets.Ask(market, api, parameters).Rows.Select(Line);
}
