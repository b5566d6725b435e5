using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Turns calendars × datasets × what is committed into the units that are missing. There is no cursor: a hole anywhere in the
/// history is planned like the newest day. The last 30 trading days come first, newest first; then the rest, oldest first.
/// </summary>
public sealed class ExecutionPlanner(
    DataLake lake,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    TimeProvider clock
)
{
    /// <summary>The window when a workspace names no first day, and the days that are fetched before older history.</summary>
    public const int RecentTradingDays = 30;

    /// <exception cref="TidemarkException">A dataset names an unknown calendar, a day is outside the calendar, or a table is divided in another way than declared.</exception>
    public async Task<ExecutionPlan> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var recent = new List<PlannedUnit>();
        var older = new List<PlannedUnit>();
        var lists = new List<PlannedUnit>();
        var committed = 0;
        DateOnly? asOf = null;
        foreach (var dataset in request.Datasets)
        {
            var calendar = CalendarOf(dataset);
            var last = LastDay(dataset, calendar, request);
            asOf = asOf is null || last > asOf ? last : asOf;
            var recentFrom = DefaultFrom(calendar, last);
            var definition = TableDefinition.Of(dataset);
            var snapshot = await lake.Table(definition.Id).SnapshotAsync(cancellationToken);
            definition.EnsureSamePartitions(snapshot); // before anything is fetched that could not be committed
            foreach (var day in WantedDays(dataset, calendar, request, last, snapshot))
            {
                var id = new UnitId(dataset.Id, day);
                if (snapshot.HasUnit(id.ToString()))
                {
                    committed++;
                }
                else
                {
                    var group =
                        dataset.Grain == UnitGrain.Snapshot ? lists
                        : day >= recentFrom ? recent
                        : older;
                    group.Add(
                        new PlannedUnit(
                            dataset,
                            id,
                            EvidenceAt(dataset, calendar, day),
                            dataset.Grain == UnitGrain.Snapshot ? NewestListed(snapshot) : 0
                        )
                    );
                }
            }
        }

        // Lists first: without them nobody knows what the bars belong to.
        PlannedUnit[] units =
        [
            .. lists.OrderBy(u => u.Id),
            .. recent.OrderByDescending(u => u.Id.Day).ThenBy(u => u.Id),
            .. older.OrderBy(u => u.Id.Day).ThenBy(u => u.Id),
        ];
        return new ExecutionPlan(units, committed, asOf);
    }

    /// <summary>The latest day for which a dataset is due, within the request.</summary>
    public DateOnly LastDay(DatasetDefinition dataset, PlanRequest request) =>
        LastDay(dataset, CalendarOf(dataset), request);

    private DateOnly LastDay(DatasetDefinition dataset, TradingCalendar calendar, PlanRequest request)
    {
        var notAfter = request.To is { } to && !(request.AsOf < to) ? to : request.AsOf;
        return calendar.AsOf(clock.GetUtcNow(), dataset.AvailableAt, dataset.AvailableDaysLater, notAfter);
    }

    private static IEnumerable<DateOnly> WantedDays(
        DatasetDefinition dataset,
        TradingCalendar calendar,
        PlanRequest request,
        DateOnly last,
        TableSnapshot snapshot
    )
    {
        if (dataset.Grain == UnitGrain.Snapshot)
        {
            // The vendor only has today's list: a newer one serves for every earlier day, and past ones cannot be had.
            var newest = snapshot
                .Units.Select(u => UnitId.TryParse(u, out var id) ? id.Day : DateOnly.MinValue)
                .DefaultIfEmpty(DateOnly.MinValue)
                .Max();
            var wanted = newest == DateOnly.MinValue || (request.RefreshSnapshots && newest < last) ? last : newest;
            return [wanted];
        }

        var from = request.From ?? DefaultFrom(calendar, last);
        return calendar.OpenDaysBetween(from < calendar.First ? calendar.First : from, last).ToArray();
    }

    private static long NewestListed(TableSnapshot snapshot) =>
        snapshot
            .Units.Select(unit =>
                (Day: UnitId.TryParse(unit, out var id) ? id.Day : DateOnly.MinValue, Rows: snapshot.RowsOf(unit))
            )
            .Where(unit => unit.Rows > 0)
            .DefaultIfEmpty()
            .MaxBy(unit => unit.Day)
            .Rows;

    private static DateOnly DefaultFrom(TradingCalendar calendar, DateOnly last)
    {
        var days = calendar.OpenDaysBetween(calendar.First, last);
        return days[Math.Max(0, days.Length - RecentTradingDays)];
    }

    private static DateTimeOffset EvidenceAt(DatasetDefinition dataset, TradingCalendar calendar, DateOnly day) =>
        calendar.DueAt(day, dataset.AvailableAt, dataset.AvailableDaysLater) + dataset.Grace;

    private TradingCalendar CalendarOf(DatasetDefinition dataset) =>
        calendars.TryGetValue(dataset.Calendar, out var calendar)
            ? calendar
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "CALENDAR_UNKNOWN",
                $"{dataset.Id}: there is no calendar {dataset.Calendar}; known are {string.Join(", ", calendars.Keys.Order())}."
            );
}
