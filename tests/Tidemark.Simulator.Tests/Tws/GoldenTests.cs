using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;
using Tidemark.Testing.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>What the gateway writes, held against the golden frames byte for byte.</summary>
public sealed class GoldenTests
{
    /// <summary>
    /// What a gateway can send and this one never does: orders, positions, news, bonds, ticks by the tick.
    /// </summary>
    private static readonly HashSet<string> s_neverSent =
    [
        "orderStatus",
        "portfolioValue",
        "executionData",
        "commissionReport",
        "position",
        "positionMulti",
        "tickNews",
        "rerouteMktDataReq",
        "historicalTicks",
        "historicalTicksBidAsk",
        "historicalTicksLast",
        "tickByTick",
        "tickPrice: before the opening",
        "tickSize: not set, as a whole number",
        "tickSize: not set, as a long number",
        "contractData: a second identifier",
        "contractData: the date with time and zone",
        "tickOptionComputation: the largest number for nothing",
        "tickOptionComputation: no number",
    ];

    private static readonly DateTimeOffset s_trade = DateTimeOffset.FromUnixTimeSeconds(1763672130);
    private static readonly HistoryBar s_bar = new(default, 100, 102, 99, 101, 1000, 100.5, 10);

    private static Dictionary<string, Action<FrameBuffer>> Encoders { get; } = AllEncoders();

    [Fact]
    public void Golden_OfTheGateway_EveryFrameIsWrittenOrNeverSent()
    {
        var unknown = GoldenFrames
            .Read("gateway")
            .Where(frame => !frame.FromClient)
            .Where(frame => !Encoders.ContainsKey(frame.Name))
            .Where(frame => !s_neverSent.Contains(frame.Name) && !s_neverSent.Contains(frame.Message));

        unknown.ShouldBeEmpty();
    }

    [Fact]
    public void Encoders_OfEveryMessage_WriteTheGoldenBytes()
    {
        var frames = GoldenFrames.Read("gateway").ToDictionary(frame => frame.Name);
        foreach (var (name, encode) in Encoders)
        {
            using var buffer = new FrameBuffer(capacity: 16);
            encode(buffer);
            buffer.Written.ToArray().ShouldBe(frames[name].Bytes, name);
        }
    }

    private static Dictionary<string, Action<FrameBuffer>> AllEncoders()
    {
        var all = new Dictionary<string, Action<FrameBuffer>>();
        Prices(all);
        Contracts(all);
        Accounts(all);
        History(all);
        return all;
    }

