using Tidemark.Core;
using Tidemark.Simulator.Tables;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Market;

/// <summary>One calendar day of one exchange.</summary>
internal readonly record struct CalendarRow(string Exchange, DateOnly Day);

/// <summary>
/// <c>trade_cal</c> and <c>fut_trade_cal</c>: every calendar day of the calendar, including future ones, newest first.
/// Every exchange has the same days; a name that is no exchange has none. Whether the vendor knows BSE and GFEX is not
/// documented; here it does.
/// </summary>
internal sealed class CalendarTable(string api, MarketDays days) : ListTable<CalendarRow>(api)
{
    private static readonly string[] s_exchanges =
    [
        "SSE",
        "SZSE",
        "BSE",
        "CFFEX",
        "SHFE",
        "CZCE",
        "DCE",
        "INE",
        "GFEX",
        "SGE",
    ];

    protected override IEnumerable<CalendarRow> Rows(TushareRequest request, DateOnly today)
    {
        var calendar = days.Calendar;
        var exact = Day(request, "cal_date");
        var from = exact ?? Day(request, "start_date") ?? calendar.First;
        var until = exact ?? Day(request, "end_date") ?? calendar.Last;
        var exchange = request.Parameters["exchange"];
        if (!s_exchanges.Contains(exchange))
        {
            yield break;
        }

        var isOpen = request.Parameters.GetValueOrDefault("is_open");
        from = from < calendar.First ? calendar.First : from;
        until = until > calendar.Last ? calendar.Last : until;
        for (var day = until; day >= from; day = day.AddDays(-1))
        {
            if (isOpen is null || isOpen == (calendar.IsOpen(day) ? "1" : "0"))
            {
                yield return new CalendarRow(exchange, day);
            }
        }
    }

    protected override void Write(JsonRowWriter writer, CalendarRow row, string column, DateOnly today)
    {
        switch (column)
        {
            case "exchange":
                writer.Text(row.Exchange);
                break;
            case "cal_date":
                writer.Day(row.Day);
                break;
            case "is_open":
                writer.Integer(days.Calendar.IsOpen(row.Day) ? 1 : 0);
                break;
            default:
                var before = days.OnOrBefore(row.Day.AddDays(-1));
                writer.Day(before < 0 ? null : days[before]);
                break;
        }
    }

    private static DateOnly? Day(TushareRequest request, string parameter)
    {
        if (!request.Parameters.TryGetValue(parameter, out var text))
        {
            return null;
        }

        return TradeDate.TryParseCompact(text, out var day)
            ? day
            : throw TushareAnswer.Refusal(TushareError.OddParameters);
    }
}
