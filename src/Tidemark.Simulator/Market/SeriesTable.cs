using System.Buffers;
using System.Runtime.InteropServices;
using Tidemark.Core;
using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>
/// Rows by instrument and day, at most one each, newest day first and codes ascending within a day. A page is found by
/// counting rows, which needs no prices; only rows that are sent are computed.
/// </summary>
internal abstract class SeriesTable : MarketTable
{
    private readonly MarketDays _days;
    private readonly Instrument[] _instruments;
    private readonly Dictionary<string, Instrument> _byCode;

    /// <param name="instruments">In the order of their codes.</param>
    protected SeriesTable(string api, MarketDays days, IEnumerable<Instrument> instruments)
        : base(api)
    {
        _days = days;
        _instruments = [.. instruments];
        _byCode = _instruments.ToDictionary(i => i.Code);
    }

    protected MarketDays Days => _days;

    /// <summary>
    /// How many open days after an instrument's last one a row may still stand: its last week has a later label.
    /// </summary>
    protected virtual int DaysAfterEnd => 0;

    public sealed override bool WriteRows(
        TushareRequest request,
        DateOnly today,
        IBufferWriter<byte> output,
        CancellationToken cancellationToken
    )
    {
        var (first, last) = Range(request.Parameters, _days.OnOrBefore(today));
        var instruments = Chosen(request, ref first, ref last);
        var columns = request.Columns is int[] array ? array : [.. request.Columns];
        using var writer = new JsonRowWriter(output, request.NumbersAsText);
        var skip = request.Offset;
        for (var position = last; position >= first; position--)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var instrument in instruments)
            {
                if (!Has(instrument, position, request))
                {
                    continue;
                }

                if (skip > 0)
                {
                    skip--;
                    continue;
                }

                if (writer.Rows == request.Limit)
                {
                    return true;
                }

                writer.BeginRow();
                Write(writer, instrument, position, columns);
                writer.EndRow();
            }
        }

        return false;
    }

    /// <summary>Whether there is a row. Cheap.</summary>
    protected abstract bool Has(Instrument instrument, int position, TushareRequest request);

    /// <summary>Writes the chosen columns of a row.</summary>
    protected abstract void Write(JsonRowWriter writer, Instrument instrument, int position, ReadOnlySpan<int> columns);

    /// <summary>A single day overrides a range; a day without trading has no rows.</summary>
    private (int First, int Last) Range(IReadOnlyDictionary<string, string> parameters, int today)
    {
        if (Day(parameters, "trade_date") is { } day)
        {
            var position = _days.OnOrAfter(day);
            var isOpen = position < _days.Count && _days[position] == day && position <= today;
            return isOpen ? (position, position) : (0, -1);
        }

        var from = Day(parameters, "start_date");
        var until = Day(parameters, "end_date");
        return (
            from is { } start ? _days.OnOrAfter(start) : 0,
            Math.Min(today, until is { } end ? _days.OnOrBefore(end) : today)
        );
    }

    private static DateOnly? Day(IReadOnlyDictionary<string, string> parameters, string name)
    {
        if (!parameters.TryGetValue(name, out var text))
        {
            return null;
        }

        return TradeDate.TryParseCompact(text, out var day)
            ? day
            : throw TushareAnswer.Refusal(TushareError.OddParameters);
    }

    private ReadOnlySpan<Instrument> Chosen(TushareRequest request, ref int first, ref int last)
    {
        if (List(request, "ts_code") is not { } codes)
        {
            return _instruments;
        }

        var chosen = new List<Instrument>(codes.Count);
        foreach (var code in codes)
        {
            if (_byCode.TryGetValue(code, out var instrument))
            {
                chosen.Add(instrument);
            }
        }

        if (chosen.Count == 0)
        {
            last = first - 1;
            return [];
        }

        chosen.Sort((a, b) => string.CompareOrdinal(a.Code, b.Code));
        first = Math.Max(first, chosen.Min(i => i.First));
        last = Math.Min(last, chosen.Max(i => i.End) - 1 + DaysAfterEnd);
        return CollectionsMarshal.AsSpan(chosen);
    }
}
