namespace Tidemark.Core.Datasets;

/// <summary>The units of volumes and turnovers of which it is known how many shares or CNY one is.</summary>
public static class CountedUnits
{
    /// <summary>How many shares (or units of a fund) one is.</summary>
    public static IReadOnlyDictionary<string, double> Volumes { get; } =
        new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["share"] = 1,
            ["hand"] = 100,
            ["10,000 shares"] = 10_000,
        };

    /// <summary>How many CNY one is.</summary>
    public static IReadOnlyDictionary<string, double> Amounts { get; } =
        new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["CNY"] = 1,
            ["thousand CNY"] = 1_000,
            ["10,000 CNY"] = 10_000,
        };

    /// <summary>The unit of prices that turnover over volume can be compared with.</summary>
    public const string Price = "CNY";
}
