namespace Tidemark.Core.Calendars;

/// <summary>Who says whether a day is open.</summary>
public enum CalendarSource
{
    /// <summary>A file of the definitions, shipped or own.</summary>
    File,

    /// <summary>The vendor's calendar.</summary>
    Vendor,
}

/// <summary>A day on which file and vendor disagree; the file counts.</summary>
public sealed record CalendarDisagreement(string Exchange, DateOnly Day, bool IsOpenInFile)
{
    /// <summary>Who says what.</summary>
    public string Detail =>
        IsOpenInFile ? "open in the file, closed at the vendor" : "closed in the file, open at the vendor";

    public override string ToString() => $"{Exchange} {Day.ToIso()}: {Detail}";
}

/// <summary>
/// All trading calendars of a workspace: those of its files, each continued by the vendor's calendar from the day after
/// the file's last. Where both know a day, the file counts, because somebody has checked it, and a disagreement is
/// told. An exchange without a file has the vendor's calendar alone. Immutable.
/// <code>
///   file    ├──────────────────────────────┤ last
///   vendor          ├──────────────────────┼───────────────┤        ├───┤
///   book    ├──────────────────────────────┼───────────────┤ ends where a day is lacking or not believed
///            source: file                   source: vendor
/// </code>
/// </summary>
public sealed class CalendarBook
{
    private readonly IReadOnlyDictionary<string, TradingCalendar> _files;

    private CalendarBook(
        IReadOnlyDictionary<string, TradingCalendar> files,
        IReadOnlyDictionary<string, TradingCalendar> calendars,
        IReadOnlyList<CalendarDisagreement> disagreements,
        IReadOnlyList<CalendarFlaw> flaws
    )
    {
        _files = files;
        Calendars = calendars;
        Disagreements = disagreements;
        Flaws = flaws;
    }

    /// <summary>By exchange.</summary>
    public IReadOnlyDictionary<string, TradingCalendar> Calendars { get; }

    /// <summary>By exchange and day.</summary>
    public IReadOnlyList<CalendarDisagreement> Disagreements { get; }

    /// <summary>What is not believed of the vendor's calendars, one an exchange.</summary>
    public IReadOnlyList<CalendarFlaw> Flaws { get; }

    /// <param name="files">By exchange.</param>
    /// <param name="vendor">At most one an exchange.</param>
    public static CalendarBook Of(
        IReadOnlyDictionary<string, TradingCalendar> files,
        IReadOnlyList<VendorCalendar> vendor
    )
    {
        var calendars = files.ToDictionary(StringComparer.Ordinal);
        var disagreements = new List<CalendarDisagreement>();
        var flaws = new List<CalendarFlaw>();
        foreach (var theirs in vendor.Where(v => v.Days.Count > 0).OrderBy(v => v.Exchange, StringComparer.Ordinal))
        {
            var file = files.GetValueOrDefault(theirs.Exchange);
            var joined = file is null ? LastJoined(theirs) : Following(theirs, file.Last);
            var flaw = CalendarFlaw.FirstOf(theirs.Exchange, joined, file?.OpenDays is [.., var open] ? open : null);
            var believed = flaw is null ? joined : [.. joined.TakeWhile(d => d.Day < flaw.From)];
            if (flaw is not null)
            {
                flaws.Add(flaw);
            }

            if (file is not null)
            {
                calendars[theirs.Exchange] = Continued(file, believed).EndingFor(flaw?.ToString());
                disagreements.AddRange(Compare(file, theirs));
            }
            else if (believed.Length > 0)
            {
                calendars[theirs.Exchange] = Alone(theirs.Exchange, believed).EndingFor(flaw?.ToString());
            }
        }

        return new CalendarBook(files, calendars, disagreements, flaws);
    }

    /// <summary>Who says whether a day of an exchange is open; null for a day that nobody knows.</summary>
    public CalendarSource? SourceOf(string exchange, DateOnly day)
    {
        if (!Calendars.TryGetValue(exchange, out var calendar) || day < calendar.First || day > calendar.Last)
        {
            return null;
        }

        return _files.TryGetValue(exchange, out var file) && day <= file.Last
            ? CalendarSource.File
            : CalendarSource.Vendor;
    }

    // Without those that the file knows, and those behind a day that nobody knows.
    private static VendorDay[] Following(VendorCalendar vendor, DateOnly last)
    {
        var days = vendor.Days.SkipWhile(d => d.Day <= last);
        return [.. days.TakeWhile((d, i) => d.Day == last.AddDays(i + 1))];
    }

    // From the last gap on: a day that nobody knows must not pass for a closed one.
    private static VendorDay[] LastJoined(VendorCalendar vendor)
    {
        var first = vendor.Days.Count - 1;
        while (first > 0 && vendor.Days[first - 1].Day == vendor.Days[first].Day.AddDays(-1))
        {
            first--;
        }

        return [.. vendor.Days.Skip(first)];
    }

    private static TradingCalendar Continued(TradingCalendar file, VendorDay[] days) =>
        days.Length == 0 ? file : file.ExtendedTo(days[^1].Day, OpenOf(days));

    private static TradingCalendar Alone(string exchange, VendorDay[] days) =>
        TradingCalendar.OfDays(exchange, VendorCalendar.TimeZone, days[0].Day, days[^1].Day, OpenOf(days));

    private static IEnumerable<DateOnly> OpenOf(VendorDay[] days) =>
        days.Where(d => d.IsOpen == true).Select(d => d.Day);

    private static IEnumerable<CalendarDisagreement> Compare(TradingCalendar file, VendorCalendar vendor) =>
        vendor
            .Days.Where(d => d.Day >= file.First && d.Day <= file.Last && file.IsOpen(d.Day) == !d.IsOpen)
            .Select(d => new CalendarDisagreement(file.Exchange, d.Day, d.IsOpen == false));
}
