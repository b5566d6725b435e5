namespace Tidemark.Warehouse.Tests;

/// <summary>What must hold of every row of <c>dwd.dwd_stock_daily</c> if units are what they claim to be.</summary>
internal static class UnitChecks
{
    /// <summary>
    /// Rows that break a law, one number a law: value traded ÷ shares traded lies within the day's prices (the vendor
    /// rounds amounts to 1 CNY and volumes to a share); shares traded ÷ float shares is the turnover ratio; a change is
    /// close against reference price, as a fraction.
    /// </summary>
    public const string OutOfBounds = """
        SELECT
            count(*) FILTER (volume_shares > 0 AND NOT amount_cny / volume_shares
                BETWEEN low - 0.005 - 1000 / volume_shares AND high + 0.005 + 1000 / volume_shares),
            count(*) FILTER (abs(volume_shares / float_shares - turnover_ratio) > 0.0001),
            count(*) FILTER (abs(change_ratio - daily_return) > 0.00011)
        FROM dwd.dwd_stock_daily
        """;
}
