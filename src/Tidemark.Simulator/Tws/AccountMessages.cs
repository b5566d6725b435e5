namespace Tidemark.Simulator.Tws;

/// <summary>Messages about an account that holds only cash, which clients request when they connect.</summary>
internal static class AccountMessages
{
    private const string Currency = "USD";

    /// <summary>The values of every account, by key.</summary>
    public static IReadOnlyList<(string Key, string Value, string Currency)> Values { get; } =
    [
        ("AccountType", "INDIVIDUAL", ""),
        ("NetLiquidation", "1000000.00", Currency),
        ("TotalCashValue", "1000000.00", Currency),
        ("AvailableFunds", "1000000.00", Currency),
        ("BuyingPower", "4000000.00", Currency),
        ("GrossPositionValue", "0.00", Currency),
    ];

    public static void AccountValue(FrameBuffer to, string key, string value, string currency, string account) =>
        to.Begin(6).Int(2).Text(key).Text(value).Text(currency).Text(account).End();

    public static void AccountUpdateTime(FrameBuffer to, string time) => to.Begin(8).Int(1).Text(time).End();

    public static void AccountDownloadEnd(FrameBuffer to, string account) => to.Begin(54).Int(1).Text(account).End();

    public static void AccountUpdateMulti(
        FrameBuffer to,
        int id,
        string account,
        string key,
        string value,
        string currency
    ) => to.Begin(73).Int(1).Int(id).Text(account).Text("").Text(key).Text(value).Text(currency).End();

    public static void AccountUpdateMultiEnd(FrameBuffer to, int id) => to.Begin(74).Int(1).Int(id).End();

    public static void AccountSummary(
        FrameBuffer to,
        int id,
        string account,
        string tag,
        string value,
        string currency
    ) => to.Begin(63).Int(1).Int(id).Text(account).Text(tag).Text(value).Text(currency).End();

    public static void AccountSummaryEnd(FrameBuffer to, int id) => to.Begin(64).Int(1).Int(id).End();

    public static void PositionEnd(FrameBuffer to) => to.Begin(62).Int(1).End();

    public static void PositionMultiEnd(FrameBuffer to, int id) => to.Begin(72).Int(1).Int(id).End();

    public static void OpenOrderEnd(FrameBuffer to) => to.Begin(53).Int(1).End();

    public static void ExecutionDataEnd(FrameBuffer to, int id) => to.Begin(55).Int(1).Int(id).End();

    public static void CompletedOrdersEnd(FrameBuffer to) => to.Begin(102).End();
}
