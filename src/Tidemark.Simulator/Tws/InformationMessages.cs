namespace Tidemark.Simulator.Tws;

/// <summary>Messages about other things than prices, contracts and accounts: mostly that there is nothing.</summary>
internal static class InformationMessages
{
    /// <summary>A document without anything to scan for.</summary>
    private const string NoScanners =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ScanParameterResponse></ScanParameterResponse>";

    private const string Groups = "1|2|3|4|5|6|7";

    public static void ScannerParameters(FrameBuffer to) => to.Begin(19).Int(1).Text(NoScanners).End();

    /// <summary>No rows, which also ends a scan.</summary>
    public static void ScannerData(FrameBuffer to, int id) => to.Begin(20).Int(3).Int(id).Int(0).End();

    /// <summary>A bar of five seconds.</summary>
    public static void RealTimeBar(FrameBuffer to, int id, in Options.HistoryBar bar)
    {
        to.Begin(50).Int(3).Int(id).Int(bar.Begin.ToUnixTimeSeconds());
        to.Double(bar.Open).Double(bar.High).Double(bar.Low).Double(bar.Close).Int(bar.Volume);
        (bar.Volume < 0 ? to.Int(-1) : to.Double(bar.Average)).Int(bar.Count).End();
    }

    public static void DisplayGroupList(FrameBuffer to, int id) => to.Begin(67).Int(1).Int(id).Text(Groups).End();

    /// <summary>A group in which no contract is chosen.</summary>
    public static void DisplayGroupUpdated(FrameBuffer to, int id) => to.Begin(68).Int(1).Int(id).Text("none").End();

    public static void SoftDollarTiers(FrameBuffer to, int id) => to.Begin(77).Int(id).Int(0).End();

    /// <summary>Accounts that belong to no family.</summary>
    public static void FamilyCodes(FrameBuffer to, IReadOnlyList<string> accounts)
    {
        to.Begin(78).Int(accounts.Count);
        foreach (var account in accounts)
        {
            to.Text(account).Text("");
        }

        to.End();
    }

    public static void DepthExchanges(FrameBuffer to) => to.Begin(80).Int(0).End();

    public static void NewsProviders(FrameBuffer to) => to.Begin(85).Int(0).End();

    public static void HistoricalNewsEnd(FrameBuffer to, int id) => to.Begin(87).Int(id).Bool(false).End();

    /// <summary>The profit of an account that holds nothing.</summary>
    public static void Profit(FrameBuffer to, int id) => to.Begin(94).Int(id).Double(0).Double(0).Double(0).End();

    /// <summary>The profit of a position that does not exist.</summary>
    public static void ProfitOfPosition(FrameBuffer to, int id) =>
        to.Begin(95).Int(id).Int(0).Double(0).Double(0).Double(0).Double(0).End();

    public static void UserInfo(FrameBuffer to, int id) => to.Begin(107).Int(id).Text("").End();
}
