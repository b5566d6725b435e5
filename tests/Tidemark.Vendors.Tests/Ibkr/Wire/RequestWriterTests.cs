using FsCheck;
using FsCheck.Fluent;
using Tidemark.Testing.Tws;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Wire;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Wire;

public sealed class RequestWriterTests
{
    private static readonly IbkrContract s_call = Ib.Option with
    {
        ConId = 727230001,
        LocalSymbol = "AAPL  251219C00200000",
    };

    private static readonly IbkrContract s_put = Ib.Option with { Strike = 202.5, Right = OptionRight.Put };

    private static readonly Dictionary<string, Action<RequestWriter>> s_requests = new()
    {
        ["hello"] = w => w.Hello(),
        ["startApi"] = w => w.StartApi(7),
        ["reqCurrentTime"] = w => w.CurrentTime(),
        ["reqMarketDataType: live"] = w => w.MarketDataType(MarketDataType.Live),
        ["reqMarketDataType: frozen"] = w => w.MarketDataType(MarketDataType.Frozen),
        ["reqMarketDataType: delayed"] = w => w.MarketDataType(MarketDataType.Delayed),
        ["reqMarketDataType: delayed and frozen"] = w => w.MarketDataType(MarketDataType.DelayedFrozen),
        ["reqMktData: snapshot of an option"] = w => w.MarketData(21, s_call, "", isSnapshot: true),
        ["reqMktData: stream of an option"] = w => w.MarketData(22, s_call, "100,101", isSnapshot: false),
        ["reqMktData: snapshot of a stock"] = w => w.MarketData(23, Ib.Aapl, "", isSnapshot: true),
        ["cancelMktData"] = w => w.CancelMarketData(22),
        ["reqContractDetails: stock by its symbol"] = w => w.ContractDetails(31, IbkrContract.Stock("AAPL")),
        ["reqContractDetails: option by its parts"] = w => w.ContractDetails(32, s_put),
        ["reqContractDetails: by number"] = w =>
            w.ContractDetails(33, new IbkrContract { ConId = 727230001, Exchange = "SMART" }),
        ["reqContractDetails: all options of a month"] = w =>
            w.ContractDetails(34, IbkrContract.Stock("AAPL") with { SecurityType = "OPT", LastTradeDate = "202512" }),
        ["reqSecDefOptParams"] = w => w.OptionParameters(41, Ib.Aapl),
        ["reqHistoricalData: days up to now"] = w => w.HistoricalData(51, Ib.Aapl, new HistoryQuery("1 day", "1 Y")),
        ["reqHistoricalData: minutes of an option up to a moment"] = w =>
            w.HistoricalData(
                52,
                s_call,
                new HistoryQuery(
                    "5 mins",
                    "2 D",
                    "MIDPOINT",
                    RegularHoursOnly: false,
                    new DateTimeOffset(2025, 11, 20, 16, 0, 0, TimeSpan.FromHours(-5))
                )
            ),
        ["cancelHistoricalData"] = w => w.CancelHistoricalData(52),
        ["reqHeadTimestamp"] = w => w.HeadTimestamp(61, Ib.Aapl, "TRADES", regularHoursOnly: true),
        ["cancelHeadTimestamp"] = w => w.CancelHeadTimestamp(61),
        ["reqMatchingSymbols"] = w => w.MatchingSymbols(71, "appl"),
    };

    public static IEnumerable<string> OurNames =>
        GoldenFrames
            .Read("client")
            .Select(f => f.Name)
            .Where(name => !name.Contains("of another client", StringComparison.Ordinal));

    public static TheoryData<string> Ours => [.. OurNames];

    [Theory]
    [MemberData(nameof(Ours))]
    public void Request_OfTheGoldenFile_IsWrittenByteForByte(string name)
    {
        var writer = new RequestWriter();

        s_requests[name](writer);

        var golden = GoldenFrames.Read("client").Single(f => f.Name == name);
        Convert.ToHexString(writer.Written.Span).ShouldBe(Convert.ToHexString(golden.Bytes), golden.Dump);
    }

    [Fact]
    public void Requests_AllThatWeWrite_HaveAGoldenFrame() => s_requests.Keys.ShouldBe(OurNames, ignoreOrder: true);

    [Fact]
    public void Writer_UsedAgain_WritesOnlyWhatIsNew()
    {
        var writer = new RequestWriter();
        writer.StartApi(7);
        writer.Clear();

        writer.CancelMarketData(22);
        writer.CancelMarketData(22);

        var golden = GoldenFrames.Read("client").Single(f => f.Name == "cancelMktData").Bytes;
        writer.Written.ToArray().ShouldBe([.. golden, .. golden]);
    }

    [Fact]
    public void Numbers_Written_AreReadAsTheSame() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<double>(),
                ArbMap.Default.ArbFor<int>(),
                (number, whole) =>
                {
                    var fields = Written(w => w.Field(number).Field(whole));
                    var read = fields.NextDouble();
                    var isUnset = !double.IsFinite(number) || Math.Abs(number) >= 1e300;
                    read.ShouldBe(isUnset ? double.NaN : number);
                    fields.NextInt().ShouldBe(whole);
                    fields.IsBroken.ShouldBeFalse();
                    fields.HasMore.ShouldBeFalse();
                }
            )
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Texts_Written_AreReadAsTheSame()
    {
        var texts = Gen.Choose(' ', '~')
            .Where(c => c != '\\')
            .Select(c => (char)c)
            .ArrayOf()
            .Select(c => new string(c));
        Prop.ForAll(
                texts.ArrayOf().ToArbitrary(),
                all =>
                {
                    var fields = Written(w =>
                    {
                        foreach (var text in all)
                        {
                            w.Field(text);
                        }
                    });
                    foreach (var text in all)
                    {
                        fields.NextText().ShouldBe(text);
                    }

                    fields.HasMore.ShouldBeFalse();
                    fields.IsBroken.ShouldBeFalse();
                }
            )
            .Check(Config.QuickThrowOnFailure);
    }

    private static FieldReader Written(Action<RequestWriter> write)
    {
        var writer = new RequestWriter();
        writer.Begin();
        write(writer);
        writer.End();
        return new FieldReader(writer.Written.Span[sizeof(int)..]);
    }
}
