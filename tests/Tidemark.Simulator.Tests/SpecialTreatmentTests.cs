using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Tests;

/// <summary>
/// Shares under special treatment on the main boards: 5 % a day until 2026-07-05, 10 % from 2026-07-06 on.
/// </summary>
public sealed class SpecialTreatmentTests
{
    private static readonly SyntheticMarket s_market = TestMarkets.Small(seed: 4, stocks: 1500, today: "2026-12-31");

    [Theory]
    [InlineData("20240104", 5)]
    [InlineData("20260703", 5)]
    [InlineData("20260706", 10)]
    [InlineData("20261231", 10)]
    public void Limits_OfADay_AreThoseOfItsRules(string day, int percent)
    {
        var treated = TestMarkets.Ask(s_market, "stock_st", $"trade_date={day}").Column("ts_code").ToHashSet();
        var boards = TestMarkets.Ask(s_market, "stock_basic", "list_status=L,P,D", "ts_code,market");
        var main = boards.Rows.Where(r => r[1].GetString() == "主板").Select(r => r[0].GetString()!).ToHashSet();
        var limits = TestMarkets.Ask(
            s_market,
            "stk_limit",
            $"trade_date={day}",
            "ts_code,pre_close,up_limit,down_limit"
        );

        treated.Count.ShouldBeGreaterThan(3);
        main.IsSupersetOf(treated).ShouldBeTrue();
        for (var i = 0; i < limits.Rows.Length; i++)
        {
            if (!main.Contains(limits.Text(i, "ts_code")))
            {
                continue;
            }

            var width = treated.Contains(limits.Text(i, "ts_code")) ? percent : 10;
            var reference = limits.Exact(i, "pre_close");
            limits.Exact(i, "up_limit").ShouldBe(Cents(reference * (100 + width) / 100));
            limits.Exact(i, "down_limit").ShouldBe(Cents(reference * (100 - width) / 100));
        }
    }

    [Fact]
    public void Bars_UnderTreatment_GoAsFarAsTheDayAllowsAndNoFurther()
    {
        var widest = new Dictionary<int, decimal> { [5] = 0, [10] = 0 };
        var treated = TestMarkets.Ask(s_market, "stock_st", "start_date=20260101&end_date=20261231&limit=1000");
        foreach (var code in treated.Column("ts_code").Distinct())
        {
            var days = TestMarkets
                .Ask(s_market, "stock_st", $"ts_code={code}&start_date=20260101")
                .Column("trade_date")
                .ToHashSet();
            var bars = TestMarkets.Ask(s_market, "daily", $"ts_code={code}&start_date=20260101&end_date=20261231");
            for (var i = 0; i < bars.Rows.Length; i++)
            {
                if (!days.Contains(bars.Text(i, "trade_date")))
                {
                    continue;
                }

                var percent = string.CompareOrdinal(bars.Text(i, "trade_date"), "20260706") < 0 ? 5 : 10;
                var reference = bars.Exact(i, "pre_close");
                bars.Exact(i, "high").ShouldBeLessThanOrEqualTo(Cents(reference * (100 + percent) / 100));
                bars.Exact(i, "low").ShouldBeGreaterThanOrEqualTo(Cents(reference * (100 - percent) / 100));
                widest[percent] = Math.Max(widest[percent], Math.Abs(bars.Exact(i, "pct_chg")));
            }
        }

        widest[5].ShouldBeInRange(4m, 5.2m);
        widest[10].ShouldBeInRange(4m, 10.2m);
    }

    /// <summary>The list of a day, the name of that day and the announcements say the same.</summary>
    [Fact]
    public void Names_OfADay_SayWhatTheListSays()
    {
        const string day = "20240104";
        var listed = TestMarkets.Ask(s_market, "stock_st", $"trade_date={day}");
        var names = TestMarkets.Ask(s_market, "namechange");
        var events = TestMarkets.Ask(s_market, "st");
        names.HasMore.ShouldBe(false);

        // Rows come newest first, so the first that has begun is the one that holds.
        var then = names
            .Rows.Where(r => string.CompareOrdinal(r[2].GetString(), day) <= 0)
            .GroupBy(r => r[0].GetString()!)
            .ToDictionary(g => g.Key, g => g.First()[1].GetString()!);
        foreach (var row in listed.Rows)
        {
            then[row[0].GetString()!].ShouldBe(row[1].GetString());
        }

        then.Where(n => n.Value.Contains("ST", StringComparison.Ordinal))
            .Select(n => n.Key)
            .Where(code => TestMarkets.Ask(s_market, "adj_factor", $"ts_code={code}&trade_date={day}").Rows.Length > 0)
            .Order(StringComparer.Ordinal)
            .ShouldBe(listed.Column("ts_code"));
        events.Rows.Length.ShouldBe(names.Rows.Count(r => r[5].GetString()!.Contains("ST", StringComparison.Ordinal)));
        names.Column("change_reason").Distinct().Count().ShouldBeGreaterThan(4, "改名, ST, *ST and their ends");
    }

    [Fact]
    public void Names_WhenTheMarketStandsEarlier_HoldNothingFromLater()
    {
        var earlier = TestMarkets.Small(seed: 4, stocks: 1500, today: "2021-06-30");
        var names = TestMarkets.Ask(earlier, "namechange", "start_date=20160101");
        names.Column("ann_date").ShouldAllBe(d => string.CompareOrdinal(d, "20210630") <= 0);
        var today = TestMarkets.Ask(earlier, "stock_st", "trade_date=20210630");
        var basic = TestMarkets.Ask(earlier, "stock_basic", $"ts_code={string.Join(',', today.Column("ts_code"))}");
        basic.Column("name").ShouldAllBe(n => n.Contains("ST", StringComparison.Ordinal));
    }

    private static decimal Cents(decimal price) => Math.Round(price, 2, MidpointRounding.AwayFromZero);
}
