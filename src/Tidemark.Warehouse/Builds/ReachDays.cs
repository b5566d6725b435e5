using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Builds;

/// <summary>Computes the days that a partition reaches in an input.</summary>
/// <param name="calendar">The calendar whose trading days are counted; null when no reach counts any.</param>
internal sealed class ReachDays(TradingCalendar? calendar)
{
    private readonly Dictionary<(Reach Reach, DateOnly Day), DateOnly> _firsts = [];

    /// <summary>The reach days of a table.</summary>
    /// <exception cref="TidemarkException">No file and no vendor gives the calendar that the table names.</exception>
    public static ReachDays Of(WarehouseTable table, IReadOnlyDictionary<string, TradingCalendar> calendars)
    {
        if (table.Calendar is not { } exchange)
        {
            return new ReachDays(calendar: null);
        }

        return calendars.TryGetValue(exchange, out var calendar)
            ? new ReachDays(calendar)
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "CALENDAR_UNKNOWN",
                $"{table.Id} counts trading days of {exchange}, which has no calendar: correct 'calendar' in {table.File}, or put a calendars/{exchange}.csv into your definitions folder."
            );
    }

    /// <summary>The first day that is reached; the last is <paramref name="day"/>.</summary>
    /// <exception cref="TidemarkException">The calendar does not know the day.</exception>
    public DateOnly FirstOf(Reach reach, DateOnly day)
    {
        switch (reach.Kind)
        {
            case ReachKind.Day:
                return day;
            case ReachKind.CalendarDays:
                return day.AddDays(1 - reach.Days);
            case ReachKind.TradingDays:
                if (!_firsts.TryGetValue((reach, day), out var first))
                {
                    first = FirstTradingDay(reach.Days, day);
                    _firsts[(reach, day)] = first;
                }

                return first;
            default:
                throw new ArgumentException($"'{reach}' has no first day", nameof(reach));
        }
    }

    // There is nothing before a calendar begins.
    private DateOnly FirstTradingDay(int count, DateOnly day)
    {
        var open = calendar!.OpenDaysBetween(calendar.First, day);
        return open.Length >= count ? open[^count] : calendar.First;
    }
}
