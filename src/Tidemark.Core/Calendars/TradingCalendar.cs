using Tidemark.Core.Errors;
using Tidemark.Core.Markets;

namespace Tidemark.Core.Calendars;

/// <summary>
/// The open days of one exchange between two dates. Weekdays are open unless listed as closed; weekends are closed
/// unless listed as open. Asking about a day outside the range is an error, never a guess. Immutable.
/// </summary>
public sealed class TradingCalendar
{
    /// <summary>The code of the error that a day outside of the calendar is.</summary>
    public const string RangeCode = "CALENDAR_RANGE";

    private readonly DateOnly[] _openDays;
    private readonly Dictionary<DateOnly, TimeOnly> _earlyCloses;

    private TradingCalendar(
        string exchange,
        TimeZoneInfo timeZone,
        DateOnly first,
        DateOnly last,
        DateOnly[] openDays,
        Dictionary<DateOnly, TimeOnly> earlyCloses
    )
    {
        Exchange = exchange;
        TimeZone = timeZone;
        First = first;
        Last = last;
        _openDays = openDays;
        _earlyCloses = earlyCloses;
    }

    /// <summary>
    /// ISO 10383 market code where there is one: XSHG, XSHE, XNYS; else the exchange's own short name.
    /// </summary>
    public string Exchange { get; }

    public TimeZoneInfo TimeZone { get; }

    /// <summary>The first day that the calendar knows.</summary>
    public DateOnly First { get; }

    /// <summary>The last day that the calendar knows.</summary>
    public DateOnly Last { get; }

    /// <summary>Why it ends where it does, when somebody says more than it believes; null else.</summary>
    public string? EndsFor { get; private init; }

    /// <summary>
    /// The exchange whose days it has, also behind its end where nobody says more of its own; null for none.
    /// </summary>
    public string? Like { get; private init; }

    /// <summary>All open days, ascending.</summary>
    public IReadOnlyList<DateOnly> OpenDays => _openDays;

    /// <summary>When shortened days end, by day.</summary>
    public IReadOnlyDictionary<DateOnly, TimeOnly> EarlyCloses => _earlyCloses;

    public bool IsOpen(DateOnly day)
    {
        EnsureKnown(day);
        return Array.BinarySearch(_openDays, day) >= 0;
    }

    /// <summary>Open days from <paramref name="from"/> to <paramref name="to"/>, both included, ascending.</summary>
    public ReadOnlySpan<DateOnly> OpenDaysBetween(DateOnly from, DateOnly to)
    {
        if (to < from)
        {
            return [];
        }

        EnsureKnown(from);
        EnsureKnown(to);
        var start = LowerBound(from);
        return _openDays.AsSpan(start, LowerBound(to.AddDays(1)) - start);
    }

    /// <summary>The latest open day on or before <paramref name="day"/>.</summary>
    public DateOnly OpenDayOnOrBefore(DateOnly day)
    {
        EnsureKnown(day);
        var index = LowerBound(day.AddDays(1)) - 1;
        return index >= 0 ? _openDays[index] : throw OutOfRange(day);
    }

