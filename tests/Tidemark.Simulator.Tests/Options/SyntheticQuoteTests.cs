using FsCheck;
using FsCheck.Fluent;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tests.Options;

[Trait("Speed", "Slow")]
public sealed class SyntheticQuoteTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(150);
    private static readonly SyntheticOptionMarket s_market = OptionMarkets.Small;

    [Fact]
    public void Quote_AnyOption_HasTheModelBetweenItsSides() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    var quote = s_market.Quote(draw.Option, draw.At);

                    (quote.Ask >= quote.Model.Price).ShouldBeTrue();
                    (double.IsNaN(quote.Bid) || (quote.Bid > 0 && quote.Bid <= quote.Model.Price)).ShouldBeTrue();
                    (double.IsNaN(quote.Bid) == (quote.BidSize == 0)).ShouldBeTrue();
                    quote.AskSize.ShouldBePositive();
                    quote.Model.Delta.ShouldBeInRange(-1, 1);
                    quote.Model.ImpliedVolatility.ShouldBeInRange(0.02, 4);
                    quote.Model.UnderlyingPrice.ShouldBePositive();
                    (quote.Ask / draw.Option.MinTick).ShouldBe(Math.Round(quote.Ask / draw.Option.MinTick), 1e-6);
                    if (!double.IsNaN(quote.BidComputation.ImpliedVolatility))
                    {
                        quote.BidComputation.ImpliedVolatility.ShouldBeLessThanOrEqualTo(
                            quote.Model.ImpliedVolatility + 1e-6
                        );
                        quote.BidComputation.Price.ShouldBe(quote.Bid);
                    }
                }
            )
            .Check(s_config);

    [Fact]
    public void Quote_AnyExpiration_HasNoArbitrageAtTheModel() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    var rows = draw.Expiry.Select(c => (c.Strike, c.Right, s_market.Quote(c, draw.At).Model)).ToList();
                    var calls = rows.Where(r => r.Right == OptionRight.Call).ToDictionary(r => r.Strike, r => r.Model);
                    var puts = rows.Where(r => r.Right == OptionRight.Put).ToDictionary(r => r.Strike, r => r.Model);
                    var strikes = calls.Keys.Order().ToList();
                    foreach (var (low, high) in strikes.Zip(strikes.Skip(1)))
                    {
                        calls[high].Price.ShouldBeLessThanOrEqualTo(calls[low].Price + 1e-9);
                        puts[low].Price.ShouldBeLessThanOrEqualTo(puts[high].Price + 1e-9);

                        // Parity: a call less a put moves with the strike by the same discount everywhere.
                        var discount = (Parity(low) - Parity(high)) / (high - low);
                        discount.ShouldBeInRange(0.85, 1 + 1e-6);
                    }

                    var forward = strikes.Select(k => Parity(k) + (k * Discount())).ToList();
                    (forward.Max() - forward.Min()).ShouldBeLessThan(1e-6 * strikes[^1]);

                    double Parity(double strike) => calls[strike].Price - puts[strike].Price;
                    double Discount() => (Parity(strikes[0]) - Parity(strikes[^1])) / (strikes[^1] - strikes[0]);
                }
            )
            .Check(s_config.WithMaxTest(60));

    [Fact]
    public void Quote_InAnyOrderAndMarket_IsTheSame()
    {
        var other = new SyntheticOptionMarket(1, OptionMarkets.Calendar, 90);
        Prop.ForAll(
                OptionMarkets.Draws.ListOf().ToArbitrary(),
                draws =>
                {
                    var quotes = draws.Select(d => s_market.Quote(d.Option, d.At)).ToList();
                    var reversed = draws
                        .AsEnumerable()
                        .Reverse()
                        .Select(d => other.Quote(d.Option, d.At))
                        .Reverse()
                        .ToList();
                    reversed.ShouldBe(quotes);
                }
            )
            .Check(s_config.WithMaxTest(20));
    }

    [Fact]
    public void Quote_FromManyThreads_IsWhatOneSees()
    {
        var shared = new SyntheticOptionMarket(1, OptionMarkets.Calendar, 90);
        var start = OptionMarkets.NewYork(2025, 12, 5, 10, 0);
        var options = s_market
            .Find(new ContractPattern(ContractKind.Option, "AAPL"), new DateOnly(2025, 12, 5))
            .Take(400)
            .ToList();
        DateTimeOffset At(int i) => start.AddMilliseconds(i * 7_919L);

        var quotes = new ContractQuote[4_000];
        Parallel.For(0, quotes.Length, i => quotes[i] = shared.Quote(options[i % options.Count], At(i % 37)));

        for (var i = 0; i < quotes.Length; i++)
        {
            quotes[i].ShouldBe(s_market.Quote(options[i % options.Count], At(i % 37)));
        }
    }

    [Fact]
    public void Quote_OtherSeed_IsAnother()
    {
        var at = OptionMarkets.NewYork(2025, 12, 5, 12, 0);
        var other = new SyntheticOptionMarket(2, OptionMarkets.Calendar, 90);

        other.Quote(other.Stock("AAPL"), at).Last.ShouldNotBe(s_market.Quote(s_market.Stock("AAPL"), at).Last);
    }

    [Fact]
    public void Quote_DuringADay_TellsHighLowAndVolumeSoFar() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    foreach (var contract in (ListedContract[])[draw.Option, UnderlyingOf(draw.Option)])
                    {
                        var session = s_market.Session(draw.Day)!;
                        var before = s_market.Quote(contract, session.Open);
                        for (var at = session.Open; at < session.Close; at = at.AddMinutes(7))
                        {
                            var quote = s_market.Quote(contract, at);
                            quote.Close.ShouldBe(before.Close);
                            quote.Volume.ShouldBeGreaterThanOrEqualTo(before.Volume);
                            if (!double.IsNaN(quote.Last))
                            {
                                quote.Last.ShouldBeInRange(quote.Low, quote.High);
                                (quote.LastTime <= at).ShouldBeTrue();
                                if (!double.IsNaN(before.High))
                                {
                                    quote.High.ShouldBeGreaterThanOrEqualTo(before.High);
                                    quote.Low.ShouldBeLessThanOrEqualTo(before.Low);
                                    quote.Open.ShouldBe(before.Open);
                                }
                            }

                            before = quote;
                        }
                    }
                }
            )
            .Check(s_config.WithMaxTest(25));

    [Fact]
    public void Quote_WithinAStep_DoesNotChange()
    {
        var apple = s_market.Stock("AAPL");
        var option = AtTheMoney("AAPL", new DateOnly(2025, 12, 5));
        var start = OptionMarkets.NewYork(2025, 12, 5, 11, 0);
        var changes = 0;
        for (var i = 0; i < 600; i++)
        {
            var at = start.AddMilliseconds(i * 100);
            s_market.Quote(option, at.AddMilliseconds(99)).ShouldBe(s_market.Quote(option, at));
            var (now, next) = (s_market.Quote(option, at), s_market.Quote(option, at.AddMilliseconds(100)));
            (now.Step == next.Step).ShouldBe(
                (now.Bid, now.BidSize, now.Ask, now.AskSize, now.Last, now.Volume)
                    == (next.Bid, next.BidSize, next.Ask, next.AskSize, next.Last, next.Volume)
            );
            changes += now.Step == next.Step ? 0 : 1;
            var tick = start.AddMilliseconds(i * 250);
            s_market.Quote(apple, tick.AddMilliseconds(249)).ShouldBe(s_market.Quote(apple, tick));
        }

        changes.ShouldBeInRange(20, 500);
    }

    [Fact]
    public void Quote_OutsideTheSession_IsTheLastStateAndClosed()
    {
        var option = AtTheMoney("AAPL", new DateOnly(2025, 12, 5));
        foreach (var contract in (ListedContract[])[option, s_market.Stock("AAPL"), s_market.Search("SPX", 1)[0]])
        {
            var close = s_market.Quote(contract, OptionMarkets.NewYork(2025, 12, 5, 16, 0));
            close.State.ShouldBe(TradingState.Closed);
            s_market.Quote(contract, OptionMarkets.NewYork(2025, 12, 5, 15, 59, 59)).State.ShouldBe(TradingState.Open);
            s_market.Quote(contract, OptionMarkets.NewYork(2025, 12, 5, 23, 59)).ShouldBe(close);

            // Once the date is over, its own close is that of the session before: what a client asks for before the
            // open.
            var monday = s_market.Quote(contract, OptionMarkets.NewYork(2025, 12, 8, 12, 0));
            var saturday = s_market.Quote(contract, OptionMarkets.NewYork(2025, 12, 6, 12, 0));
            saturday.ShouldBe(close with { Close = monday.Close, Step = saturday.Step });
            s_market.Quote(contract, OptionMarkets.NewYork(2025, 12, 8, 9, 29, 59)).ShouldBe(saturday);
            s_market.Quote(contract, OptionMarkets.NewYork(2025, 12, 8, 9, 30)).State.ShouldBe(TradingState.Open);
        }

        var stock = s_market.Stock("AAPL");
        s_market
            .Quote(stock, OptionMarkets.NewYork(2025, 12, 8, 12, 0))
            .Close.ShouldBe(s_market.Quote(stock, OptionMarkets.NewYork(2025, 12, 6, 12, 0)).Last);
    }

    [Fact]
    public void Session_DayAfterThanksgiving_EndsAtOne()
    {
        var session = s_market.Session(new DateOnly(2025, 11, 28))!;

        session.Open.ShouldBe(OptionMarkets.NewYork(2025, 11, 28, 9, 30));
        session.Close.ShouldBe(OptionMarkets.NewYork(2025, 11, 28, 13, 0));
        s_market.Session(new DateOnly(2025, 11, 27)).ShouldBeNull();
        s_market.Session(new DateOnly(2025, 11, 29)).ShouldBeNull();
        s_market.Quote(s_market.Stock("MSFT"), session.Close).State.ShouldBe(TradingState.Closed);
    }

    [Fact]
    public void Quote_Halted_StandsStillAndSoDoItsOptions()
    {
        var (stock, from) = FirstHalt();
        var option = AtTheMoney(stock.Symbol, DateOnly.FromDateTime(from.DateTime));

        var first = s_market.Quote(stock, from);
        var later = s_market.Quote(stock, from.AddMinutes(4));

        later.ShouldBe(first);
        s_market.Quote(option, from.AddMinutes(4)).State.ShouldBe(TradingState.Halted);
        s_market.Quote(option, from.AddMinutes(4)).ShouldBe(s_market.Quote(option, from));
        s_market.Quote(stock, from.AddMinutes(20)).State.ShouldBe(TradingState.Open);
        s_market.Quote(stock, from.AddMinutes(20)).Volume.ShouldBeGreaterThan(first.Volume);
    }

    [Fact]
    public void Quote_Index_IsNotTraded()
    {
        var quote = s_market.Quote(s_market.Search("VIX", 1)[0], OptionMarkets.NewYork(2025, 12, 5, 12, 0));

        quote.Last.ShouldBePositive();
        quote.High.ShouldBeGreaterThan(quote.Low);
        (quote.Bid, quote.BidSize, quote.Volume).ShouldBe((double.NaN, 0, 0));
    }

    [Fact]
    public void Quote_FarStrikes_AreNeitherBidNorTraded()
    {
        var day = new DateOnly(2025, 12, 5);
        var at = OptionMarkets.NewYork(2025, 12, 5, 15, 0);
        var chain = s_market.Find(new ContractPattern(ContractKind.Option, "AAPL"), day).ToList();

        var quotes = chain.Select(c => s_market.Quote(c, at)).ToList();

        quotes.Count(q => double.IsNaN(q.Bid)).ShouldBeInRange(chain.Count / 50, chain.Count / 2);
        quotes
            .Count(q => q.Volume == 0 && double.IsNaN(q.Last) && q.LastTime is null)
            .ShouldBeInRange(chain.Count / 10, chain.Count * 9 / 10);
        quotes.Count(q => double.IsNaN(q.BidComputation.ImpliedVolatility)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void OpenInterest_OverDays_ChangesOvernightOnly()
    {
        var day = new DateOnly(2025, 12, 5);
        var chain = s_market.Find(new ContractPattern(ContractKind.Option, "AAPL", "20260116"), day).ToList();

        chain.Select(c => s_market.OpenInterest(c, day)).ShouldAllBe(oi => oi >= 0);
        chain.Sum(c => s_market.OpenInterest(c, day)!.Value).ShouldBeGreaterThan(1_000);
        chain
            .Count(c => s_market.OpenInterest(c, day) != s_market.OpenInterest(c, day.AddDays(3)))
            .ShouldBeGreaterThan(20);
        chain.ShouldAllBe(c => s_market.OpenInterest(c, day) == s_market.OpenInterest(c, day.AddDays(1)), "a weekend");
        s_market.OpenInterest(chain[0], new DateOnly(2026, 1, 20)).ShouldBeNull();
        s_market.OpenInterest(s_market.Stock("AAPL"), day).ShouldBeNull();
    }

    [Fact]
    public void Quote_ManyMoves_AreAsVolatileAsTheStock()
    {
        var stock = s_market.Stock("JPM");
        var closes = OptionMarkets
            .Calendar.OpenDays.Where(d => d.Year is >= 2015 and < 2026)
            .Select(d => s_market.Quote(stock, s_market.Session(d)!.Close).Last)
            .ToList();
        var moves = closes.Zip(closes.Skip(1)).Select(p => Math.Log(p.Second / p.First)).ToList();

        Math.Sqrt(moves.Sum(m => m * m) / moves.Count * 252).ShouldBe(0.25, 0.04);
    }

    private static ListedContract UnderlyingOf(ListedContract option) =>
        s_market.Find(option.UnderlyingConId, new DateOnly(2025, 12, 5))!;

    private static ListedContract AtTheMoney(string symbol, DateOnly day)
    {
        var spot = s_market.Quote(s_market.Stock(symbol), s_market.Session(day)!.Open).Last;
        return s_market
            .Find(new ContractPattern(ContractKind.Option, symbol, Right: OptionRight.Call), day.AddDays(3))
            .Where(c => s_market.Find(c.ConId, day) is not null)
            .MinBy(c => Math.Abs(c.Strike - spot))!;
    }

    private static (ListedContract Stock, DateTimeOffset From) FirstHalt()
    {
        foreach (var day in OptionMarkets.Calendar.OpenDays.Where(d => d.Year == 2025))
        {
            foreach (var stock in s_market.Underlyings.Where(u => u.Category == "Common").Take(12))
            {
                var session = s_market.Session(day)!;
                for (var at = session.Open; at < session.Close.AddMinutes(-30); at = at.AddMinutes(5))
                {
                    if (s_market.Quote(stock, at).State == TradingState.Halted)
                    {
                        while (s_market.Quote(stock, at.AddMinutes(-1)).State == TradingState.Halted)
                        {
                            at = at.AddMinutes(-1);
                        }

                        return (stock, at);
                    }
                }
            }
        }

        throw new InvalidOperationException("No halt in a year.");
    }
}