    private static void Prices(Dictionary<string, Action<FrameBuffer>> all)
    {
        Price("bid and its size", 3, 1, 5.1, 12, 1);
        Price("ask and its size", 3, 2, 5.2, 9, 1);
        Price("last and its size", 3, 4, 5.15, 3, 0);
        Price("high", 3, 6, 5.6, 0, 0);
        Price("low", 3, 7, 4.8, 0, 0);
        Price("close of the day before", 3, 9, 5, 0, 0);
        Price("open", 3, 14, 199.5, 0, 0);
        Price("nobody bids", 3, 1, -1, 0, 1);
        Price("a price of ten million", 3, 4, 1e7, 1, 0);
        Price("a price below a thousandth", 3, 4, 0.000125, 1, 0);
        Price("delayed bid", 4, 66, 5.05, 10, 1);
        Price("delayed ask", 4, 67, 5.25, 11, 1);
        Price("delayed last", 4, 68, 5.15, 3, 0);
        Price("delayed high", 4, 72, 5.6, 0, 0);
        Price("delayed low", 4, 73, 4.8, 0, 0);
        Price("delayed close", 4, 75, 5, 0, 0);
        Price("delayed open", 4, 76, 199.5, 0, 0);
        Price("mark price", 3, 37, 5.148, 0, 0);
        Size("bid", 3, 0, 14);
        Size("ask", 3, 3, 7);
        Size("last", 3, 5, 1);
        Size("volume of the day", 3, 8, 41_000_000);
        Size("calls outstanding", 3, 27, 8421);
        Size("puts outstanding", 3, 28, 0);
        Size("calls traded", 3, 29, 1543);
        Size("delayed bid", 4, 69, 14);
        Size("delayed volume", 4, 74, 1543);
        Size("more than 32 bits", 3, 8, 1L << 32);
        var call = SmallMarket.CallQuote;
        var nothing = new OptionComputation(
            double.NaN,
            double.NaN,
            double.NaN,
            double.NaN,
            double.NaN,
            double.NaN,
            double.NaN,
            double.NaN
        );
        Computation("bid", 3, 10, call.BidComputation, true);
        Computation("ask", 3, 11, call.AskComputation, true);
        Computation("last, not computed", 3, 12, call.LastComputation, true);
        Computation("model", 3, 13, call.Model, false);
        Computation("nothing is known", 3, 13, nothing, false);
        Computation("delayed bid", 4, 80, call.BidComputation with { Price = 5.05 }, true);
        Computation("delayed model", 4, 83, call.Model, false);
        Computation("asked for", 9, 53, call.Model, false);
        all["tickGeneric: not halted"] = to => GatewayMessages.TickGeneric(to, 3, 49, 0);
        all["tickGeneric: halted"] = to => GatewayMessages.TickGeneric(to, 3, 49, 1);
        all["tickGeneric: implied volatility of the underlying"] = to => GatewayMessages.TickGeneric(to, 5, 24, 0.248);
        all["tickGeneric: delayed, halted"] = to => GatewayMessages.TickGeneric(to, 4, 90, 1);
        all["tickString: time of the last trade"] = to => GatewayMessages.TickTime(to, 3, 45, s_trade);
        all["tickString: delayed time of the last trade"] = to =>
            GatewayMessages.TickTime(to, 4, 88, s_trade.AddMinutes(-15));
        all["tickString: a trade with volume"] = to =>
            GatewayMessages.TickString(to, 3, 48, "5.15;3;1763672130000;1543;5.18333333;true");
        all["tickSnapshotEnd"] = to => GatewayMessages.TickSnapshotEnd(to, 3);
        all["marketDataType: live"] = to => GatewayMessages.MarketDataType(to, 3, 1);
        all["marketDataType: frozen"] = to => GatewayMessages.MarketDataType(to, 3, 2);
        all["marketDataType: delayed"] = to => GatewayMessages.MarketDataType(to, 4, 3);
        all["marketDataType: delayed and frozen"] = to => GatewayMessages.MarketDataType(to, 4, 4);
        all["tickReqParams: an option"] = to => GatewayMessages.TickReqParams(to, 3, 0.01, "c70003", 3);
        all["tickReqParams: a stock"] = to => GatewayMessages.TickReqParams(to, 5, 0.01, "9c0001", 3);
        all["smartComponents"] = to => GatewayMessages.SmartComponents(to, 6, [(0, "AMEX", 'A'), (1, "CBOE", 'C')]);

        void Price(string name, int id, int type, double price, long size, int mask) =>
            all[$"tickPrice: {name}"] = to => GatewayMessages.TickPrice(to, id, type, price, size, mask);

        void Size(string name, int id, int type, long size) =>
            all[$"tickSize: {name}"] = to => GatewayMessages.TickSize(to, id, type, size);

        void Computation(string name, int id, int type, OptionComputation value, bool single) =>
            all[$"tickOptionComputation: {name}"] = to =>
                GatewayMessages.TickOptionComputation(to, id, type, value, single);
    }

    private static void Contracts(Dictionary<string, Action<FrameBuffer>> all)
    {
        const string hours = "20251120:0930-20251120:1600;20251121:0930-20251121:1600";
        var market = new SmallMarket();
        var day = new DateOnly(2025, 11, 20);
        var stock = market.Find(SmallMarket.Apple, day)!;
        var call = market.Find(SmallMarket.AppleCall, day)!;
        var put = call with
        {
            ConId = 727230009,
            Strike = 202.5,
            Right = OptionRight.Put,
            LocalSymbol = "AAPL  251219P00202500",
            MinTick = 0.05,
            Exchanges = ["SMART", "CBOE"],
        };
        all["contractData: an option"] = to => ContractMessages.ContractData(to, 2, call, "SMART", stock, hours);
        all["contractData: a stock"] = to => ContractMessages.ContractData(to, 5, stock, "SMART", null, hours);
        all["contractData: a strike with a fraction, and a holiday"] = to =>
            ContractMessages.ContractData(to, 6, put, "CBOE", stock, "20251127:CLOSED;20251128:0930-20251128:1300");
        all["contractDataEnd"] = to => ContractMessages.ContractDataEnd(to, 2);
        var chain = market.Classes(SmallMarket.Apple, day)[0];
        var empty = new OptionClass("SPXW", 100, ["CBOE"], [new DateOnly(2025, 12, 19)], []);
        all["secDefOptParameter: SMART"] = to =>
            ContractMessages.OptionParameter(to, 1, "SMART", SmallMarket.Apple, chain);
        all["secDefOptParameter: without strikes"] = to =>
            ContractMessages.OptionParameter(to, 1, "CBOE", SmallMarket.Index, empty);
        all["secDefOptParameterEnd"] = to => ContractMessages.OptionParameterEnd(to, 1);
        var widgets = stock with { ConId = 99, Symbol = "AAPW", PrimaryExchange = "NYSE", LongName = "AAP WIDGETS" };
        all["symbolSamples"] = to => ContractMessages.SymbolSamples(to, 6, [(stock, true), (widgets, false)]);
        all["symbolSamples: none"] = to => ContractMessages.SymbolSamples(to, 6, []);
        all["marketRule"] = to => ContractMessages.MarketRule(to, 109, [(0, 0.01), (3, 0.05)]);
    }

