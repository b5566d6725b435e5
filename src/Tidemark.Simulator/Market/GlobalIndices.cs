using Tidemark.Simulator.Tables;

namespace Tidemark.Simulator.Market;

/// <summary>
/// <c>index_global</c>: indices abroad under codes without an ending. Each has its own closed days, which no calendar
/// of the vendor tells.
/// </summary>
internal sealed class GlobalIndices(MarketDays weekdays, ulong seed)
{
    private const double ClosedShare = 0.035;

    private static readonly string[] s_codes =
        "XIN9 HSI HKTECH HKAH DJI SPX IXIC FTSE FCHI GDAXI N225 KS11 AS51 SENSEX IBOVESPA RTS TWII CKLSE SPTSX CSX5P RUT".Split(
            ' '
        );

    private readonly Instrument[] _indices = [.. s_codes.Select((code, i) => Index(weekdays, code, seed, i))];

    public IEnumerable<Cell[]> Rows(Ask ask) =>
        from position in weekdays.Backwards(ask.First, ask.Last)
        from index in _indices
        where ask.Wants("ts_code", index.Code) && index.IsTraded(position)
        select Row(index, position);

    private Cell[] Row(Instrument index, int position)
    {
        var bar = BarMaker.At(index, position);
        Cell Points(long value) => Cell.Scaled(Rounding.Divide(value, 100), 2);
        return
        [
            index.Code,
            weekdays[position],
            Points(bar.Open),
            Points(bar.Close),
            Points(bar.High),
            Points(bar.Low),
            Points(bar.PreClose),
            Cell.Scaled(Rounding.Divide(bar.Close, 100) - Rounding.Divide(bar.PreClose, 100), 2),
            Cell.Scaled(bar.PercentChange, 4),
            Cell.Num(100.0 * (bar.High - bar.Low) / bar.PreClose, 4),
            index.Key % 3 == 0 ? Cell.Null : Cell.Scaled(bar.Shares, 0),
            Cell.Null,
        ];
    }

    private static Instrument Index(MarketDays weekdays, string code, ulong seed, int number)
    {
        var key = SeededHash.Mix(seed, 2929, (ulong)number);
        var index = WorldSeries.Instrument(
            weekdays,
            code,
            key,
            level: 2000 * Math.Exp(2.5 * SeededHash.Unit(SeededHash.Mix(key, 1))),
            scale: 0.4,
            decimals: 4
        );
        return index with { Suspensions = Closed(weekdays, key) };
    }

    /// <summary>Single closed days, as if the index were suspended.</summary>
    private static Suspension[] Closed(MarketDays weekdays, ulong key)
    {
        var list = new List<Suspension>();
        for (var i = 1; i < weekdays.Count; i++)
        {
            if (SeededHash.Unit(SeededHash.Mix(key, 2, (ulong)weekdays[i].DayNumber)) < ClosedShare)
            {
                list.Add(new Suspension(i, i + 1, list.Count));
            }
        }

        return [.. list];
    }
}
