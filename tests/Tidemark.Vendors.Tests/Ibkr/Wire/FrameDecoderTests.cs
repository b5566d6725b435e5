using Tidemark.Testing.Tws;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Wire;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Wire;

public sealed class FrameDecoderTests
{
    [Theory]
    [InlineData("1␀6␀3␀1␀5.1␀12␀1␀", "price 3 1 5.1 12")]
    [InlineData("1␀6␀3␀1␀-1␀␀0␀", "price 3 1 -1 NaN")]
    [InlineData("2␀6␀3␀8␀1543␀", "size 3 8 1543")]
    [InlineData("45␀6␀3␀49␀0.0␀", "generic 3 49 0")]
    [InlineData("46␀6␀3␀45␀1763672130␀", "text 3 45 1763672130")]
    [InlineData("57␀1␀3␀", "end 3")]
    [InlineData("58␀1␀3␀4␀", "kind 3 4")]
    [InlineData("52␀1␀2␀", "end 2")]
    [InlineData("76␀1␀", "end 1")]
    [InlineData("9␀1␀42␀", "id 42")]
    [InlineData("15␀1␀DU1234567,U7654321␀", "accounts 2 1")]
    [InlineData("15␀1␀␀", "accounts 0 0")]
    [InlineData("15␀1␀DU1234567,␀", "accounts 1 1")]
    [InlineData("49␀1␀1763672130␀", "time 1763672130")]
    [InlineData(
        "4␀2␀3␀200␀No security definition has been found for the request␀␀",
        "error 3 200 No security definition has been found for the request"
    )]
    [InlineData("4␀2␀2147483647␀2104␀ok␀␀", "error -1 2104 ok")]
    [InlineData("4␀2␀3␀321␀Nestl\\u00e9␀␀", "error 3 321 Nestlé")]
    [InlineData(
        "21␀3␀13␀0␀0.248␀0.5212␀5.148␀0.0␀0.0208␀0.205␀-0.1112␀201.35␀",
        "computation 3 13 0.248 0.5212 5.148 0 0.0208 0.205 -0.1112 201.35"
    )]
    [InlineData("21␀3␀10␀0␀-1␀-2␀-1␀0.0␀-2␀-2␀-2␀201.35␀", "computation 3 10 NaN NaN NaN 0 NaN NaN NaN 201.35")]
    [InlineData(
        "21␀3␀13␀0␀1.7976931348623157E308␀1.5␀NaN␀-1␀Infinity␀␀-2.0␀-1.0␀",
        "computation 3 13 NaN NaN NaN NaN NaN NaN NaN NaN"
    )]
    [InlineData("81␀3␀0.01␀c70003␀3␀", "other 81")]
    [InlineData("9999␀whatever␀", "other 9999")]
    public void Decode_Message_IsTold(string dump, string expected) => Decoded(dump).ShouldBe([expected]);

    [Theory]
    [InlineData("1␀6␀3␀1␀5.1␀12␀1␀new␀", "price 3 1 5.1 12", "extra 1")]
    [InlineData("4␀2␀3␀200␀no␀␀1763672130␀", "error 3 200 no", "extra 4")]
    public void Decode_MoreFieldsThanKnown_AreCountedAndNoFault(string dump, params string[] expected) =>
        Decoded(dump).ShouldBe(expected);

    [Theory]
    [InlineData("1␀6␀3␀1␀5.1␀12␀", "broken 1 3")]
    [InlineData("1␀6␀3␀1␀five␀12␀1␀", "broken 1 3")]
    [InlineData("1␀6␀", "broken 1 -1")]
    [InlineData("1␀6␀three␀1␀5.1␀12␀1␀", "broken 1 -1")]
    [InlineData("21␀3␀13␀0␀0.248␀0.5212␀5.148␀", "broken 21 3")]
    [InlineData("10␀2␀AAPL␀OPT␀20251219␀", "broken 10 2")]
    [InlineData("75␀1␀SMART␀265598␀AAPL␀100␀9␀20251219␀", "broken 75 1")]
    [InlineData("17␀5␀20251101␀20251120␀3␀1763672130␀1␀2␀", "broken 17 5")]
    [InlineData("4␀2␀3␀", "broken 4 3")]
    [InlineData("15␀1␀", "broken 15 -1")]
    [InlineData("", "broken -1 -1")]
    [InlineData("abc␀", "broken -1 -1")]
    [InlineData("1", "broken -1 -1")]
    public void Decode_MessageThatMakesNoSense_IsToldWithItsRequestAndNothingElse(string dump, string expected) =>
        Decoded(dump).ShouldBe([expected]);

