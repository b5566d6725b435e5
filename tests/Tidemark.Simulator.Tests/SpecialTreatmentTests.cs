using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Tests;

/// <summary>
/// Shares under special treatment on the main boards: 5 % a day until 2026-07-05, 10 % from 2026-07-06 on.
/// </summary>
public sealed class SpecialTreatmentTests
{
    private static readonly SyntheticMarket s_market = TestMarkets.Small(seed: 4, stocks: 600, today: "2026-12-31");

    /// <summary>The codes whose name says ST, as one parameter.</summary>
    private static readonly string s_codes = string.Join(
        ',',
        TestMarkets
            .Ask(s_market, "stock_basic", "list_status=L", "ts_code,name")
            .Rows.Where(row => row[1].GetString()!.StartsWith("ST", StringComparison.Ordinal))
            .Select(row => row[0].GetString())
    );

    [Theory]
    [InlineData("20240104", 5)]
    [InlineData("20260703", 5)]
    [InlineData("20260706", 10)]
    [InlineData("20261231", 10)]
    public void Limits_OfADay_AreThoseOfItsRules(string day, int percent)
    {
        var limits = TestMarkets.Ask(
            s_market,
            "stk_limit",
            $"ts_code={s_codes}&trade_date={day}",
            "ts_code,pre_close,up_limit,down_limit"
        );

        limits.Rows.Length.ShouldBeGreaterThan(3);
        for (var i = 0; i < limits.Rows.Length; i++)
        {
            var reference = limits.Exact(i, "pre_close");
            limits.Exact(i, "up_limit").ShouldBe(Cents(reference * (100 + percent) / 100));
            limits.Exact(i, "down_limit").ShouldBe(Cents(reference * (100 - percent) / 100));
        }
    }

    [Fact]
    public void Bars_AroundTheChange_GoAsFarAsTheDayAllowsAndNoFurther()
    {
        var widest = new Dictionary<int, decimal> { [5] = 0, [10] = 0 };
        foreach (var code in s_codes.Split(','))
        {
            var bars = TestMarkets.Ask(s_market, "daily", $"ts_code={code}&start_date=20260101&end_date=20261231");
            for (var i = 0; i < bars.Rows.Length; i++)
            {
                var percent = string.CompareOrdinal(bars.Text(i, "trade_date"), "20260706") < 0 ? 5 : 10;
                var reference = bars.Exact(i, "pre_close");
                bars.Exact(i, "high").ShouldBeLessThanOrEqualTo(Cents(reference * (100 + percent) / 100));
                bars.Exact(i, "low").ShouldBeGreaterThanOrEqualTo(Cents(reference * (100 - percent) / 100));
                widest[percent] = Math.Max(widest[percent], Math.Abs(bars.Exact(i, "pct_chg")));
            }
        }

        widest[5].ShouldBeInRange(4.5m, 5.2m);
        widest[10].ShouldBeInRange(5.5m, 10.2m);
    }

    private static decimal Cents(decimal price) => Math.Round(price, 2, MidpointRounding.AwayFromZero);
}
