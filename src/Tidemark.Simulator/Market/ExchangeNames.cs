namespace Tidemark.Simulator.Market;

/// <summary>The vendor's names of the exchanges behind the endings of codes.</summary>
internal static class ExchangeNames
{
    public static string Of(string code) =>
        code[^2..] switch
        {
            "SH" => "SSE",
            "SZ" => "SZSE",
            _ => "BSE",
        };
}
