using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>suspend_d</c>: S without a time for a day without trading, S with a time for a halt within the day (the stock has
/// a bar then), R for the day on which trading goes on.
/// </summary>
internal sealed class SuspensionTable(MarketDays days, IEnumerable<Instrument> instruments)
    : SeriesTable("suspend_d", days, instruments)
{
    private const double HaltShare = 0.0003;

    private static readonly byte[][] s_halts =
    [
        "09:30-10:00"u8.ToArray(),
        "10:30-10:40"u8.ToArray(),
        "13:00-13:30"u8.ToArray(),
        "14:20-14:57"u8.ToArray(),
    ];

    protected override bool Has(Instrument instrument, int position, TushareRequest request)
    {
        if (!instrument.IsAlive(position))
        {
            return false;
        }

        var isResumed = instrument.IsResumed(position);
        if (!isResumed && !instrument.IsSuspended(position) && !IsHalted(instrument, position))
        {
            return false;
        }

        return !request.Parameters.TryGetValue("suspend_type", out var type) || type == (isResumed ? "R" : "S");
    }

    protected override void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns)
    {
        var isResumed = instrument.IsResumed(position);
        foreach (var column in columns)
        {
            switch (column)
            {
                case 0:
                    writer.Plain(instrument.CodeUtf8);
                    break;
                case 1:
                    writer.Day(Days[position]);
                    break;
                case 2 when isResumed || instrument.IsSuspended(position):
                    writer.Null();
                    break;
                case 2:
                    writer.Plain(
                        s_halts[SeededHash.Index(SeededHash.Mix(Draw(instrument, position), 1), s_halts.Length)]
                    );
                    break;
                default:
                    writer.Plain(isResumed ? "R"u8 : "S"u8);
                    break;
            }
        }
    }

    private static bool IsHalted(Instrument instrument, int position) =>
        SeededHash.Unit(Draw(instrument, position)) < HaltShare;

    private static ulong Draw(Instrument instrument, int position) =>
        SeededHash.Mix(instrument.Key, 1414, (ulong)position);
}
