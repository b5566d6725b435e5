using FsCheck;
using FsCheck.Fluent;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tests.Options;

public sealed class OptionBarTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(40);
    private static readonly SyntheticOptionMarket s_market = OptionMarkets.Small;
    private static readonly BarRequest s_daily = new(TimeSpan.FromDays(1), true, BarPrice.Trades);

    [Fact]
    public void Bars_DailyAfterTheClose_AreTheQuotesDay() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    var session = s_market.Session(draw.Day)!;
                    foreach (var contract in (ListedContract[])[draw.Option, UnderlyingOf(draw)])
                    {
                        var quote = s_market.Quote(contract, session.Close);
                        var bars = s_market.Bars(contract, session.Open, session.Close, s_daily).ToList();
                        if (quote.Volume == 0 && contract.Kind == ContractKind.Option)
                        {
                            bars.ShouldBeEmpty();
                            continue;
                        }

                        var bar = bars.Single();
                        (bar.Open, bar.High, bar.Low, bar.Close, bar.Volume).ShouldBe(
                            (quote.Open, quote.High, quote.Low, quote.Last, quote.Volume)
                        );
                        bar.Begin.ShouldBe(session.Open);
                    }
                }
            )
            .Check(s_config);

    [Fact]
    public void Bars_OfAnySize_AddUpToTheDay() =>
        Prop.ForAll(
                OptionMarkets.Draws.Zip(Gen.Elements(5, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400)).ToArbitrary(),
                x =>
                {
                    var (draw, seconds) = x;
                    var session = s_market.Session(draw.Day)!;
                    var size = TimeSpan.FromSeconds(seconds);
                    foreach (var contract in (ListedContract[])[draw.Option, UnderlyingOf(draw)])
                    {
                        var bars = s_market
                            .Bars(contract, session.Open, session.Close, new BarRequest(size, true, BarPrice.Trades))
                            .ToList();
                        var days = s_market.Bars(contract, session.Open, session.Close, s_daily).ToList();
                        (bars.Count > 0).ShouldBe(days.Count > 0);
                        if (days.Count == 0)
                        {
                            continue;
                        }

                        bars.Sum(b => b.Volume).ShouldBe(days[0].Volume);
                        bars.Max(b => b.High).ShouldBe(days[0].High);
                        bars.Min(b => b.Low).ShouldBe(days[0].Low);
                        bars[0].Open.ShouldBe(days[0].Open);
                        bars[^1].Close.ShouldBe(days[0].Close);
                        bars.Zip(bars.Skip(1)).ShouldAllBe(p => p.First.Begin < p.Second.Begin);
                        bars.ShouldAllBe(b =>
                            b.Low <= b.Open && b.Open <= b.High && b.Low <= b.Close && b.Close <= b.High
                        );
                        bars.ShouldAllBe(b => b.Begin == session.Open || b.Begin.TimeOfDay.Ticks % size.Ticks == 0);
                    }
                }
            )
            .Check(s_config);

    [Fact]
    public void Bars_UntilAMoment_KnowNoMoreThanItsQuote() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    var stock = UnderlyingOf(draw);
                    var session = s_market.Session(draw.Day)!;
                    var until = session.Open.AddMinutes(1 + Math.Floor((draw.At - session.Open).TotalMinutes));
                    var quote = s_market.Quote(stock, until.AddMilliseconds(-1));
                    var bar = s_market.Bars(stock, session.Open, until, s_daily).Single();

                    (bar.Open, bar.High, bar.Low, bar.Close, bar.Volume).ShouldBe(
                        until == session.Close
                            ? (bar.Open, bar.High, bar.Low, bar.Close, bar.Volume)
                            : (quote.Open, quote.High, quote.Low, quote.Last, quote.Volume)
                    );
                }
            )
            .Check(s_config);

    [Fact]
    public void Bars_SidesOfAnOption_AreInOrder() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    var session = s_market.Session(draw.Day)!;
                    List<HistoryBar> Bars(BarPrice price) =>
                        [
                            .. s_market.Bars(
                                draw.Option,
                                session.Open,
                                session.Close,
                                new BarRequest(TimeSpan.FromMinutes(30), true, price)
                            ),
                        ];
                    var (bids, mids, asks) = (Bars(BarPrice.Bid), Bars(BarPrice.Midpoint), Bars(BarPrice.Ask));

                    bids.Count.ShouldBe((int)Math.Ceiling((session.Close - session.Open).TotalMinutes / 30));
                    for (var i = 0; i < bids.Count; i++)
                    {
                        (bids[i].Close <= mids[i].Close && mids[i].Close <= asks[i].Close).ShouldBeTrue();
                        (bids[i].Volume, bids[i].Count).ShouldBe((-1, -1));
                    }

                    var first = s_market.Quote(draw.Option, session.Open);
                    bids[0].Open.ShouldBe(double.IsNaN(first.Bid) ? 0 : first.Bid);
                    asks[0].Open.ShouldBe(first.Ask);
                }
            )
            .Check(s_config);

    [Fact]
    public void Bars_Volatilities_AreThoseOfTheModelAndThePath()
    {
        var apple = s_market.Stock("AAPL");
        var (from, to) = (OptionMarkets.NewYork(2025, 11, 3, 0, 0), OptionMarkets.NewYork(2025, 12, 1, 0, 0));

        s_market
            .Bars(apple, from, to, s_daily with { Price = BarPrice.ImpliedVolatility })
            .ShouldAllBe(b => b.Close > 0.1 && b.Close < 0.6);
        s_market
            .Bars(apple, from, to, s_daily with { Price = BarPrice.HistoricalVolatility })
            .ShouldAllBe(b => b.Close > 0.1 && b.Close < 0.6);
    }

    [Fact]
    public void FirstBar_OfAnOption_IsItsFirstSession() =>
        Prop.ForAll(
                OptionMarkets.Draws.ToArbitrary(),
                draw =>
                {
                    var first = s_market.FirstBar(draw.Option)!.Value;

                    (first < s_market.Session(draw.Day)!.Close).ShouldBeTrue();
                    s_market.Find(draw.Option.ConId, DateOnly.FromDateTime(first.Date).AddDays(-5)).ShouldBeNull();
                    s_market.Find(draw.Option.ConId, DateOnly.FromDateTime(first.Date)).ShouldBe(draw.Option);
                    var bars = s_market.Bars(
                        draw.Option,
                        first.AddDays(-40),
                        first.AddDays(1),
                        s_daily with
                        {
                            Price = BarPrice.Midpoint,
                        }
                    );
                    bars.First().Begin.ShouldBe(first);
                    if (draw.Option.LastTradeDate < OptionMarkets.Calendar.Last.AddDays(-30))
                    {
                        var last = s_market.Session(draw.Option.LastTradeDate!.Value)!.Close;
                        s_market.Bars(draw.Option, last, last.AddDays(20), s_daily).ShouldBeEmpty("it has expired");
                    }
                }
            )
            .Check(s_config);

    private static ListedContract UnderlyingOf(Draw draw) => s_market.Find(draw.Option.UnderlyingConId, draw.Day)!;
}