    private static void Accounts(Dictionary<string, Action<FrameBuffer>> all)
    {
        const string account = "DU1234567";
        const string value = "1000000.00";
        all["error: of a request"] = to => Error(to, 3, TwsError.UnknownContract);
        all["error: notice"] = to => Error(to, GatewayMessages.NoRequest, TwsError.Farms[0]);
        all["error: letters beyond ASCII"] = to => Error(to, 3, TwsError.Invalid("Zürich"));
        all["error: delayed data instead"] = to => Error(to, 4, TwsError.DisplayingDelayed);
        all["accountValue"] = to => AccountMessages.AccountValue(to, "NetLiquidation", value, "USD", account);
        all["accountUpdateTime"] = to => AccountMessages.AccountUpdateTime(to, "22:15");
        all["accountDownloadEnd"] = to => AccountMessages.AccountDownloadEnd(to, account);
        all["accountSummary"] = to => AccountMessages.AccountSummary(to, 8, account, "NetLiquidation", value, "USD");
        all["accountSummaryEnd"] = to => AccountMessages.AccountSummaryEnd(to, 8);
        all["accountUpdateMulti"] = to =>
            AccountMessages.AccountUpdateMulti(to, 8, account, "NetLiquidation", value, "USD");
        all["accountUpdateMultiEnd"] = to => AccountMessages.AccountUpdateMultiEnd(to, 8);
        all["positionEnd"] = AccountMessages.PositionEnd;
        all["positionMultiEnd"] = to => AccountMessages.PositionMultiEnd(to, 8);
        all["openOrderEnd"] = AccountMessages.OpenOrderEnd;
        all["executionDataEnd"] = to => AccountMessages.ExecutionDataEnd(to, 9);
        all["completedOrdersEnd"] = AccountMessages.CompletedOrdersEnd;
        all["nextValidId"] = to => GatewayMessages.NextValidId(to, 1);
        all["managedAccounts: one"] = to => GatewayMessages.ManagedAccounts(to, account);
        all["managedAccounts: two"] = to => GatewayMessages.ManagedAccounts(to, "DU1234567,DU7654321");
        all["currentTime"] = to =>
            GatewayMessages.CurrentTime(to, new DateTimeOffset(2025, 11, 21, 3, 15, 30, TimeSpan.Zero));
    }

    private static void History(Dictionary<string, Action<FrameBuffer>> all)
    {
        const string begin = "20251119 00:00:00 US/Eastern";
        const string end = "20251120 22:15:30 US/Eastern";
        var second = new HistoryBar(default, 101, 103, 100, 102, 1000, 101.5, 10);
        var midpoint = s_bar with { Volume = -1, Average = -1, Count = -1 };
        all["historicalData: trades"] = to =>
            HistoryMessages.HistoricalData(
                to,
                10,
                begin,
                end,
                [("20251119 09:30:00 US/Eastern", s_bar), ("20251119 10:30:00 US/Eastern", second)]
            );
        all["historicalData: midpoints have no volume"] = to =>
            HistoryMessages.HistoricalData(to, 11, "20251120 00:00:00 US/Eastern", end, [("1763649000", midpoint)]);
        all["historicalData: days"] = to => HistoryMessages.HistoricalData(to, 12, begin, end, [("20251119", s_bar)]);
        all["historicalData: no bars"] = to => HistoryMessages.HistoricalData(to, 13, begin, end, []);
        all["historicalDataUpdate"] = to =>
            HistoryMessages.HistoricalDataUpdate(to, 11, "20251120 15:55:00 US/Eastern", s_bar);
        all["headTimestamp: as text"] = to => HistoryMessages.HeadTimestamp(to, 7, "19801212-14:30:00");
        all["headTimestamp: in seconds"] = to => HistoryMessages.HeadTimestamp(to, 7, "345479400");
        var first = new DateOnly(2025, 11, 20);
        all["historicalSchedule"] = to =>
            HistoryMessages.HistoricalSchedule(
                to,
                16,
                "20251120-09:30:00",
                "20251121-16:00:00",
                [
                    ("20251120-09:30:00", "20251120-16:00:00", first),
                    ("20251121-09:30:00", "20251121-16:00:00", first.AddDays(1)),
                ]
            );
    }

    private static void Error(FrameBuffer to, int id, TwsError error) =>
        GatewayMessages.Error(to, id, error.Code, error.Text);
}
