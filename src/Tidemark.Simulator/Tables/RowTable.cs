using System.Buffers;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tables;

/// <summary>
/// An API of the long tail: a function makes its rows, all columns in the vendor's order, and newest first where they
/// have days. It may leave out what was not asked for; this class does it anyway, and pages.
/// </summary>
internal sealed class RowTable(string api, Func<Ask, IEnumerable<Cell[]>> rows) : MarketTable(api)
{
    /// <summary>All rows that match, as of a day, not paged.</summary>
    public IEnumerable<Cell[]> Rows(IReadOnlyDictionary<string, string> parameters, DateOnly today)
    {
        var ask = new Ask(new TushareRequest(Api, parameters, [], Offset: 0, int.MaxValue), Api, today);
        return rows(ask).Where(row => ask.Fits(row));
    }

    public override bool WriteRows(
        TushareRequest request,
        DateOnly today,
        IBufferWriter<byte> output,
        CancellationToken cancellationToken
    )
    {
        var ask = new Ask(request, Api, today);
        return WritePage(
            request,
            output,
            rows(ask).Where(row => ask.Fits(row)),
            static (writer, row, column) => row[column].Write(writer),
            cancellationToken
        );
    }
}
