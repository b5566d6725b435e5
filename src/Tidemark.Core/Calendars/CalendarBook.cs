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
/// All trading calendars of a workspace: those of its files, each continued by the vendor's calendar from the day after the file's last. Where both know a
/// day, the file counts, because somebody has checked it, and a disagreement is told. An exchange without a file has the vendor's calendar alone.
/// Immutable.
/// <code>
///   file    ├──────────────────────────────┤ last
///   vendor          ├──────────────────────┼───────────────┤        ├───┤
///   book    ├──────────────────────────────┼───────────────┤ ends where a day is lacking
///            source: file                   source: vendor
/// </code>
/// </summary>
public sealed class CalendarBook
{
    private readonly IReadOnlyDictionary<string, TradingCalendar> _files;

    private CalendarBook(
        IReadOnlyDictionary<string, TradingCalendar> files,
        IReadOnlyDictionary<string, TradingCalendar> calendars,
        IReadOnlyList<CalendarDisagreement> disagreements
    )
    {
        _files = files;
        Calendars = calendars;
        Disagreements = disagreements;
    }

    /// <summary>By exchange.</summary>
    public IReadOnlyDictionary<string, TradingCalendar> Calendars { get; }

    /// <summary>By exchange and day.</summary>
    public IReadOnlyList<CalendarDisagreement> Disagreements { get; }

    /// <param name="files">By exchange.</param>
    /// <param name="vendor">At most one an exchange.</param>
    public static CalendarBook Of(
        IReadOnlyDictionary<string, TradingCalendar> files,
        IReadOnlyList<VendorCalendar> vendor
    )
    {
        var calendars = files.ToDictionary(StringComparer.Ordinal);
        var disagreements = new List<CalendarDisagreement>();
        foreach (var theirs in vendor.Where(v => v.Days.Count > 0).OrderBy(v => v.Exchange, StringComparer.Ordinal))
        {
            if (files.TryGetValue(theirs.Exchange, out var file))
            {
                calendars[theirs.Exchange] = Continued(file, theirs);
                disagreements.AddRange(Compare(file, theirs));
            }
            else
            {
                calendars[theirs.Exchange] = Alone(theirs);
            }
        }

        return new CalendarBook(files, calendars, disagreements);
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

    private static TradingCalendar Continued(TradingCalendar file, VendorCalendar vendor)
    {
        var last = file.Last;
        var open = new List<DateOnly>();
        foreach (var (day, isOpen) in vendor.Days)
        {
            if (day != last.AddDays(1))
            {
                continue; // one that the file knows, or one behind a day that nobody knows
            }

            last = day;
            if (isOpen)
            {
                open.Add(day);
            }
        }

        return file.ExtendedTo(last, open);
    }

    // From the last gap on: a day that nobody knows must not pass for a closed one.
    private static TradingCalendar Alone(VendorCalendar vendor)
    {
        var first = vendor.Days.Count - 1;
        while (first > 0 && vendor.Days[first - 1].Day == vendor.Days[first].Day.AddDays(-1))
        {
            first--;
        }

        return TradingCalendar.OfDays(
            vendor.Exchange,
            VendorCalendar.TimeZone,
            vendor.Days[first].Day,
            vendor.Days[^1].Day,
            vendor.Days.Skip(first).Where(d => d.IsOpen).Select(d => d.Day)
        );
    }

    private static IEnumerable<CalendarDisagreement> Compare(TradingCalendar file, VendorCalendar vendor) =>
        vendor
            .Days.Where(d => d.Day >= file.First && d.Day <= file.Last && file.IsOpen(d.Day) != d.IsOpen)
            .Select(d => new CalendarDisagreement(file.Exchange, d.Day, !d.IsOpen));
}
