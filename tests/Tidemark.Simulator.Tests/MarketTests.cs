using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Tests;

/// <summary>What holds for every row of every synthetic market, asked as a client asks.</summary>
public sealed class MarketTests
{
    private static readonly DateOnly[] s_days =
    [
        .. TestMarkets.Calendar.OpenDaysBetween(new DateOnly(2016, 1, 4), new DateOnly(2026, 6, 30)),
    ];

    /// <summary>A market of its own seed and an open day in it.</summary>
    private static readonly Arbitrary<(SyntheticMarket Market, DateOnly Day)> s_days_of_markets = (
        from seed in Gen.Choose(0, 1_000_000)
        from day in Gen.Choose(1, s_days.Length - 1)
        select (TestMarkets.Small(seed), s_days[day])
    ).ToArbitrary();

    private static Config Few => Config.QuickThrowOnFailure.WithMaxTest(25);

    [Theory]
    [InlineData("daily", "adj_factor", 0.01)]
    [InlineData("fund_daily", "fund_adj", 0.001)]
    public void Bars_OfAnyDay_KeepTheIdentities(string api, string factors, double tick) =>
        Prop.ForAll(
                s_days_of_markets,
                sample =>
                {
                    var (market, day) = sample;
                    var bars = TestMarkets.Ask(market, api, $"trade_date={day.ToCompact()}");
                    var limits = ByCode(
                        TestMarkets.Ask(market, "stk_limit", $"trade_date={day.ToCompact()}"),
                        "ts_code"
                    );
                    for (var i = 0; i < bars.Rows.Length; i++)
                    {
                        CheckBar(bars, i, limits[bars.Text(i, "ts_code")]);
                    }

                    CheckPreviousCloses(market, api, factors, bars, (decimal)tick);
                }
            )
            .Check(Few);

    [Fact]
    public void Valuations_OfAnyDay_FollowFromTheBars() =>
        Prop.ForAll(
                s_days_of_markets,
                sample =>
                {
                    var (market, day) = sample;
                    var bars = TestMarkets.Ask(market, "daily", $"trade_date={day.ToCompact()}");
                    var values = TestMarkets.Ask(market, "daily_basic", $"trade_date={day.ToCompact()}");
                    values.Column("ts_code").ShouldBe(bars.Column("ts_code"));
                    for (var i = 0; i < values.Rows.Length; i++)
                    {
                        values.Exact(i, "close").ShouldBe(bars.Exact(i, "close"));
                        values
                            .Exact(i, "total_mv")
                            .ShouldBe(values.Exact(i, "close") * values.Exact(i, "total_share"), 0.0001m);
                        values
                            .Exact(i, "circ_mv")
                            .ShouldBe(values.Exact(i, "close") * values.Exact(i, "float_share"), 0.0001m);
                        values
                            .Number(i, "turnover_rate")
                            .ShouldBe(bars.Number(i, "vol") / values.Number(i, "float_share"), 0.0001);
                        values.Exact(i, "free_share").ShouldBeLessThanOrEqualTo(values.Exact(i, "float_share"));
                        values.Exact(i, "float_share").ShouldBeLessThanOrEqualTo(values.Exact(i, "total_share"));
                    }
                }
            )
            .Check(Few);

    [Fact]
    public void VolumeRatio_OfAnyStock_IsVolumeOverTheFiveDaysBefore()
    {
        var market = TestMarkets.Small(seed: 3);
        var code = TestMarkets.Ask(market, "daily", "trade_date=20160105").Text(0, "ts_code");
        var bars = TestMarkets.Ask(market, "daily", $"ts_code={code}&start_date=20200101&end_date=20201231");
        var values = TestMarkets.Ask(market, "daily_basic", $"ts_code={code}&start_date=20200101&end_date=20201231");

        for (var i = 0; i + 5 < bars.Rows.Length; i++)
        {
            var mean = Enumerable.Range(i + 1, 5).Average(j => bars.Number(j, "vol"));
            values.Number(i, "volume_ratio").ShouldBe(bars.Number(i, "vol") / mean, 0.0051);
        }
    }

