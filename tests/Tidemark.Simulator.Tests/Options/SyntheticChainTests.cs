using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tests.Options;

[Trait("Speed", "Slow")]
public sealed class SyntheticChainTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(150);
    private static readonly DateOnly s_day = new(2025, 12, 5);
    private static readonly SyntheticOptionMarket s_market = OptionMarkets.Small;

    [Fact]
    public void Find_AnyListedNumber_IsTheSameContractInAnyMarketOfTheSeed()
    {
        var other = new SyntheticOptionMarket(1, OptionMarkets.Calendar, 120);
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    s_market.Find(draw.Option.ConId, draw.Day).ShouldBe(draw.Option);
                    other.Find(draw.Option.ConId, draw.Day).ShouldBe(draw.Option);
                }
            )
            .Check(s_config);
    }

    [Fact]
    public void Find_WholeMarket_HasNoNumberTwice()
    {
        var market = new SyntheticOptionMarket(7, OptionMarkets.Calendar, 300);
        var seen = market.Underlyings.Select(u => u.ConId).ToHashSet();
        var count = seen.Count;
        foreach (var option in market.Find(new ContractPattern(ContractKind.Option), s_day))
        {
            option.ConId.ShouldBePositive();
            seen.Add(option.ConId).ShouldBeTrue(option.LocalSymbol);
            count++;
        }

        count.ShouldBeGreaterThan(300_000);
    }

    [Fact]
    public void Find_NumbersNobodyHas_AreNull()
    {
        var listed = s_market
            .Find(new ContractPattern(ContractKind.Option, "AAPL"), s_day)
            .Select(c => c.ConId)
            .ToHashSet();
        for (var number = 1; number < 2_000_000_000; number += 1_999_993)
        {
            if (s_market.Find(number, s_day) is { } found)
            {
                found.ConId.ShouldBe(number);
            }
        }

        s_market.Find(0, s_day).ShouldBeNull();
        s_market.Find(-5, s_day).ShouldBeNull();
        listed.ShouldNotContain(265598);
        s_market.Find(265598, s_day)!.Symbol.ShouldBe("AAPL");
        s_market.Find(756733, s_day)!.Category.ShouldBe("ETF");
    }

    [Fact]
    public void Find_FromDayToDay_OnlyAddsUntilContractsExpire() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    var last = draw.Option.LastTradeDate!.Value;
                    for (var day = draw.Day; day <= last; day = day.AddDays(1 + ((last.DayNumber - day.DayNumber) / 5)))
                    {
                        s_market.Find(draw.Option.ConId, day).ShouldBe(draw.Option);
                    }

                    s_market.Find(draw.Option.ConId, last.AddDays(1)).ShouldBeNull();
                }
            )
            .Check(s_config);

    [Theory]
    [InlineData(2024, 10, "2024-10-18")]
    [InlineData(2025, 3, "2025-03-21")]
    [InlineData(2025, 4, "2025-04-17")] // Good Friday
    [InlineData(2026, 6, "2026-06-18")] // Juneteenth
    [InlineData(2022, 4, "2022-04-14")] // Good Friday
    public void Classes_MonthWithThirdFriday_ExpiresOnItOrTheSessionBefore(int year, int month, string expected)
    {
        var wanted = DateOnly.Parse(expected);
        foreach (var symbol in (string[])["AAPL", "SPY", "T"])
        {
            var dates = Dates(symbol, symbol, wanted.AddDays(-30));

            dates.Where(d => d.Year == year && d.Month == month && d.Day is > 13 and < 22).ShouldContain(wanted);
            dates.ShouldAllBe(d => d > OptionMarkets.Calendar.Last || s_market.Session(d) != null);
        }
    }

    [Fact]
    public void Classes_IndexSettledInTheMorning_TradesUntilTheSessionBefore()
    {
        // 2025-04-18 was Good Friday: settlement on Thursday, last trade on Wednesday.
        Dates("SPX", "SPX", new DateOnly(2025, 4, 1)).ShouldContain(new DateOnly(2025, 4, 16));
        Dates("SPX", "SPXW", new DateOnly(2025, 4, 1)).ShouldContain(new DateOnly(2025, 4, 17));
        var option = s_market.Find(
            new ContractPattern(ContractKind.Option, "SPX", "20251218", TradingClass: "SPX"),
            s_day
        );
        option.First().Expiration.ShouldBe(new DateOnly(2025, 12, 19));
        option.First().LocalSymbol.ShouldStartWith("SPX   251219C");
    }

    [Fact]
    public void Classes_Volatility_ExpiresThirtyDaysBeforeTheNextThirdFriday()
    {
        // Settlement 2025-12-17 and, because 2025-04-18 was a holiday, Tuesday 2025-03-18; the last trade is a session
        // before.
        Dates("VIX", "VIX", s_day).ShouldContain(new DateOnly(2025, 12, 16));
        Dates("VIX", "VIX", new DateOnly(2025, 3, 3)).ShouldContain(new DateOnly(2025, 3, 17));
        Dates("VIX", "VIXW", s_day).ShouldContain(new DateOnly(2025, 12, 9));
        Dates("VIX", "VIXW", s_day).ShouldNotContain(new DateOnly(2025, 12, 16));
    }

    [Fact]
    public void Classes_Spy_HasDailiesQuartersAndLeaps()
    {
        var dates = Dates("SPY", "SPY", s_day);

        dates.Take(10).ShouldBe(OptionMarkets.Calendar.OpenDays.Where(d => d >= s_day).Take(10));
        dates.ShouldContain(new DateOnly(2025, 12, 31), "end of the quarter");
        dates.ShouldContain(new DateOnly(2026, 3, 31), "end of the quarter");
        dates.ShouldContain(new DateOnly(2027, 1, 15), "LEAPS");
        dates.ShouldContain(new DateOnly(2028, 1, 21), "LEAPS");
    }

    [Fact]
    public void Classes_GridOfAStock_IsASupersetWithAFewHoles()
    {
        var (missing, cells) = (0, 0);
        foreach (var stock in s_market.Underlyings.Skip(7).Take(40))
        {
            var spot = s_market.Quote(stock, OptionMarkets.NewYork(2025, 12, 5, 12, 0)).Last;
            var chain = s_market.Classes(stock.ConId, s_day)[0];
            var listed = s_market
                .Find(new ContractPattern(ContractKind.Option, stock.Symbol, TradingClass: chain.TradingClass), s_day)
                .ToList();
            listed.Select(c => c.LastTradeDate!.Value).Distinct().ShouldBe(chain.LastTradeDates);
            listed.Select(c => c.Strike).Distinct().Order().ShouldBe(chain.Strikes);

            var cell = listed.Select(c => (c.LastTradeDate!.Value, c.Strike)).ToHashSet();
            foreach (var strike in chain.Strikes.Where(k => k % 5 == 0 && Math.Abs((k / spot) - 1) < 0.25))
            {
                cells += chain.LastTradeDates.Count;
                missing += chain.LastTradeDates.Count(d => !cell.Contains((d, strike)));
            }
        }

        ((double)missing / cells).ShouldBeInRange(0.04, 0.14);
    }

    [Fact]
    public void Find_SizesOfChains_AreThoseOfListedMarkets()
    {
        var market = new SyntheticOptionMarket(1, OptionMarkets.Calendar);
        int Count(ListedContract c) => market.Find(new ContractPattern(ContractKind.Option, c.Symbol), s_day).Count();

        var stocks = market.Underlyings.Skip(7).Where((_, i) => i % 10 == 0).Select(Count).ToList();

        stocks.Average().ShouldBeInRange(800, 2_000);
        stocks.Min().ShouldBeLessThan(500);
        Count(market.Stock("SPY")).ShouldBeInRange(5_000, 12_000);
    }

    [Fact]
    public void Find_AdjustedClasses_AreAFewWithOddStrikesOrMultipliers()
    {
        var market = new SyntheticOptionMarket(1, OptionMarkets.Calendar);
        var adjusted = market
            .Underlyings.SelectMany(u => market.Classes(u.ConId, s_day).Skip(1).Select(c => (u, c)))
            .Where(x => x.c.TradingClass.EndsWith('1'))
            .ToList();

        adjusted.Count.ShouldBeInRange(3, 60);
        foreach (var (underlying, adjustment) in adjusted)
        {
            (adjustment.Multiplier != 100 || adjustment.Strikes.Any(k => k * 2 % 1 != 0)).ShouldBeTrue();
            foreach (
                var option in market.Find(
                    new ContractPattern(ContractKind.Option, underlying.Symbol, TradingClass: adjustment.TradingClass),
                    s_day
                )
            )
            {
                market.Find(option.ConId, s_day).ShouldBe(option);
                option.Multiplier.ShouldBe(adjustment.Multiplier);
            }
        }
    }

    [Fact]
    public void Find_Patterns_SelectWhatTheySay()
    {
        var all = s_market.Find(new ContractPattern(ContractKind.Option, "SPX"), s_day).ToList();
        all.SequenceEqual(all.OrderBy(c => c.LastTradeDate).ThenBy(c => c.Strike).ThenBy(c => c.Right))
            .ShouldBeTrue("by date, strike and right");

        var one = all[all.Count / 2];
        ListedContract[] Found(ContractPattern pattern) => [.. s_market.Find(pattern, s_day)];
        Found(new(ContractKind.Option, LocalSymbol: one.LocalSymbol)).ShouldBe([one]);
        Found(
                new(
                    ContractKind.Option,
                    "spx",
                    one.LastTradeDate!.Value.ToString("yyyyMMdd"),
                    one.Strike,
                    one.Right,
                    100,
                    TradingClass: one.TradingClass
                )
            )
            .ShouldBe([one]);
        Found(new(ContractKind.Option, "SPX", one.LastTradeDate!.Value.ToString("yyyyMM")))
            .ShouldBe(
                all.Where(c =>
                    c.LastTradeDate!.Value.Month == one.LastTradeDate!.Value.Month
                    && c.LastTradeDate.Value.Year == one.LastTradeDate.Value.Year
                )
            );
        Found(new(ContractKind.Option, "SPX", Multiplier: 10)).ShouldBeEmpty();
        Found(new(ContractKind.Option, "NOSUCH")).ShouldBeEmpty();
        Found(new(ContractKind.Stock, "SPX")).ShouldBeEmpty();
        Found(new(ContractKind.Index, "SPX")).Single().ConId.ShouldBe(416904);
    }

    [Fact]
    public void Search_Text_HasTheBestFirst()
    {
        s_market.Search("AA", 5)[0].Symbol.ShouldBe("AAPL");
        s_market.Search("apple", 5)[0].Symbol.ShouldBe("AAPL");
        s_market.Search("GOOG", 5).Take(2).Select(c => c.Symbol).ShouldBe(["GOOG", "GOOGL"]);
        s_market.Search("", 3).Count.ShouldBe(3);
        s_market.Search("no such company", 3).ShouldBeEmpty();
    }

    [Fact]
    public void Underlyings_FullMarket_AreUniqueAndNamed()
    {
        var all = new SyntheticOptionMarket(1, OptionMarkets.Calendar).Underlyings.ToList();

        all.Count.ShouldBe(510);
        all.Select(c => c.Symbol).ShouldBeUnique();
        all.Select(c => c.ConId).ShouldBeUnique();
        all.ShouldAllBe(c => c.LongName.Length > 3 && c.Industry.Length > 3 && c.ConId > 0);
    }

    /// <summary>Against the chain that CBOE published on that day.</summary>
    [Fact]
    public void Classes_SpxOfJune2022_ExpireAsTheRealOnesDid()
    {
        var data = TestMarkets.SharedData();
        if (data is null)
        {
            Assert.Skip("../shared/data is not on this machine");
        }

        var day = new DateOnly(2022, 6, 10);
        var real = new HashSet<(string Root, DateOnly Day)>();
        using var file = File.OpenRead(Path.Combine(data, "us_options_cboe", "spx_quotedata_2022-06-10.csv.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        foreach (var line in reader.ReadToEnd().Split('\n').Skip(4).Where(l => l.Length > 0))
        {
            var symbol = line.Split(',')[1];
            real.Add((symbol[..^15], DateOnly.ParseExact(symbol[^15..^9], "yyMMdd")));
        }

        DateOnly[] Real(string root, int days) =>
            [.. real.Where(r => r.Root == root && r.Day <= day.AddDays(days)).Select(r => r.Day).Order()];
        DateOnly[] Ours(string root, int days) =>
            [
                .. s_market
                    .Find(
                        new ContractPattern(ContractKind.Option, "SPX", TradingClass: root, Right: OptionRight.Call),
                        day
                    )
                    .Select(c => c.Expiration!.Value)
                    .Where(d => d <= day.AddDays(days))
                    .Distinct(),
            ];

        Ours("SPXW", 14).ShouldBe(Real("SPXW", 14), "daily, and none on Juneteenth's Monday");
        Ours("SPX", 365).ShouldBe(Real("SPX", 365));
        Ours("SPXW", 42).ShouldBeSubsetOf(Real("SPXW", 42), "Fridays and the end of the quarter");
    }

    private static IReadOnlyList<DateOnly> Dates(string symbol, string tradingClass, DateOnly day) =>
        s_market
            .Classes(s_market.Search(symbol, 1)[0].ConId, day)
            .Single(c => c.TradingClass == tradingClass)
            .LastTradeDates;
}
