using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>The days of one dataset that a request wants. Pure.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="calendar">Its calendar.</param>
/// <param name="last">The latest day that it is due for, within the request.</param>
/// <param name="now">The moment of planning.</param>
internal sealed class WantedDays(DatasetDefinition dataset, TradingCalendar calendar, DateOnly last, DateTimeOffset now)
{
    /// <summary>The latest day that the dataset is due for, within the request.</summary>
    public DateOnly Last => last;

    /// <summary>The exchange's date at the moment of planning, an open day or not: under this a list is filed that is fetched now.</summary>
    public DateOnly Today { get; } = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, calendar.TimeZone).DateTime);

    /// <summary>The first of the dataset's last <see cref="ExecutionPlanner.RecentTradingDays"/> days.</summary>
    public DateOnly RecentFrom
    {
        get
        {
            var days = calendar.OpenDaysBetween(calendar.First, last);
            return days[Math.Max(0, days.Length - ExecutionPlanner.RecentTradingDays)];
        }
    }

    /// <summary>The day of the newest list that is there; null when there is none.</summary>
    public DateOnly? NewestList(TableSnapshot snapshot) => Committed(snapshot).Select(d => (DateOnly?)d).Max();

    public IEnumerable<DateOnly> Of(PlanRequest request, TableSnapshot snapshot) =>
        (dataset.Grain, request.Again) switch
        {
            (UnitGrain.Snapshot, false) => [ListOf(request, snapshot)],
            (UnitGrain.Snapshot, true) => IsListWanted(request, snapshot) ? [Today] : [],
            (_, false) => Range(request),
            _ => AgainOf(request, snapshot),
        };

    // Also for a past one whose file is lost: that cannot be had any more, and leaves the table when the present one is committed.
    private bool IsListWanted(PlanRequest request, TableSnapshot snapshot) =>
        IsWithin(request, Today) || Lost(snapshot).Any(day => IsWithin(request, day));

    // The vendor only has its present list: a newer one serves for every earlier day, and past ones cannot be had, whatever range is asked for.
    private DateOnly ListOf(PlanRequest request, TableSnapshot snapshot)
    {
        var newest = Committed(snapshot).DefaultIfEmpty(DateOnly.MinValue).Max();
        return newest == DateOnly.MinValue || (request.RefreshSnapshots && newest < last) ? Today : newest;
    }

    private DateOnly[] Range(PlanRequest request)
    {
        var from = request.From ?? RecentFrom;
        if (request.RecentOnly && RecentFrom > from)
        {
            from = RecentFrom;
        }

        return calendar.OpenDaysBetween(from < calendar.First ? calendar.First : from, last).ToArray();
    }

    private SortedSet<DateOnly> AgainOf(PlanRequest request, TableSnapshot snapshot)
    {
        var days = new SortedSet<DateOnly>(
            Committed(snapshot).Concat(Lost(snapshot)).Where(day => IsWithin(request, day))
        );
        if (request.From is not null || request.To is not null)
        {
            days.UnionWith(Range(request));
        }

        return days;
    }

    private IEnumerable<DateOnly> Committed(TableSnapshot snapshot) => DaysOf(snapshot.Units);

    private IEnumerable<DateOnly> Lost(TableSnapshot snapshot) => DaysOf(snapshot.Lost.SelectMany(l => l.Units));

    private static bool IsWithin(PlanRequest request, DateOnly day) => !(day < request.From) && !(day > request.To);

    private IEnumerable<DateOnly> DaysOf(IEnumerable<string> units) =>
        units
            .Select(text =>
                UnitId.TryParse(text, out var unit) && unit.Dataset == dataset.Id ? unit.Day : (DateOnly?)null
            )
            .OfType<DateOnly>();
}

/// <summary>A dataset of a plan, with what can be read of it in the lake and the days that are wanted.</summary>
internal sealed record DatasetWants(
    DatasetDefinition Dataset,
    TradingCalendar Calendar,
    TableSnapshot Snapshot,
    WantedDays Wanted,
    IReadOnlyList<DateOnly> Days
)
{
    /// <summary>The newest list was received before that of the latest due day was, or before rows of a code that it lacks: whoever came since is not in it.</summary>
    public bool IsEarly { get; init; }

    private readonly IReadOnlySet<string> _lost = Snapshot
        .Lost.SelectMany(l => l.Units)
        .ToHashSet(StringComparer.Ordinal);

    public bool IsCommitted(DateOnly day) => Snapshot.HasUnit(new UnitId(Dataset.Id, day).ToString()) && !IsLost(day);

    /// <summary>Whether rows of the day were in a file that is gone or damaged.</summary>
    public bool IsLost(DateOnly day) => _lost.Contains(new UnitId(Dataset.Id, day).ToString());

    /// <summary>From the first to the last wanted day that is committed; null when none is, and for lists.</summary>
    public DatasetRange? CommittedRange
    {
        get
        {
            var committed = Dataset.Grain == UnitGrain.Snapshot ? [] : Days.Where(IsCommitted).ToArray();
            return committed.Length == 0 ? null : new DatasetRange(Dataset, committed.Min(), committed.Max());
        }
    }
}
