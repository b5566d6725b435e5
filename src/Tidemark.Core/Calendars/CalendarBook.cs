namespace Tidemark.Core.Calendars;

/// <summary>Who says whether a day is open.</summary>
public enum CalendarSource
{
    /// <summary>A file of the definitions, shipped or own.</summary>
    File,

    /// <summary>The vendor's calendar.</summary>
    Vendor,
}

/// <summary>A day of which two say different things.</summary>
/// <param name="Exchange">Of which exchange.</param>
/// <param name="Day">Which.</param>
/// <param name="IsOpen">What counts.</param>
/// <param name="Counts">Where that stands: <c>in the file</c>.</param>
/// <param name="Differs">Where the other stands: <c>at the vendor</c>.</param>
public sealed record CalendarDisagreement(string Exchange, DateOnly Day, bool IsOpen, string Counts, string Differs)
{
    /// <summary>Who says what.</summary>
    public string Detail => $"{Word(IsOpen)} {Counts}, {Word(!IsOpen)} {Differs}";

    public override string ToString() => $"{Exchange} {Day.ToIso()}: {Detail}";

    private static string Word(bool isOpen) => isOpen ? "open" : "closed";
}

/// <summary>
/// All trading calendars of a workspace: those of its files, each continued by the vendor's calendar from the day after
/// the file's last. Where both know a day, the file counts, because somebody has checked it, and a disagreement is
/// told. An exchange without a file has the vendor's calendar alone. Where neither goes on, one that is like another
/// (<see cref="TradingCalendar.Like"/>) goes on as that does. Immutable.
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
    private readonly IReadOnlyDictionary<string, TradingCalendar> _own; // without what goes on like another

    private CalendarBook(
        IReadOnlyDictionary<string, TradingCalendar> files,
        IReadOnlyDictionary<string, TradingCalendar> own,
        IReadOnlyDictionary<string, TradingCalendar> calendars,
        IReadOnlyList<CalendarDisagreement> disagreements,
        IReadOnlyList<CalendarFlaw> flaws
    )
    {
        _files = files;
        _own = own;
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
    /// <param name="vendor">Where several are of one exchange, an earlier one counts.</param>
    public static CalendarBook Of(
        IReadOnlyDictionary<string, TradingCalendar> files,
        IReadOnlyList<VendorCalendar> vendor
    )
    {
        var own = files.ToDictionary(StringComparer.Ordinal);
        var disagreements = new List<CalendarDisagreement>();
        var flaws = new List<CalendarFlaw>();
        foreach (var theirs in vendor.Where(v => v.Days.Count > 0).OrderBy(v => v.Exchange, StringComparer.Ordinal))
        {
            var known = own.GetValueOrDefault(theirs.Exchange);
            var joined = known is null ? LastJoined(theirs) : Following(theirs, known.Last);
            var flaw = CalendarFlaw.FirstOf(theirs.Exchange, joined, known?.OpenDays is [.., var open] ? open : null);
            var believed = flaw is null ? joined : [.. joined.TakeWhile(d => d.Day < flaw.From)];
            if (flaw is not null)
            {
                flaws.Add(flaw);
            }

            if (known is not null)
            {
                own[theirs.Exchange] = Continued(known, believed).EndingFor(flaw?.ToString());
                disagreements.AddRange(Compare(files.GetValueOrDefault(theirs.Exchange), known, theirs));
            }
            else if (believed.Length > 0)
            {
                own[theirs.Exchange] = Alone(theirs.Exchange, believed).EndingFor(flaw?.ToString());
            }
        }

        var calendars = own.Values.ToDictionary(
            c => c.Exchange,
            c => WithThoseItIsLike(c, own),
            StringComparer.Ordinal
        );
        return new CalendarBook(files, own, calendars, disagreements, flaws);
    }

    /// <summary>Who says whether a day of an exchange is open; null for a day that nobody knows.</summary>
    public CalendarSource? SourceOf(string exchange, DateOnly day)
    {
        if (!Calendars.TryGetValue(exchange, out var calendar) || day < calendar.First || day > calendar.Last)
        {
            return null;
        }

        return day > _own[exchange].Last ? SourceOf(calendar.Like!, day)
            : _files.TryGetValue(exchange, out var file) && day <= file.Last ? CalendarSource.File
            : CalendarSource.Vendor;
    }

    // A calendar that ends because its vendor is not believed does not go on by a guess.
    private static TradingCalendar WithThoseItIsLike(
        TradingCalendar calendar,
        Dictionary<string, TradingCalendar> own
    ) =>
        calendar is { Like: { } like, EndsFor: null } && own.TryGetValue(like, out var other)
            ? calendar.ExtendedLike(WithThoseItIsLike(other, own))
            : calendar;

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

    // Both are ascending, and are gone through side by side: this is done at every start.
    private static IEnumerable<CalendarDisagreement> Compare(
        TradingCalendar? file,
        TradingCalendar known,
        VendorCalendar vendor
    )
    {
        var open = known.OpenDays;
        var at = 0;
        foreach (var (day, theirs) in vendor.Days)
        {
            while (at < open.Count && open[at] < day)
            {
                at++;
            }

            var isOpen = at < open.Count && open[at] == day;
            if (day >= known.First && day <= known.Last && theirs is { } says && says != isOpen)
            {
                var counts = day <= file?.Last ? "in the file" : "at the vendor";
                yield return new CalendarDisagreement(known.Exchange, day, isOpen, counts, vendor.Where);
            }
        }
    }
}
