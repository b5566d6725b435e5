namespace Tidemark.Simulator.Market;

/// <summary>One delivery month of a product. Positions are those of the calendar.</summary>
/// <param name="Month">Year × 12 + month − 1.</param>
/// <param name="Start">The position of its first trading day.</param>
/// <param name="End">The position after its last one, or after the calendar's.</param>
internal sealed record Contract(Product Product, int Month, DateOnly Listed, DateOnly LastTraded, int Start, int End)
{
    public int DeliveryYear => Month / 12;

    public int DeliveryMonth => (Month % 12) + 1;

    /// <summary>CU2310: four digits, those of the Zhengzhou exchange too.</summary>
    public string Symbol { get; } = $"{Product.Code}{Month / 12 % 100:D2}{(Month % 12) + 1:D2}";

    public string Code { get; } = $"{Product.Code}{Month / 12 % 100:D2}{(Month % 12) + 1:D2}.{Product.Ending}";

    public bool IsTraded(int position) => position >= Start && position < End;
}

/// <summary>A day of a contract, in quote currency, lots and CNY.</summary>
internal readonly record struct ContractDay(
    double Open,
    double High,
    double Low,
    double Close,
    double Settle,
    long Volume,
    double Amount,
    long OpenInterest
);