    /// <summary>Whether no later day of the same week, Monday to Sunday, is open.</summary>
    public bool IsLastOfWeek(DateOnly day)
    {
        for (var later = day.AddDays(1); later.DayOfWeek != DayOfWeek.Monday && later <= Last; later = later.AddDays(1))
        {
            if (IsOpen(later))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The closing time of a shortened day, or null for a full one.</summary>
    public TimeOnly? EarlyClose(DateOnly day)
    {
        EnsureKnown(day);
        return _earlyCloses.TryGetValue(day, out var close) ? close : null;
    }

    /// <summary>
    /// The latest open day whose data, due at <paramref name="availableAt"/> exchange time (plus whole days), is there
    /// at <paramref name="now"/>.
    /// </summary>
    /// <param name="notAfter">
    /// Whoever wants nothing after this day can do without a calendar that reaches until now.
    /// </param>
    public DateOnly AsOf(DateTimeOffset now, TimeOnly availableAt, int daysLater = 0, DateOnly? notAfter = null)
    {
        var local = TimeZoneInfo.ConvertTime(now, TimeZone);
        var day = DateOnly.FromDateTime(local.DateTime).AddDays(-daysLater);
        var due = TimeOnly.FromDateTime(local.DateTime) >= availableAt ? day : day.AddDays(-1);
        return OpenDayOnOrBefore(notAfter < due ? notAfter.Value : due);
    }

    /// <summary>When a day's data is due, as a moment.</summary>
    public DateTimeOffset DueAt(DateOnly day, TimeOnly availableAt, int daysLater = 0)
    {
        var local = day.AddDays(daysLater).ToDateTime(availableAt);
        return new DateTimeOffset(local, TimeZone.GetUtcOffset(local));
    }

    /// <summary>A calendar of which every day is known by itself.</summary>
    /// <param name="exchange">As <see cref="Exchange"/>.</param>
    /// <param name="timeZone">Of the exchange.</param>
    /// <param name="first">The first day that is known.</param>
    /// <param name="last">The last day that is known.</param>
    /// <param name="openDays">The open ones among them, ascending.</param>
    /// <param name="earlyCloses">Those of them that end early, and when; null for none.</param>
    public static TradingCalendar OfDays(
        string exchange,
        TimeZoneInfo timeZone,
        DateOnly first,
        DateOnly last,
        IEnumerable<DateOnly> openDays,
        IReadOnlyDictionary<DateOnly, TimeOnly>? earlyCloses = null
    ) =>
        new(
            exchange,
            timeZone,
            first,
            last,
            [.. openDays],
            new Dictionary<DateOnly, TimeOnly>(earlyCloses ?? new Dictionary<DateOnly, TimeOnly>())
        );

    /// <summary>The same calendar, known for longer.</summary>
    /// <param name="last">The new last day; not before the present one.</param>
    /// <param name="openDays">The open days after the present last one, ascending.</param>
    /// <param name="earlyCloses">Those of them that end early, and when.</param>
    public TradingCalendar ExtendedTo(
        DateOnly last,
        IEnumerable<DateOnly> openDays,
        IEnumerable<(DateOnly Day, TimeOnly Close)>? earlyCloses = null
    )
    {
        var closes = new Dictionary<DateOnly, TimeOnly>(_earlyCloses);
        foreach (var (day, close) in earlyCloses ?? [])
        {
            closes.Add(day, close);
        }

        return new TradingCalendar(Exchange, TimeZone, First, last, [.. _openDays, .. openDays], closes)
        {
            Like = Like,
        };
    }

    /// <summary>
    /// The same calendar, known for as long as another is; the other's days are its days from then on.
    /// </summary>
    public TradingCalendar ExtendedLike(TradingCalendar other)
    {
        if (other.Last <= Last)
        {
            return this;
        }

        var from = other.First > Last ? other.First : Last.AddDays(1);
        return ExtendedTo(
            other.Last,
            other.OpenDaysBetween(from, other.Last).ToArray(),
            other.EarlyCloses.Where(close => close.Key >= from).Select(close => (close.Key, close.Value))
        );
    }

    /// <summary>The same calendar, which says why it ends; null for no special reason.</summary>
    public TradingCalendar EndingFor(string? reason) =>
        reason is null
            ? this
            : new(Exchange, TimeZone, First, Last, _openDays, _earlyCloses) { EndsFor = reason, Like = Like };

    /// <summary>The same calendar, which has another's days where nobody says more of its own.</summary>
    public TradingCalendar GoingOnLike(string exchange) =>
        new(Exchange, TimeZone, First, Last, _openDays, _earlyCloses) { EndsFor = EndsFor, Like = exchange };

    private int LowerBound(DateOnly day)
    {
        var index = Array.BinarySearch(_openDays, day);
        return index >= 0 ? index : ~index;
    }

    private void EnsureKnown(DateOnly day)
    {
        if (day < First || day > Last)
        {
            throw OutOfRange(day);
        }
    }

    private TidemarkException OutOfRange(DateOnly day)
    {
        var isServed = day > Last && Exchanges.All.Any(e => e.Code == Exchange && e.VendorCode is not null);
        return new TidemarkException(
            ErrorKind.Configuration,
            RangeCode,
            $"The calendar {Exchange} knows {First.ToIso()} to {Last.ToIso()}, not {day.ToIso()}. "
                + (
                    (isServed, day > Last ? EndsFor : null) switch
                    {
                        (true, null) =>
                            "Fetch the vendor's by `tidemark run --datasets trade_cal`: it goes on with that. Or put",
                        (_, { } why) =>
                            $"The vendor's calendar is not used for the days after it: {why}. When the vendor has corrected its calendar, fetch it again by `tidemark run --datasets trade_cal`. Or put",
                        _ => "Put",
                    }
                )
                + $" a calendars/{Exchange}.csv that has the day into your definitions folder."
        );
    }
}
