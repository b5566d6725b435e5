namespace Tidemark.Simulator.Tests.Tws;

/// <summary>Requests as dumps.</summary>
internal static class Ask
{
    public const string Call = "727230001␀␀␀␀0␀␀␀SMART␀␀␀␀␀";
    public const string Put = "727230002␀␀␀␀0␀␀␀SMART␀␀␀␀␀";
    public const string Unquoted = "727230003␀␀␀␀0␀␀␀SMART␀␀␀␀␀";
    public const string Stock = "265598␀␀␀␀0␀␀␀SMART␀␀␀␀␀";
    public const string Index = "416904␀␀␀␀0␀␀␀CBOE␀␀␀␀␀";

    public static string Snapshot(int id, string contract = Call, string generic = "") =>
        $"1␀11␀{id}␀{contract}0␀{generic}␀1␀0␀␀";

    public static string Stream(int id, string contract = Call, string generic = "") =>
        $"1␀11␀{id}␀{contract}0␀{generic}␀0␀0␀␀";

    public static string Cancel(int id) => $"2␀2␀{id}␀";

    public static string DataType(int type) => $"59␀1␀{type}␀";

    public static string Details(int id, string contract) => $"9␀8␀{id}␀{contract}0␀␀␀␀";

    public static string Chain(int id, string symbol = "AAPL", int conId = 265598, string secType = "STK") =>
        $"78␀{id}␀{symbol}␀␀{secType}␀{conId}␀";

    /// <summary>A contract by its description; parts left out are open.</summary>
    public static string Option(
        string symbol = "AAPL",
        string date = "20251219",
        string strike = "200",
        string right = "C",
        string exchange = "SMART",
        string tradingClass = ""
    ) => $"0␀{symbol}␀OPT␀{date}␀{strike}␀{right}␀100␀{exchange}␀␀USD␀␀{tradingClass}␀";

    public static string Underlying(string symbol, string secType = "STK", string exchange = "SMART") =>
        $"0␀{symbol}␀{secType}␀␀0.0␀␀␀{exchange}␀␀USD␀␀␀";

    public static string Bars(
        int id,
        string contract = Stock,
        string end = "",
        string size = "1 hour",
        string duration = "1 D",
        string show = "TRADES",
        int format = 1,
        bool keeps = false
    ) => $"20␀{id}␀{contract}0␀{end}␀{size}␀{duration}␀1␀{show}␀{format}␀{(keeps ? 1 : 0)}␀␀";

    public static string Head(int id, string contract = Stock, string show = "TRADES", int format = 1) =>
        $"87␀{id}␀{contract}0␀1␀{show}␀{format}␀";
}
