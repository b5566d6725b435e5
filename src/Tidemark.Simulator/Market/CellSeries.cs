using System.Buffers;
using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>Fills the values of a row, all columns in the vendor's order.</summary>
internal delegate void RowFill(Instrument instrument, int position, Span<Cell> row);

/// <summary>An API of the long tail with a row by instrument and day.</summary>
/// <param name="has">Whether there is a row. Cheap.</param>
/// <param name="daysAfterEnd">How many open days after an instrument's last one a row may still stand.</param>
/// <param name="chosen">Whether a request wants an instrument, beside its code; null where only codes choose.</param>
internal sealed class CellSeries(
    string api,
    MarketDays days,
    IEnumerable<Instrument> instruments,
    Func<Instrument, int, bool> has,
    RowFill fill,
    Func<TushareRequest, Instrument, bool>? chosen = null,
    int daysAfterEnd = 0
) : SeriesTable(api, days, instruments)
{
    protected override int DaysAfterEnd => daysAfterEnd;

    protected override bool Has(Instrument instrument, int position, TushareRequest request) =>
        has(instrument, position) && chosen?.Invoke(request, instrument) != false;

    protected override void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns)
    {
        // Rented, because a whole market has thousands of rows.
        var row = ArrayPool<Cell>.Shared.Rent(Api.Columns.Count);
        fill(instrument, position, row.AsSpan(0, Api.Columns.Count));
        foreach (var column in columns)
        {
            row[column].Write(writer);
        }

        ArrayPool<Cell>.Shared.Return(row);
    }
}
