using Tidemark.Core.Calendars;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Lake.Staging;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// A way of fetching a dataset: the only class that knows how a dataset is cut into units. The planner asks it which
/// units are wanted, the extractor which requests make a unit, the row checks which rows belong to it; all of them ask
/// from when on an empty answer is evidence. Stateless.
/// </summary>
internal abstract class UnitAxis(DatasetDefinition dataset)
{
    /// <summary>The axis of a dataset; no other place maps grains to axes.</summary>
    public static UnitAxis Of(DatasetDefinition dataset) =>
        dataset.Grain switch
        {
            UnitGrain.TradingDay => new ByDay(dataset),
            UnitGrain.Snapshot => new Snapshot(dataset),
            UnitGrain.Symbol when dataset.Per == PeriodKind.Range => new SymbolRanges(dataset),
            UnitGrain.Symbol => new BySymbol(dataset),
            UnitGrain.Period => new ByPeriod(dataset),
            UnitGrain.Events => new EventWindow(dataset),
            _ => throw new ArgumentOutOfRangeException(nameof(dataset), dataset.Grain, "There is no such way"),
        };

    /// <summary>The parts of a dataset that is fetched whole: one, without a name.</summary>
    protected static IReadOnlyList<string?> Whole { get; } = [null];

    protected DatasetDefinition Dataset => dataset;

    // What is wanted

    /// <summary>
    /// Whether the vendor serves only the present state, so that a past unit cannot be fetched again.
    /// </summary>
    public virtual bool IsPresentOnly => false;

    /// <summary>Whether checks decide, day by day, if a unit is whole.</summary>
    public virtual bool IsJudgedByDay => false;

    /// <summary>The latest day for which data is due.</summary>
    /// <param name="calendar">The dataset's calendar.</param>
    /// <param name="now">The moment.</param>
    /// <param name="notAfter">The latest wanted day; null for no bound.</param>
    public virtual DateOnly LastDay(TradingCalendar calendar, DateTimeOffset now, DateOnly? notAfter) =>
        calendar.AsOf(now, dataset.AvailableAt, dataset.AvailableDaysLater, notAfter);

    /// <summary>The first of the recent days. Their units are fetched before older ones, newest first.</summary>
    public virtual DateOnly RecentFrom(TradingCalendar calendar, DateOnly last)
    {
        var days = calendar.OpenDaysBetween(calendar.First, last);
        return days[Math.Max(0, days.Length - PlanRequest.RecentTradingDays)];
    }

    /// <summary>The wanted units, each once, whether they are in the lake or not.</summary>
    public abstract IEnumerable<UnitId> Wanted(AxisScope scope);

    /// <summary>The last day that a unit can have rows of by now: its own last day, or the last due day.</summary>
    public virtual DateOnly ThroughOf(UnitId unit, AxisScope scope) => unit.LastDay;

    /// <summary>A unit received before this moment is out of date; null where units don't go out of date.</summary>
    public virtual DateTimeOffset? CurrentFrom(UnitId unit, AxisScope scope) => null;

    /// <summary>Whether a receipt is kept with each unit, for <see cref="CurrentFrom"/>.</summary>
    public virtual bool KeepsReceipts => false;

    /// <summary>
    /// Whether a unit in the lake was asked for before a moment, or for fewer days than are due by now.
    /// </summary>
    public bool IsBehind(UnitId unit, DateTimeOffset currentFrom, AxisScope scope) =>
        scope.Standing.ReceiptOf(unit) is var receipt
        && (
            receipt.AskedAt < currentFrom
            || (receipt.Through is { } through && scope.DueWithin(through) < scope.DueWithin(ThroughOf(unit, scope)))
        );

    /// <summary>The unit to fetch instead of one that is out of date.</summary>
    public virtual UnitId Renewed(UnitId unit, AxisScope scope) => unit;

    /// <summary>Whether the vendor can still serve a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="today">The exchange's date.</param>
    public virtual bool CanBeHad(UnitId unit, DateOnly today) => true;

    /// <summary>
    /// The unit that a probe asks for; null when no unit can be named.
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

    /// <summary>The number of calls that a unit takes, as far as it can be known before.</summary>
    public virtual int CallsOf(UnitId unit, AxisScope scope) => Requests(unit, ThroughOf(unit, scope)).Count();

    // Which rows belong

    /// <summary>
    /// The rows over which a unit decides, although other units may have brought them; null where it decides over its
    /// own alone.
    /// </summary>
    public virtual RowScope? ScopeOf(UnitId unit) => null;

    /// <exception cref="TidemarkException">Kind Schema: a row is not of the unit.</exception>
    public virtual void EnsureBelong(UnitId unit, DateOnly through, ColumnBatch rows) =>
        RowBelonging.Ensure(dataset, unit, through, rows);

    /// <summary>The day under which a unit is filed when its rows name no day, or when it has no rows.</summary>
    public virtual DateOnly HomeOf(UnitId unit) => unit.LastDay;

    /// <summary>All days under which rows of a unit may be kept.</summary>
    public IEnumerable<DateOnly> DaysOf(UnitId unit, DateOnly through)
    {
        yield return HomeOf(unit);
        for (var day = unit.Day; DayColumn is not null && day < through; day = day.AddDays(1))
        {
            yield return day.AddDays(1);
        }
    }

    /// <summary>The column with the day of each row; null where all rows are kept under <see cref="HomeOf"/>.</summary>
    public virtual string? DayColumn => null;

    /// <summary>The rows that a unit has as a rule, where too few keep it out; 0 where nobody knows or asks.</summary>
    public virtual long UsualRows(UnitId unit, StandingUnits standing) => 0;

    /// <summary>Ensures that a complete answer has a plausible number of rows.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="usual">What <see cref="UsualRows"/> was when it was planned.</param>
    /// <exception cref="TidemarkException">Kind Schema.</exception>
    public virtual void EnsureWhole(UnitId unit, long rows, long usual) { }

    // From when on nothing is evidence

    /// <summary>
    /// From this moment on an empty answer means that there is no data; before, it may only be early.
    /// </summary>
    public virtual DateTimeOffset EvidenceAt(UnitId unit, AxisScope scope) =>
        scope.DueAt(scope.Last < unit.Day ? scope.Last : unit.Day) + dataset.Grace;

    /// <summary>
    /// Says in words what is suspicious about a committed unit, judged by its rows alone, where no check judges it;
    /// null when nothing is.
    /// </summary>
    public virtual string? Suspicion(UnitId unit, StandingUnits standing) =>
        !dataset.EmptyIsOrdinary && standing.RowsOf(unit) == 0 ? "the vendor had no row" : null;

    /// <summary>
    /// Whether later runs try a unit again that failed or is not whole. False where its days are those of other units,
    /// which are tried again.
    /// </summary>
    public virtual bool IsRetried => true;

    /// <summary>Whether a unit that was committed without rows is reported.</summary>
    public virtual bool IsEmptyTold => !dataset.EmptyIsOrdinary;
}
