using System.Runtime.ExceptionServices;
using Tidemark.Control.Runs;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Turns calendars × datasets × what is whole into the units that are to be fetched. There is no cursor: a hole anywhere in the history is
/// planned like the newest day, and so is a day that was committed and is not whole. The last 30 trading days come first, newest first; then
/// the rest, oldest first.
/// </summary>
public sealed class ExecutionPlanner(
    DataLake lake,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    ICompletenessReader completeness,
    UnitAttempts attempts,
    ListReceipts receipts,
    TimeProvider clock
)
{
    /// <summary>The window when a workspace names no first day, and the days that are fetched before older history.</summary>
    public const int RecentTradingDays = 30;

    /// <exception cref="TidemarkException">A dataset names an unknown calendar, a day is outside the calendar, or of no dataset there is a table that could be read and take a commit.</exception>
    public async Task<ExecutionPlan> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var wanted = new List<DatasetWants>(request.Datasets.Count);
        ExceptionDispatchInfo? failure = null;
        var unreadable = new List<UnreadableDataset>();
        foreach (var dataset in request.Datasets)
        {
            var calendar = CalendarOf(dataset);
            var definition = TableDefinition.Of(dataset);
            TableSnapshot snapshot;
            try
            {
                snapshot = await lake.Table(definition.Id).SnapshotAsync(cancellationToken);
                snapshot =
                    request.Again && dataset.Grain == UnitGrain.Snapshot
                        ? await lake.SoundAsync(snapshot, cancellationToken)
                        : await lake.ReadableAsync(snapshot, cancellationToken);
                definition.EnsureSamePartitions(snapshot); // before anything is fetched that could not be committed
                TableOwners.EnsureOf(dataset.Id, snapshot);
            }
            catch (TidemarkException e)
                when (e.Kind is ErrorKind.Storage or ErrorKind.Schema || e.Code == TableDefinition.ForeignCode)
            {
                // Such a table takes only its own dataset. The lake's survey names those that cannot be read, MisfitTables those that take no commit.
                failure ??= ExceptionDispatchInfo.Capture(e);
                unreadable.Add(new UnreadableDataset(dataset.Id, e.Message));
                continue;
            }

            var days = new WantedDays(dataset, calendar, LastDay(dataset, calendar, request), now);
            var isEarly =
                request.Behind.Contains(dataset.Id)
                || days.NewestList(snapshot) is { } list
                    && IsRefreshed(dataset, request)
                    && await receipts.OfAsync(dataset, snapshot, list, cancellationToken)
                        < calendar.DueAt(days.Last, dataset.AvailableAt, dataset.AvailableDaysLater);
            wanted.Add(
                new DatasetWants(
                    dataset,
                    calendar,
                    snapshot,
                    days,
                    isEarly ? [days.Today] : [.. days.Of(request, snapshot)]
                )
                {
                    IsEarly = isEarly,
                }
            );
        }

        if (wanted.Count == 0)
        {
            failure?.Throw();
        }

        var draft = new PlanDraft(
            request,
            await completeness.ReadAsync(
                [.. wanted.Select(w => w.CommittedRange).OfType<DatasetRange>()],
                cancellationToken
            ),
            await attempts.AllAsync(cancellationToken),
            now
        );
        foreach (var dataset in wanted)
        {
            draft.Add(dataset);
        }

        return draft.ToPlan() with
        {
            Unreadable = unreadable,
        };
    }

    /// <summary>The latest day for which a dataset is due, within the request.</summary>
    public DateOnly LastDay(DatasetDefinition dataset, PlanRequest request) =>
        LastDay(dataset, CalendarOf(dataset), request);

    /// <summary>The first of the last <see cref="RecentTradingDays"/> days for which a dataset is due, within the request.</summary>
    public DateOnly RecentFrom(DatasetDefinition dataset, PlanRequest request)
    {
        var calendar = CalendarOf(dataset);
        return new WantedDays(dataset, calendar, LastDay(dataset, calendar, request), clock.GetUtcNow()).RecentFrom;
    }

    private static bool IsRefreshed(DatasetDefinition dataset, PlanRequest request) =>
        dataset.Grain == UnitGrain.Snapshot && request is { RefreshSnapshots: true, Again: false };

    private DateOnly LastDay(DatasetDefinition dataset, TradingCalendar calendar, PlanRequest request)
    {
        var notAfter = request.To is { } to && !(request.AsOf < to) ? to : request.AsOf;
        return calendar.AsOf(clock.GetUtcNow(), dataset.AvailableAt, dataset.AvailableDaysLater, notAfter);
    }

    private TradingCalendar CalendarOf(DatasetDefinition dataset)
    {
        var isKnown = calendars.TryGetValue(dataset.Calendar, out var calendar);
        if (VendorCalendar.IsBroughtBy(dataset) && !(isKnown && HasToday(calendar!)))
        {
            return VendorCalendar.EveryDay; // what brings the calendar cannot wait for it
        }

        return isKnown
            ? calendar!
            : throw new TidemarkException(
                ErrorKind.Configuration,
                "CALENDAR_UNKNOWN",
                $"{dataset.Id}: there is no calendar {dataset.Calendar}; known are {string.Join(", ", calendars.Keys.Order())}. "
                    + $"Put a calendars/{dataset.Calendar}.csv into your definitions folder; of an exchange that the vendor serves `tidemark run --datasets trade_cal` fetches it."
            );
    }

    private bool HasToday(TradingCalendar calendar) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), calendar.TimeZone).DateTime) <= calendar.Last;
}
