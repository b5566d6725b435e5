using System.IO.Compression;
using Tidemark.Core.Errors;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tests.Options;

public sealed class ReplayedOptionMarketTests : IDisposable
{
    private const string Header =
        "timestamp,conId,symbol,lastTradeDateOrContractMonth,strike,right,multiplier,exchange,currency,localSymbol,tradingClass,time,minTick,"
        + "bid,bidSize,ask,askSize,last,lastSize,high,low,volume,close,undPrice,bid_impliedVol,bid_delta,bid_vega,model_impliedVol,model_delta,"
        + "model_undPrice,callOpenInterest,surprise";

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-replay-").FullName;

    public ReplayedOptionMarketTests() => Directory.CreateDirectory(Path.Combine(_folder, "tws"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_RecordedRows_AreServedAsTheyWere()
    {
        Write("b.csv.gz", Row("2025-11-20 15:00:00+00:00", bid: "5.10", volume: "1543"));
        Write("a.csv", Row("2025-11-20T16:00:00+00:00", bid: "5.30", volume: "1600"), Put("2025-11-20 16:00:00+00:00"));
        var market = ReplayedOptionMarket.Load(_folder, OptionMarkets.Calendar);
        var day = new DateOnly(2025, 11, 20);

        var call = market.Find(727230001, day)!;
        call.LocalSymbol.ShouldBe("AAPL  251219C00200000");
        (call.Strike, call.Right, call.Multiplier, call.MinTick).ShouldBe((200, OptionRight.Call, 100, 0.01));
        call.Expiration.ShouldBe(new DateOnly(2025, 12, 19));

        var quote = market.Quote(call, At("2025-11-20T15:59:59Z"));
        (quote.Bid, quote.BidSize, quote.Ask, quote.AskSize, quote.Volume).ShouldBe((5.10, 12, 5.20, 9, 1543));
        (quote.State, quote.Close, quote.Last).ShouldBe((TradingState.Open, 5.0, 5.15));
        quote.Open.ShouldBe(double.NaN, "not recorded");
        quote.BidComputation.ImpliedVolatility.ShouldBe(0.2451);
        quote.BidComputation.Vega.ShouldBe(double.NaN, "−2 is not computed");
        quote.Model.UnderlyingPrice.ShouldBe(201.35);
        market.Quote(call, At("2025-11-20T16:00:00Z")).Bid.ShouldBe(5.30);
        market.Quote(call, At("2025-11-20T16:00:00Z")).Step.ShouldNotBe(quote.Step);
        market.Quote(call, At("2025-11-19T16:00:00Z")).Bid.ShouldBe(5.10, "before the first there is the first");
        market.Quote(call, At("2025-11-20T22:00:00Z")).State.ShouldBe(TradingState.Closed);
        market.OpenInterest(call, day).ShouldBe(8421);
        market.Recorded.ShouldBe((At("2025-11-20T15:00:00Z"), At("2025-11-20T16:00:00Z")));

        var put = market.Find(727230002, day)!;
        var silent = market.Quote(put, At("2025-11-20T16:00:00Z"));
        (silent.Bid, silent.BidSize, silent.Ask, silent.AskSize).ShouldBe((double.NaN, 0, double.NaN, 0));
        market.OpenInterest(put, day).ShouldBeNull();
    }

    [Fact]
    public void Load_OptionsOnly_BringTheirUnderlying()
    {
        Write("a.csv", Row("2025-11-20 15:00:00+00:00"), Put("2025-11-20 15:00:00+00:00"));
        var market = ReplayedOptionMarket.Load(_folder, OptionMarkets.Calendar);
        var day = new DateOnly(2025, 11, 20);

        var stock = market.Find(new ContractPattern(ContractKind.Stock, "AAPL"), day).Single();

        stock.ConId.ShouldBe(265598);
        market.Search("aa", 3).ShouldBe([stock]);
        market.Quote(stock, At("2025-11-20T15:30:00Z")).Last.ShouldBe(201.35);
        var chain = market.Classes(stock.ConId, day).Single();
        (chain.TradingClass, chain.Multiplier).ShouldBe(("AAPL", 100));
        chain.Strikes.ShouldBe([200.0]);
        chain.LastTradeDates.ShouldBe([new DateOnly(2025, 12, 19)]);
        market.Classes(stock.ConId, new DateOnly(2025, 12, 20)).ShouldBeEmpty();
        market.Find(727230001, new DateOnly(2025, 12, 20)).ShouldBeNull("expired");
        market
            .Find(new ContractPattern(ContractKind.Option, "AAPL", "202512", Right: OptionRight.Put), day)
            .Single()
            .ConId.ShouldBe(727230002);
        market.Find(new ContractPattern(ContractKind.Option, "AAPL", Strike: 205), day).ShouldBeEmpty();
        market
            .Bars(
                stock,
                At("2025-11-01T00:00:00Z"),
                At("2025-12-01T00:00:00Z"),
                new(TimeSpan.FromDays(1), true, BarPrice.Trades)
            )
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x,1", "conId is 'x'")]
    [InlineData("1,AAPL,2025,200,C", "lastTradeDateOrContractMonth is '2025'")]
    [InlineData("1,AAPL,20251219,zero,C", "strike is 'zero'")]
    [InlineData("1,AAPL,20251219,200,X", "right is 'X'")]
    [InlineData("1,AAPL,20251219,200,C,noon", "time is 'noon'")]
    [InlineData("1,AAPL,20251219,200,C,2025-11-20 15:00:00,1,2", "8 fields")]
    [InlineData("1,\"AAPL,20251219", "quotation mark")]
    public void Load_BadRow_NamesFileAndLine(string row, string problem)
    {
        var file = Path.Combine(_folder, "tws", "bad.csv");
        File.WriteAllText(
            file,
            "conId,symbol,lastTradeDateOrContractMonth,strike,right,time,bid\n5,AAPL,20251219,200,C,2025-11-20 15:00:00,1\n"
                + row
                + "\n"
        );

        var error = Should.Throw<TidemarkException>(() => ReplayedOptionMarket.Load(_folder, OptionMarkets.Calendar));

        error.Code.ShouldBe("REPLAY_UNREADABLE");
        error.Message.ShouldStartWith(file + ":3: ");
        error.Message.ShouldContain(problem);
    }

    [Fact]
    public void Load_NothingOrNoHeader_SaysWhatIsMissing()
    {
        Should
            .Throw<TidemarkException>(() => ReplayedOptionMarket.Load(_folder, OptionMarkets.Calendar))
            .Message.ShouldContain("*.csv");
        File.WriteAllText(Path.Combine(_folder, "tws", "x.csv"), "symbol,strike\nAAPL,200\n");
        Should
            .Throw<TidemarkException>(() => ReplayedOptionMarket.Load(_folder, OptionMarkets.Calendar))
            .Message.ShouldContain("conId");
        File.WriteAllText(Path.Combine(_folder, "tws", "x.csv.gz"), "this is not gzip");
        File.Delete(Path.Combine(_folder, "tws", "x.csv"));
        Should
            .Throw<TidemarkException>(() => ReplayedOptionMarket.Load(_folder, OptionMarkets.Calendar))
            .Message.ShouldContain("x.csv.gz");
    }

    [Fact]
    public void Load_RealRecordings_AreRead()
    {
        var data = TestMarkets.SharedData();
        if (data is null)
        {
            Assert.Skip("../shared/data is not on this machine");
        }

        File.Copy(
            Path.Combine(data, "ibkr_recorded", "ib_insync_spy_chain_sample_2025-03-26.csv"),
            Path.Combine(_folder, "tws", "spy.csv")
        );
        var market = ReplayedOptionMarket.Load(_folder, OptionMarkets.Calendar);
        var day = new DateOnly(2025, 3, 26);

        var chain = market.Find(new ContractPattern(ContractKind.Option, "SPY"), day).ToList();
        chain.Select(c => c.Strike).ShouldBe([541, 542, 545, 553, 558, 567, 569]);
        var quote = market.Quote(chain[5], At("2025-03-26T19:56:00Z"));
        (quote.Bid, quote.BidSize, quote.Ask, quote.Last, quote.Volume).ShouldBe((2.22, 6, 2.29, 2.25, 42217));
        quote.Model.ImpliedVolatility.ShouldBe(0.4966, 0.0001);
        market.Quote(chain[0], At("2025-03-26T19:56:00Z")).Model.ImpliedVolatility.ShouldBe(double.NaN);
        market.Quote(market.Find(756733, day)!, At("2025-03-26T19:56:00Z")).Last.ShouldBe(568.9, 0.5);
    }

    private static string Row(string time, string bid = "5.1", string volume = "1543") =>
        $"2025-11-20 18:00:00,727230001,AAPL,20251219,200.0,C,100,SMART,USD,AAPL  251219C00200000,AAPL,{time},0.01,"
        + $"{bid},12.0,5.2,9.0,5.15,3.0,5.6,4.8,{volume},5.0,201.0,0.2451,0.521,-2.0,0.248,0.5212,201.35,8421,\"a, b\"";

    private static string Put(string time) =>
        $"2025-11-20 18:00:00,727230002,AAPL,20251219,200.0,P,100,SMART,USD,AAPL  251219P00200000,AAPL,{time},0.0,"
        + "-1.0,0.0,-1.0,0.0,,,,,,5.0,201.0,-1,-2,-2.0,,,201.35,,";

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text);

    private void Write(string name, params string[] rows)
    {
        using Stream stream = File.Create(Path.Combine(_folder, "tws", name));
        using var writer = new StreamWriter(
            name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionLevel.Fastest) : stream
        );
        writer.Write(string.Join('\n', rows.Prepend(Header)));
    }
}
