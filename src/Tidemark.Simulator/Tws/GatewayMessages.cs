using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Writes every message of the gateway about itself and about prices, in the layout of server version 176.
/// </summary>
internal static class GatewayMessages
{
    /// <summary>The id of an error that belongs to no request.</summary>
    public const int NoRequest = -1;

    /// <summary>The version that gateways send to clients from before version 100.</summary>
    private const string LegacyVersion = "76";

    private const int TickVersion = 6;

    public static void Greeting(FrameBuffer to, int version, string time)
    {
        to.BeginPayload().Int(version).Text(time).End();
    }

    /// <summary>
    /// The refusal for a client from before version 100: a server version and an error, as fields that end with NUL,
    /// without frames.
    /// </summary>
    public static void LegacyRefusal(FrameBuffer to, string time, in TwsError error)
    {
        foreach (var field in (string[])[LegacyVersion, time, "4", "2", "-1"])
        {
            to.Text(field);
        }

        to.Int(error.Code).Text(error.Text);
    }

    public static void ManagedAccounts(FrameBuffer to, string accounts) => to.Begin(15).Int(1).Text(accounts).End();

    public static void NextValidId(FrameBuffer to, int orderId) => to.Begin(9).Int(1).Int(orderId).End();

    public static void CurrentTime(FrameBuffer to, DateTimeOffset now) =>
        to.Begin(49).Int(1).Int(now.ToUnixTimeSeconds()).End();

    public static void Error(FrameBuffer to, int id, int code, string message) =>
        to.Begin(4).Int(2).Int(id).Int(code).Text(message).Text("").End();

    public static void MarketDataType(FrameBuffer to, int id, int type) => to.Begin(58).Int(1).Int(id).Int(type).End();

    public static void TickReqParams(FrameBuffer to, int id, double minTick, string bboExchange, int permissions) =>
        to.Begin(81).Int(id).Double(minTick).Text(bboExchange).Int(permissions).End();

    public static void TickPrice(FrameBuffer to, int id, int type, double price, long size, int mask) =>
        to.Begin(1).Int(TickVersion).Int(id).Int(type).Double(price).Int(size).Int(mask).End();

    public static void TickSize(FrameBuffer to, int id, int type, long size) =>
        to.Begin(2).Int(TickVersion).Int(id).Int(type).Int(size).End();

    public static void TickGeneric(FrameBuffer to, int id, int type, double value) =>
        to.Begin(45).Int(TickVersion).Int(id).Int(type).Double(value).End();

    public static void TickString(FrameBuffer to, int id, int type, string value) =>
        to.Begin(46).Int(TickVersion).Int(id).Int(type).Text(value).End();

    /// <summary>A time in seconds, which the protocol sends as text.</summary>
    public static void TickTime(FrameBuffer to, int id, int type, DateTimeOffset time) =>
        to.Begin(46).Int(TickVersion).Int(id).Int(type).Int(time.ToUnixTimeSeconds()).End();

    /// <summary>
    /// What a price implies. NaN becomes −1 for values that must be positive, and −2 for Greeks. Prices of quotes are
    /// rounded to single precision, as real gateways do.
    /// </summary>
    public static void TickOptionComputation(
        FrameBuffer to,
        int id,
        int type,
        in OptionComputation value,
        bool singlePrecision
    ) =>
        to.Begin(21)
            .Int(id)
            .Int(type)
            .Int(0)
            .Double(value.ImpliedVolatility, -1)
            .Double(value.Delta, -2)
            .Double(singlePrecision ? (float)value.Price : value.Price, -1)
            .Double(value.DividendValue, -1)
            .Double(value.Gamma, -2)
            .Double(value.Vega, -2)
            .Double(value.Theta, -2)
            .Double(value.UnderlyingPrice, -1)
            .End();

    public static void TickSnapshotEnd(FrameBuffer to, int id) => to.Begin(57).Int(1).Int(id).End();

    public static void SmartComponents(
        FrameBuffer to,
        int id,
        IReadOnlyList<(int Bit, string Exchange, char Letter)> parts
    )
    {
        to.Begin(82).Int(id).Int(parts.Count);
        foreach (var (bit, exchange, letter) in parts)
        {
            to.Int(bit).Text(exchange).Text([letter]);
        }

        to.End();
    }
}
