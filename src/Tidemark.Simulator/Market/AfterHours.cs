using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>
/// Trading at the closing price from 15:05 to 15:30, for all shares since 2026-07-06 but those under special treatment.
/// Whether <c>daily.vol</c> holds it is not documented; here it does not.
/// </summary>
internal static class AfterHours
{
    private const double TradedShare = 0.3;

    private static readonly DateOnly s_since = new(2026, 7, 6);

    /// <summary>In lots of a hundred shares; null before there was any such trading.</summary>
    public static void WriteVolume(JsonRowWriter writer, Instrument instrument, int position, DateOnly day, Bar bar)
    {
        if (day < s_since)
        {
            writer.Null();
        }
        else
        {
            writer.Decimal(Lots(instrument, position, bar), 0);
        }
    }

    /// <summary>In thousands of CNY.</summary>
    public static void WriteAmount(JsonRowWriter writer, Instrument instrument, int position, DateOnly day, Bar bar)
    {
        if (day < s_since)
        {
            writer.Null();
        }
        else
        {
            // A lot at a price in cents is as many CNY.
            writer.Decimal(Lots(instrument, position, bar) * bar.Close, 3);
        }
    }

    private static long Lots(Instrument instrument, int position, Bar bar)
    {
        var key = SeededHash.Mix(instrument.Key, 2222, (ulong)position);
        return instrument.SpellAt(position) is not null || SeededHash.Unit(key) >= TradedShare
            ? 0
            : (long)(bar.Shares * 0.004 * SeededHash.Unit(SeededHash.Mix(key, 1)) / 100);
    }
}
