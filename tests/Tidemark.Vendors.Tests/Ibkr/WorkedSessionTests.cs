using Tidemark.Testing.Tws;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>
/// The session of session.frames: what the client writes is held against it byte by byte, what it reads value by value.
/// </summary>
public sealed class WorkedSessionTests
{
    private static readonly IReadOnlyList<GoldenFrame> s_frames = GoldenFrames.Read("session");

    [Fact]
    public async Task Session_FromGreetingToSnapshot_IsByteForByteAndValueForValue()
    {
        var written = new List<(string Name, string Hex, string Expected)>();
        await using var peer = new GatewayPeer(session => PlayAsync(session, written));
        await using var client = await Ib.ConnectAsync(peer);

        var chains = await client.OptionChainsAsync(Ib.Aapl, CancellationToken.None);
        var qualified = await client.QualifyAsync(Ib.Option, CancellationToken.None);
        var answer = await client.SnapshotAsync(qualified.Details!.Contract, CancellationToken.None);
        await client.DisposeAsync();

        written.Count.ShouldBe(5);
        foreach (var (name, hex, expected) in written)
        {
            hex.ShouldBe(expected, name);
        }

        ChainsAreRight(chains);
        DetailsAreRight(qualified);
        QuoteIsRight(answer);
        peer.Faults.ShouldBeEmpty();
    }

    /// <summary>
    /// The gateway's side: after each message of ours, what follows it in the file. Our client never sends the wrong
    /// cancel at the end.
    /// </summary>
    private static async Task PlayAsync(PeerSession session, List<(string, string, string)> written)
    {
        foreach (var frame in s_frames.Where(f => f.Message != "cancelMktData"))
        {
            if (!frame.FromClient)
            {
                await session.SendAsync(frame.Bytes);
                continue;
            }

            var bytes = await session.ReadExactlyAsync(frame.Bytes.Length);
            written.Add((frame.Name, Convert.ToHexString(bytes), Convert.ToHexString(frame.Bytes)));
        }

        await session.StallAsync();
    }

    private static void ChainsAreRight(IReadOnlyList<OptionChain> chains)
    {
        chains.Select(c => c.Exchange).ShouldBe(["SMART", "CBOE"]);
        var chain = chains[0];
        (chain.UnderlyingConId, chain.TradingClass, chain.Multiplier).ShouldBe((265598, "AAPL", "100"));
        chain.Expirations.ShouldBe([new DateOnly(2025, 12, 19), new DateOnly(2026, 1, 16)]);
        chain.Strikes.ShouldBe([195, 200, 202.5]);
    }

    private static void DetailsAreRight(Qualification qualified)
    {
        qualified.Outcome.ShouldBe(QualificationOutcome.Found);
        var details = qualified.Details!;
        details.Contract.ShouldBe(Ib.Option with { ConId = 727230001, LocalSymbol = "AAPL  251219C00200000" });
        details.MarketName.ShouldBe("AAPL");
        details.MinTick.ShouldBe(0.01);
        details.OrderTypes.ShouldBe("ACTIVETIM,AD,ADJUST,ALERT,DAY,GTC,LMT,MKT");
        details.ValidExchanges.ShouldBe("SMART,AMEX,CBOE,PHLX,ISE");
        (details.PriceMagnifier, details.UnderlyingConId, details.AggregatedGroup).ShouldBe((1, 265598, 2));
        (details.LongName, details.ContractMonth, details.TimeZoneId).ShouldBe(("APPLE INC", "202512", "US/Eastern"));
        details.TradingHours.ShouldBe("20251120:0930-20251120:1600;20251121:0930-20251121:1600");
        details.LiquidHours.ShouldBe(details.TradingHours);
        (details.UnderlyingSymbol, details.UnderlyingSecurityType).ShouldBe(("AAPL", "STK"));
        (details.MarketRuleIds, details.RealExpirationDate).ShouldBe(("109,109,109,109,109", "20251219"));
        (details.MinSize, details.SizeIncrement, details.SuggestedSizeIncrement).ShouldBe((1, 1, 1));
    }

    private static void QuoteIsRight(QuoteAnswer answer)
    {
        answer.Error.ShouldBeNull();
        var quote = answer.Quote;
        quote.DataType.ShouldBe(MarketDataType.Live);
        (quote.Bid, quote.BidSize, quote.Ask, quote.AskSize).ShouldBe((5.1, 12, 5.2, 9));
        (quote.Last, quote.LastSize, quote.LastTradeTime).ShouldBe((5.15, 3, 1763672130));
        (quote.High, quote.Low, quote.Close, quote.Volume, quote.Halted).ShouldBe((5.6, 4.8, 5.0, 1543, 0));
        quote.OfBid.ShouldBe(new OptionComputation(0.2451, 0.521, 5.099999904632568, 0, 0.021, 0.205, -0.1105, 201.35));
        quote.OfAsk.ShouldBe(
            new OptionComputation(0.251, 0.5215, 5.199999809265137, 0, 0.0206, 0.2051, -0.112, 201.35)
        );
        quote.OfLast.ShouldBe(OptionComputation.None with { PvDividend = 0, UnderlyingPrice = 201.35 });
        quote.Model.ShouldBe(new OptionComputation(0.248, 0.5212, 5.148, 0, 0.0208, 0.205, -0.1112, 201.35));
        quote.Fields.ShouldBe(
            QuoteFields.Bid
                | QuoteFields.Ask
                | QuoteFields.Last
                | QuoteFields.Close
                | QuoteFields.Volume
                | QuoteFields.ImpliedVolatility
                | QuoteFields.Greeks
        );
        double.IsNaN(quote.OpenInterest).ShouldBeTrue();
    }
}