    [Fact]
    public void StockDays_OfAnyMarket_HaveABarOrAReason() =>
        Prop.ForAll(
                s_days_of_markets,
                sample =>
                {
                    var (market, day) = sample;
                    var date = $"trade_date={day.ToCompact()}";
                    var traded = TestMarkets.Ask(market, "daily", date).Column("ts_code");
                    var suspended = TestMarkets.Ask(market, "suspend_d", $"{date}&suspend_type=S");
                    var wholeDay = suspended
                        .Rows.Where(row => row[2].ValueKind == System.Text.Json.JsonValueKind.Null)
                        .Select(row => row[0].GetString()!)
                        .ToArray();
                    var withTime = suspended
                        .Rows.Where(row => row[2].ValueKind != System.Text.Json.JsonValueKind.Null)
                        .Select(row => row[0].GetString()!);
                    var list = TestMarkets.Ask(
                        market,
                        "stock_basic",
                        "list_status=L,D,P",
                        "ts_code,list_date,delist_date"
                    );
                    var alive = list
                        .Rows.Where(row =>
                            string.CompareOrdinal(row[1].GetString(), day.ToCompact()) <= 0
                            && (
                                row[2].ValueKind == System.Text.Json.JsonValueKind.Null
                                || string.CompareOrdinal(row[2].GetString(), day.ToCompact()) > 0
                            )
                        )
                        .Select(row => row[0].GetString()!);

                    traded.Intersect(wholeDay).ShouldBeEmpty();
                    withTime.Except(traded).ShouldBeEmpty("a halt within the day leaves a bar");
                    traded.Concat(wholeDay).Order(StringComparer.Ordinal).ShouldBe(alive);
                    TestMarkets.Ask(market, "adj_factor", date).Column("ts_code").ShouldBe(alive);
                }
            )
            .Check(Few);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Prices_OverWholeLives_NeverBreakLimitsNorReferences()
    {
        var limitDays = 0;
        foreach (var seed in Enumerable.Range(1, 4))
        {
            var days = new MarketDays(TestMarkets.Calendar);
            foreach (var stock in new StockFactory((ulong)seed, days).Make(80).Select(s => s.Instrument))
            {
                limitDays += CheckLife(stock, $"seed {seed}, {stock.Code}");
            }
        }

        limitDays.ShouldBeGreaterThan(500, "markets have days at the limit");
    }

    private static int CheckLife(Instrument stock, string name)
    {
        var limitDays = 0;
        var before = -1;
        var close = 0L;
        for (var position = stock.First; position < stock.End; position++)
        {
            if (!stock.IsTraded(position))
            {
                continue;
            }

            var bar = BarMaker.At(stock, position);
            var limits = PriceLimits.For(stock, position, bar.PreClose);
            if (before >= 0 && bar.PreClose != Closes.Reference(stock, before, close, position))
            {
                Assert.Fail($"{name} position {position}: {bar} after a close of {close}");
            }

            if (bar.High > limits.Up || bar.Low < limits.Down || bar.Close < bar.Low || bar.Close > bar.High)
            {
                Assert.Fail($"{name} position {position}: {bar} with {limits}");
            }

            limitDays += bar.Close == limits.Up || bar.Close == limits.Down ? 1 : 0;
            (before, close) = (position, bar.Close);
        }

        return limitDays;
    }

    private static void CheckBar(Table bars, int row, System.Text.Json.JsonElement[] limits)
    {
        decimal Price(string column) => bars.Exact(row, column);
        var (high, low, close, reference) = (Price("high"), Price("low"), Price("close"), Price("pre_close"));
        high.ShouldBeGreaterThanOrEqualTo(Math.Max(Price("open"), close));
        low.ShouldBeLessThanOrEqualTo(Math.Min(Price("open"), close));
        low.ShouldBeGreaterThan(0);
        Price("change").ShouldBe(close - reference);
        Price("pct_chg").ShouldBe(Math.Round((close - reference) / reference * 100, 4, MidpointRounding.AwayFromZero));
        var shares = Price("vol") * 100;
        var money = Price("amount") * 1000;
        shares.ShouldBeGreaterThan(0);
        money.ShouldBeInRange(shares * low, shares * high);
        high.ShouldBeLessThanOrEqualTo(limits[2].GetDecimal());
        low.ShouldBeGreaterThanOrEqualTo(limits[3].GetDecimal());
    }

    /// <summary>pre_close is the last close times the factor before over the factor now, to the tick.</summary>
    private static void CheckPreviousCloses(
        SyntheticMarket market,
        string api,
        string factors,
        Table bars,
        decimal tick
    )
    {
        for (var i = 0; i < bars.Rows.Length; i += 7)
        {
            var code = bars.Text(i, "ts_code");
            var until = $"ts_code={code}&end_date={bars.Text(i, "trade_date")}";
            var two = TestMarkets.Ask(market, api, $"{until}&limit=2");
            if (two.Rows.Length < 2)
            {
                continue;
            }

            var now = TestMarkets.Ask(market, factors, $"ts_code={code}&trade_date={two.Text(0, "trade_date")}");
            var before = TestMarkets.Ask(market, factors, $"ts_code={code}&trade_date={two.Text(1, "trade_date")}");
            var expected = two.Exact(1, "close") * before.Exact(0, "adj_factor") / now.Exact(0, "adj_factor");
            two.Exact(0, "pre_close").ShouldBe(Math.Round(expected / tick, MidpointRounding.AwayFromZero) * tick, code);
        }
    }

    private static Dictionary<string, System.Text.Json.JsonElement[]> ByCode(Table table, string column) =>
        table.Rows.ToDictionary(row => row[Array.IndexOf(table.Fields, column)].GetString()!);
}
