namespace Tidemark.Simulator.Market;

/// <summary>
/// Invented totals of bonds and options, which have no instruments here. Bonds are the sum of their three parts.
/// </summary>
internal static class BondTotals
{
    /// <summary>The label of <c>sz_daily_info</c>, the board of <c>daily_info</c> and its name.</summary>
    public static readonly (string Label, string? Board, string Name)[] Kinds =
    [
        (Whole, "SZ_BOND", "深圳债券"),
        ("债券现券", "SZ_BOND_CN", "深圳债券现券"),
        ("债券回购", "SZ_BOND_REP", "深圳债券回购"),
        ("ABS", "SZ_BOND_ABS", "深圳ABS"),
        ("期权", null, ""),
    ];

    private const string Whole = "债券";

    private static readonly string[] s_parts = ["债券现券", "债券回购", "ABS"];

    /// <summary>How many there are, what was traded (a hundred CNY each), and for how much.</summary>
    public static (long Count, long Volume, double Amount) Of(string label, int position)
    {
        if (label != Whole)
        {
            return One(label, position);
        }

        var sum = (Count: 0L, Volume: 0L, Amount: 0.0);
        foreach (var part in s_parts)
        {
            var (count, volume, amount) = One(part, position);
            sum = (sum.Count + count, sum.Volume + volume, sum.Amount + amount);
        }

        return sum;
    }

    private static (long Count, long Volume, double Amount) One(string label, int position)
    {
        var key = SeededHash.Mix(3131, label);
        var volume = (long)(1e8 * (1 + SeededHash.Unit(SeededHash.Mix(key, (ulong)position))));
        return (200 + (long)(50 * SeededHash.Unit(key)), volume, volume * 100.0);
    }
}
