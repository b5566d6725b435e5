using Tidemark.Core.Calendars;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// A way of fetching a dataset. Everybody who would have to know how a unit is cut asks it: the planner which units are
/// wanted, the extractor which requests make one, the checks which rows belong to it, and all from when on no rows mean
/// that there are none. Stateless.
/// </summary>
internal abstract class UnitAxis(DatasetDefinition dataset)
{
    /// <summary>The only place that knows which dataset is fetched in which way.</summary>
    public static UnitAxis Of(DatasetDefinition dataset) =>
        dataset.Grain switch
        {
            UnitGrain.TradingDay => new ByDay(dataset),
            UnitGrain.Snapshot => new Snapshot(dataset),
            UnitGrain.Symbol => new BySymbol(dataset),
            UnitGrain.Period => new ByPeriod(dataset),
            UnitGrain.Events => new EventWindow(dataset),
            _ => throw new ArgumentOutOfRangeException(nameof(dataset), dataset.Grain, "There is no such way"),
        };

    /// <summary>The parts of what is fetched whole.</summary>
    protected static IReadOnlyList<string?> Whole { get; } = [null];

    protected DatasetDefinition Dataset => dataset;

    // What is wanted

    /// <summary>
    /// Whether the vendor has the present state alone, so that a past unit cannot be had any more, whatever happened to
    /// it.
    /// </summary>
    public virtual bool IsPresentOnly => false;

    /// <summary>Whether checks that are asked day by day say of a unit whether it is whole.</summary>
    public virtual bool IsJudgedByDay => false;

    /// <summary>The latest day for which data is due.</summary>
    /// <param name="calendar">The dataset's.</param>
    /// <param name="now">The moment.</param>
    /// <param name="notAfter">No later day is wanted; null for no bound.</param>
    public virtual DateOnly LastDay(TradingCalendar calendar, DateTimeOffset now, DateOnly? notAfter) =>
        calendar.AsOf(now, dataset.AvailableAt, dataset.AvailableDaysLater, notAfter);

    /// <summary>The first of the recent days, of which those units are that come first, newest first.</summary>
    public virtual DateOnly RecentFrom(TradingCalendar calendar, DateOnly last)
    {
        var days = calendar.OpenDaysBetween(calendar.First, last);
        return days[Math.Max(0, days.Length - PlanRequest.RecentTradingDays)];
    }

    /// <summary>The units that are wanted, each once, whether they are in the lake or not.</summary>
    public abstract IEnumerable<UnitId> Wanted(AxisScope scope);

    /// <summary>The last day of which a unit can have rows by now: its last, or the last that is due.</summary>
    public virtual DateOnly ThroughOf(UnitId unit, AxisScope scope) => unit.LastDay;

    /// <summary>From when on a unit must have been received to be up to date; null where that is no question.</summary>
    public virtual DateTimeOffset? CurrentFrom(UnitId unit, AxisScope scope) => null;

    /// <summary>Whether how far a unit was asked for is kept with it: where <see cref="CurrentFrom"/> asks.</summary>
    public virtual bool KeepsReceipts => false;

    /// <summary>
    /// Whether a unit that is there was asked for before a moment, or not as far as it can be by now.
    /// </summary>
    public bool IsBehind(UnitId unit, DateTimeOffset currentFrom, AxisScope scope) =>
        scope.Standing.ReceiptOf(unit) is var receipt
        && (
            receipt.AskedAt < currentFrom
            || (receipt.Through is { } through && scope.DueWithin(through) < scope.DueWithin(ThroughOf(unit, scope)))
        );

    /// <summary>The unit to fetch in the place of one that is not up to date.</summary>
    public virtual UnitId Renewed(UnitId unit, AxisScope scope) => unit;

    /// <summary>Whether the vendor can still be asked for a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="today">The exchange's date.</param>
    public virtual bool CanBeHad(UnitId unit, DateOnly today) => true;

    /// <summary>
    /// The unit with which the vendor is asked whether the dataset may be used; null when there is none to ask with.
    /// </summary>
    public virtual UnitId? Sample(DateOnly day, string? part) =>
        dataset.Part is null ? new UnitId(dataset.Id, UnitPeriod.Containing(dataset.Per, day))
        : (part ?? dataset.Part.Sample ?? (dataset.Part.Values is [var first, ..] ? first : null)) is { } of
            ? new UnitId(dataset.Id, UnitPeriod.Containing(dataset.Per, day), of)
        : null;

    // Which requests

    /// <summary>The vendor requests that make a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="through">The last day to ask for.</param>
    public virtual IEnumerable<VendorRequest> Requests(UnitId unit, DateOnly through) =>
        RequestTemplate.Fill(dataset, unit, unit.Day, through);

    // Which rows belong

    /// <exception cref="TidemarkException">Kind Schema: a row is not of the unit.</exception>
    public virtual void EnsureBelong(UnitId unit, DateOnly through, ColumnBatch rows) =>
        RowBelonging.Ensure(dataset, unit, through, rows);

    /// <summary>The day under which rows are kept that name none themselves, and a unit without rows.</summary>
    public virtual DateOnly HomeOf(UnitId unit) => unit.LastDay;

    /// <summary>Every day under which rows of a unit may be kept.</summary>
    public IEnumerable<DateOnly> DaysOf(UnitId unit, DateOnly through)
    {
        yield return HomeOf(unit);
        for (var day = unit.Day; DayColumn is not null && day < through; day = day.AddDays(1))
        {
            yield return day.AddDays(1);
        }
    }

    /// <summary>The column whose day each row is kept under; null where all are kept under the unit's.</summary>
    public virtual string? DayColumn => null;

    /// <summary>Of a whole answer: whether it can be all that there is.</summary>
    /// <exception cref="TidemarkException">Kind Schema.</exception>
    public virtual void EnsureWhole(UnitId unit, long rows, long rowsBefore) { }

    // From when on nothing is evidence

    /// <summary>
    /// From this moment on an empty answer means that there is nothing; before, that it is too early.
    /// </summary>
    public virtual DateTimeOffset EvidenceAt(UnitId unit, AxisScope scope) =>
        scope.DueAt(scope.Last < unit.Day ? scope.Last : unit.Day) + dataset.Grace;

    /// <summary>
    /// What is suspicious about a committed unit by its rows alone, in words, where no check says more; null when
    /// nothing is.
    /// </summary>
    public virtual string? Suspicion(UnitId unit, StandingUnits standing) =>
        !dataset.EmptyIsOrdinary && standing.RowsOf(unit) == 0 ? "the vendor had no row" : null;

    /// <summary>Whether people are told of a unit that was committed without rows.</summary>
    public virtual bool IsEmptyTold => !dataset.EmptyIsOrdinary;
}