    [Fact]
    public void Decode_Chain_LeavesOutWhatCannotBeAsked()
    {
        var sink = new SinkLog();
        Decode(sink, "75␀1␀SMART␀265598␀AAPL␀100␀3␀20260116␀2025121␀20251219␀6␀202.5␀0.0␀-5␀1.0E300␀195.0␀1.0E9␀");

        var chain = (OptionChain)sink.Parts.Single();
        chain.Expirations.ShouldBe([new DateOnly(2025, 12, 19), new DateOnly(2026, 1, 16)]);
        chain.Strikes.ShouldBe([195, 202.5]);
    }

    [Theory]
    [InlineData("20260320", "20260320", "", "US/Eastern")]
    [InlineData("20260320 14:30:00 Europe/Zurich", "20260320", "14:30:00", "Europe/Zurich")]
    [InlineData("20260320 14:30:00", "20260320", "14:30:00", "US/Eastern")]
    [InlineData("20260320-14:30:00-CET", "20260320", "14:30:00", "CET")]
    public void Decode_LastTradeDateWithTime_IsSplit(string field, string day, string time, string zone)
    {
        var sink = new SinkLog();
        var golden = GoldenFrames.Read("session").Single(f => f.Message == "contractData").Dump;
        Decode(sink, golden.Replace("␀OPT␀20251219␀", $"␀OPT␀{field}␀"));

        var details = (ContractDetails)sink.Parts.Single();
        (details.Contract.LastTradeDate, details.LastTradeTime, details.TimeZoneId).ShouldBe((day, time, zone));
    }

    [Fact]
    public void Decode_SecurityIds_AreRead()
    {
        var sink = new SinkLog();
        var golden = GoldenFrames.Read("session").Single(f => f.Message == "contractData").Dump;
        Decode(sink, golden.Replace("␀␀0␀0␀2␀AAPL␀STK", "␀␀0␀2␀ISIN␀US0378331005␀CUSIP␀037833100␀2␀AAPL␀STK"));

        var details = (ContractDetails)sink.Parts.Single();
        details.SecurityIds.ShouldBe([new("ISIN", "US0378331005"), new("CUSIP", "037833100")]);
        (details.AggregatedGroup, details.SuggestedSizeIncrement).ShouldBe((2, 1));
    }

    [Fact]
    public void Decode_History_IsBarsAndTheEnd()
    {
        var sink = new SinkLog();
        Decode(
            sink,
            "17␀5␀20251119-21:00:00␀20251120-21:00:00␀2␀20251119␀1.0␀2.5␀0.5␀2.0␀1000␀1.75␀12␀20251120␀2.0␀3.0␀2.0␀2.5␀-1␀-1␀-1␀"
        );

        sink.Lines.ShouldBe(["part 5 HistoricalBar[]", "end 5"]);
        ((HistoricalBar[])sink.Parts.Single()).ShouldBe([
            new HistoricalBar("20251119", 1, 2.5, 0.5, 2, 1000, 1.75, 12),
            new HistoricalBar("20251120", 2, 3, 2, 2.5, -1, -1, -1),
        ]);
    }

    [Fact]
    public void Decode_SymbolSamples_AreContracts()
    {
        var sink = new SinkLog();
        Decode(
            sink,
            "79␀6␀2␀265598␀AAPL␀STK␀NASDAQ.NMS␀USD␀2␀OPT␀CFD␀APPLE INC␀␀493546048␀AAPL␀STK␀LSEETF␀GBP␀0␀LS 1X AAPL␀␀"
        );

        sink.Lines[^1].ShouldBe("end 6");
        var matches = (IReadOnlyList<SymbolMatch>)sink.Parts.Single();
        matches
            .Select(m => (m.Contract.ConId, m.Description))
            .ShouldBe([(265598, "APPLE INC"), (493546048, "LS 1X AAPL")]);
        matches[0].DerivativeTypes.ShouldBe(["OPT", "CFD"]);
    }

    /// <summary>
    /// No object a tick: what this thread allocates for half a million of them is less than one byte each.
    /// </summary>
    [Fact]
    public void Decode_Ticks_AllocatesNothing()
    {
        var ticks = Golden
            .FromGateway.Where(f => f.Message.StartsWith("tick", StringComparison.Ordinal))
            .Select(f => f.Bytes[sizeof(int)..])
            .ToArray();
        var decoder = new FrameDecoder(new DeafSink());
        Decode(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Decode(500_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);

        void Decode(int messages)
        {
            for (var i = 0; i < messages; i++)
            {
                decoder.Decode(ticks[i % ticks.Length]);
            }
        }
    }

    private static List<string> Decoded(string dump)
    {
        var sink = new SinkLog();
        Decode(sink, dump);
        return sink.Lines;
    }

    private static void Decode(SinkLog sink, string dump) =>
        new FrameDecoder(sink).Decode(GoldenFrames.BytesOf(dump).AsSpan(sizeof(int)));
}
