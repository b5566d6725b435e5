using System.Globalization;

namespace Tidemark.Core.Datasets;

/// <summary>How long the period of a unit is.</summary>
public enum PeriodKind
{
    /// <summary>One day; of a list, the day on which it was fetched (its as-of day).</summary>
    Day,

    Month,

    Quarter,

    Year,

    /// <summary>A planned moment of a day: a slot.</summary>
    Moment,

    /// <summary>Any two days and what lies between them.</summary>
    Range,
}

/// <summary>
/// What stretch of time a unit covers. Its text is the middle of the unit's: <c>2022-06-01</c>, <c>2022-05</c>,
/// <c>2022Q2</c>, <c>2022</c>, <c>2025-12-05T10:00</c>, <c>2012-01-04--2022-06-30</c>. Which of them a dataset has is
/// declared; a list has the day as of which it was fetched.
/// </summary>
public readonly record struct UnitPeriod : IComparable<UnitPeriod>
{
    private const string MomentFormat = "yyyy-MM-dd'T'HH:mm";
    private const string MonthFormat = "yyyy-MM";
    private const string RangeMark = "--"; // as ISO 8601 allows it in names of files
    private const int RangeLength = 22;
    private const int MonthsAQuarter = 3;
    private const int MonthsAYear = 12;

    // The last day of a range is more than its kind and first day say.
    private readonly DateOnly _end;

    private UnitPeriod(PeriodKind kind, DateOnly first, TimeOnly time = default, DateOnly end = default)
    {
        Kind = kind;
        First = first;
        Time = time;
        _end = end;
    }

    public PeriodKind Kind { get; }

    /// <summary>The first day that it covers.</summary>
    public DateOnly First { get; }

    /// <summary>The time of day of a moment, in the exchange's zone; midnight of all others.</summary>
    public TimeOnly Time { get; }

    /// <summary>The last day that it covers.</summary>
    public DateOnly Last =>
        Months(Kind) is var months and > 0
            // The last period of the calendar ends with the calendar.
            ? DateOnly.FromDayNumber(First.DayNumber + DaysOf(First, months) - 1)
        : Kind == PeriodKind.Range ? _end
        : First;

    /// <summary>A single day.</summary>
    public static UnitPeriod OfDay(DateOnly day) => new(PeriodKind.Day, day);

    /// <summary>A planned moment, to the minute.</summary>
    public static UnitPeriod OfMoment(DateOnly day, TimeOnly time) =>
        new(PeriodKind.Moment, day, new TimeOnly(time.Hour, time.Minute));

    /// <summary>The days from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static UnitPeriod OfRange(DateOnly first, DateOnly last) =>
        first <= last
            ? new UnitPeriod(PeriodKind.Range, first, end: last)
            : throw new ArgumentOutOfRangeException(nameof(last), last, $"{last.ToIso()} is before {first.ToIso()}");

    /// <summary>The period of a kind in which a day is.</summary>
    public static UnitPeriod Containing(PeriodKind kind, DateOnly day) =>
        kind switch
        {
            PeriodKind.Day => OfDay(day),
            PeriodKind.Month => new(kind, new DateOnly(day.Year, day.Month, 1)),
            PeriodKind.Quarter => new(kind, new DateOnly(day.Year, day.Month - ((day.Month - 1) % MonthsAQuarter), 1)),
            PeriodKind.Year => new(kind, new DateOnly(day.Year, 1, 1)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A day alone does not say which"),
        };

    /// <summary>
    /// The periods of a kind that have a day from <paramref name="from"/> to <paramref name="to"/>, both included, in
    /// order.
    /// </summary>
    public static IEnumerable<UnitPeriod> Between(PeriodKind kind, DateOnly from, DateOnly to)
    {
        for (var day = from; day <= to; )
        {
            var period = Containing(kind, day);
            yield return period;
            if (period.Last == DateOnly.MaxValue)
            {
                yield break;
            }

            day = period.Last.AddDays(1);
        }
    }

    /// <summary>Whether a day is in it.</summary>
    public bool Has(DateOnly day) => First <= day && day <= Last;

    public override string ToString() =>
        Kind switch
        {
            PeriodKind.Month => First.ToString(MonthFormat, CultureInfo.InvariantCulture),
            PeriodKind.Quarter => string.Create(
                CultureInfo.InvariantCulture,
                $"{First.Year:D4}Q{((First.Month - 1) / MonthsAQuarter) + 1}"
            ),
            PeriodKind.Year => First.Year.ToString("D4", CultureInfo.InvariantCulture),
            PeriodKind.Moment => First.ToDateTime(Time).ToString(MomentFormat, CultureInfo.InvariantCulture),
            PeriodKind.Range => $"{First.ToIso()}{RangeMark}{_end.ToIso()}",
            _ => First.ToIso(),
        };

    /// <summary>Parses what <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UnitPeriod period)
    {
        UnitPeriod? found = text.Length switch
        {
            4 => OfYear(text),
            6 => OfQuarter(text),
            7 => Exact(text, MonthFormat) is { } month ? new UnitPeriod(PeriodKind.Month, Day(month)) : null,
            10 => Exact(text, TradeDate.IsoFormat) is { } day ? OfDay(Day(day)) : null,
            16 => Exact(text, MomentFormat) is { } at ? OfMoment(Day(at), TimeOnly.FromDateTime(at)) : null,
            RangeLength => RangeIn(text),
            _ => null,
        };
        period = found ?? default;
        return found is not null;
    }

    /// <summary>
    /// Earlier before later; of those that begin together the shorter one before the longer, and of those that cover
    /// the same days in the order of their kinds: a day before its moments.
    /// </summary>
    public int CompareTo(UnitPeriod other)
    {
        var order = First.CompareTo(other.First);
        order = order != 0 ? order : Last.CompareTo(other.Last);
        order = order != 0 ? order : Kind.CompareTo(other.Kind);
        return order != 0 ? order : Time.CompareTo(other.Time);
    }

    public static bool operator <(UnitPeriod left, UnitPeriod right) => left.CompareTo(right) < 0;

    public static bool operator >(UnitPeriod left, UnitPeriod right) => left.CompareTo(right) > 0;

    public static bool operator <=(UnitPeriod left, UnitPeriod right) => left.CompareTo(right) <= 0;

    public static bool operator >=(UnitPeriod left, UnitPeriod right) => left.CompareTo(right) >= 0;

    private static int Months(PeriodKind kind) =>
        kind switch
        {
            PeriodKind.Month => 1,
            PeriodKind.Quarter => MonthsAQuarter,
            PeriodKind.Year => MonthsAYear,
            _ => 0,
        };

    private static int DaysOf(DateOnly first, int months)
    {
        var days = 0;
        for (var month = first.Month; month < first.Month + months; month++)
        {
            days += DateTime.DaysInMonth(first.Year, month);
        }

        return days;
    }

    private static UnitPeriod? OfYear(ReadOnlySpan<char> text) =>
        YearIn(text) is { } year ? new UnitPeriod(PeriodKind.Year, new DateOnly(year, 1, 1)) : null;

    private static UnitPeriod? OfQuarter(ReadOnlySpan<char> text) =>
        text[4] == 'Q' && text[5] is >= '1' and <= '4' && YearIn(text[..4]) is { } year
            ? new UnitPeriod(PeriodKind.Quarter, new DateOnly(year, ((text[5] - '1') * MonthsAQuarter) + 1, 1))
            : null;

    private static int? YearIn(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year > 0 ? year : null;

    private static UnitPeriod? RangeIn(ReadOnlySpan<char> text) =>
        text[TradeDate.IsoFormat.Length..].StartsWith(RangeMark, StringComparison.Ordinal)
        && Exact(text[..TradeDate.IsoFormat.Length], TradeDate.IsoFormat) is { } first
        && Exact(text[^TradeDate.IsoFormat.Length..], TradeDate.IsoFormat) is { } last
        && first <= last
            ? OfRange(Day(first), Day(last))
            : null;

    private static DateTime? Exact(ReadOnlySpan<char> text, string format) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? moment
            : null;

    private static DateOnly Day(DateTime moment) => DateOnly.FromDateTime(moment);
}
