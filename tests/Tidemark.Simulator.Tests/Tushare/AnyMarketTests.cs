using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>What holds between the APIs of any market, whatever its seed, on any open day.</summary>
public sealed class AnyMarketTests
{
    private static readonly DateOnly[] s_days =
    [
        .. TestMarkets.Calendar.OpenDaysBetween(new DateOnly(2017, 1, 3), new DateOnly(2026, 6, 30)),
    ];

    private static readonly Arbitrary<(SyntheticMarket Market, string Day)> s_samples = (
        from seed in Gen.Choose(0, 1_000_000)
        from day in Gen.Choose(0, s_days.Length - 1)
        select (TestMarkets.Small(seed), s_days[day].ToCompact())
    ).ToArbitrary();

    [Fact]
    public void Contracts_ThatAreMapped_TradeThatDayAndAreListed() =>
        Check(
            (market, date) =>
            {
                var mapped = TestMarkets.Ask(market, "fut_mapping", date);
                var bars = TestMarkets.Ask(market, "fut_daily", date);
                var settled = TestMarkets.Ask(market, "fut_settle", date);

                mapped.Rows.ShouldNotBeEmpty();
                mapped.Column("mapping_ts_code").Except(bars.Column("ts_code")).ShouldBeEmpty();
                mapped.Column("mapping_ts_code").Except(settled.Column("ts_code")).ShouldBeEmpty();
                for (var i = 0; i < bars.Rows.Length; i++)
                {
                    bars.Exact(i, "low").ShouldBeLessThanOrEqualTo(bars.Exact(i, "open"));
                    bars.Exact(i, "low").ShouldBeLessThanOrEqualTo(bars.Exact(i, "close"));
                    bars.Exact(i, "high").ShouldBeGreaterThanOrEqualTo(bars.Exact(i, "open"));
                    bars.Exact(i, "high").ShouldBeGreaterThanOrEqualTo(bars.Exact(i, "close"));
                    bars.Exact(i, "settle").ShouldBeInRange(bars.Exact(i, "low"), bars.Exact(i, "high"));
                    bars.Exact(i, "oi").ShouldBeGreaterThan(0);
                }
            }
        );

    [Fact]
    public void Weights_OfAnyMonth_SumToAHundredForEveryIndex() =>
        Check(
            (market, date) =>
            {
                var month = date["trade_date=".Length..][..6];
                var index = TestMarkets.Ask(market, "index_basic").Text(0, "ts_code");
                var weights = TestMarkets.Ask(
                    market,
                    "index_weight",
                    $"index_code={index}&start_date={month}01&end_date={month}{LastDay(month)}"
                );
                foreach (var day in weights.Rows.GroupBy(r => (r[0].GetString(), r[2].GetString())))
                {
                    day.Sum(r => r[3].GetDecimal()).ShouldBe(100m);
                }
            }
        );

    [Fact]
    public void Blocks_OfAnyDay_AreOfStocksThatTrade() =>
        Check(
            (market, date) =>
            {
                var traded = TestMarkets.Ask(market, "daily", date).Column("ts_code").ToHashSet();
                TestMarkets.Ask(market, "block_trade", date).Column("ts_code").ShouldAllBe(c => traded.Contains(c));
                TestMarkets.Ask(market, "moneyflow", date).Column("ts_code").ShouldBe(traded, ignoreOrder: true);
            }
        );

    [Fact]
    public void Totals_OfAnyDay_ContainTheirBoards() =>
        Check(
            (market, date) =>
            {
                var totals = TestMarkets.Ask(market, "sz_daily_info", date);
                var byLabel = totals.Rows.ToDictionary(r => r[1].GetString()!, r => r[3].GetDecimal());
                foreach (
                    var (whole, parts) in new[]
                    {
                        ("股票", "主板A股 创业板A股"),
                        ("基金", "ETF LOF"),
                        ("债券", "债券现券 债券回购 ABS"),
                    }
                )
                {
                    byLabel
                        .GetValueOrDefault(whole)
                        .ShouldBe(parts.Split(' ').Sum(p => byLabel.GetValueOrDefault(p)), 0.01m);
                }
            }
        );

    private static void Check(Action<SyntheticMarket, string> holds) =>
        Prop.ForAll(s_samples, sample => holds(sample.Market, $"trade_date={sample.Day}"))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private static string LastDay(string month) =>
        $"{DateTime.DaysInMonth(int.Parse(month[..4]), int.Parse(month[4..]))}";
}
