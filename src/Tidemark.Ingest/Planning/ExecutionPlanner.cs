using System.Runtime.ExceptionServices;
using Tidemark.Control.Runs;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Preflight;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// Compares calendars and datasets with the lake, and plans every unit that is missing or not whole. There is no
/// cursor: a hole anywhere in the history is planned like the newest day, and so is a committed day that is not whole.
/// Their order is that of <see cref="UnitOrder"/>.
/// </summary>
public sealed class ExecutionPlanner(
    DataLake lake,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    ICompletenessReader completeness,
    UnitAttempts attempts,
    ISymbolLists symbols,
    TimeProvider clock,
    IVendorDirectory? vendors = null,
    AxisTrust? trust = null
)
{
    /// <summary>The calls of a proof: a day, and a symbol of it.</summary>
    private const int ProofCalls = 2;

    /// <exception cref="TidemarkException">A dataset names an unknown calendar, a day is outside the calendar, or no
    /// dataset has a table that can be read and take a commit.</exception>
    public async Task<ExecutionPlan> PlanAsync(PlanRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var read = new List<AxisScope>(request.Datasets.Count);
        ExceptionDispatchInfo? failure = null;
        var unreadable = new List<UnreadableDataset>();
        foreach (var dataset in request.Datasets)
        {
            try
            {
                read.Add(await ReadAsync(dataset, request, now, cancellationToken));
            }
            catch (TidemarkException e)
                when (e.Kind is ErrorKind.Storage or ErrorKind.Schema || e.Code == TableDefinition.ForeignCode)
            {
                // A table that cannot be used takes out only its own dataset. The lake's survey reports tables that
                // cannot be read, MisfitTables those that refuse commits.
                failure ??= ExceptionDispatchInfo.Capture(e);
                unreadable.Add(new UnreadableDataset(dataset.Id, e.Message));
            }
        }

        if (read.Count == 0)
        {
            failure?.Throw();
        }

        var plan = await PlanAsync(request, [.. read.Where(s => ListOf(s) is null)], now, cancellationToken);
        var listed = new List<AxisScope>();
        var deferred = new List<DatasetDefinition>();
        foreach (var scope in read.Where(s => ListOf(s) is not null))
        {
            if (plan.Units.Any(u => u.Dataset.Id == ListOf(scope)))
            {
                deferred.Add(scope.Dataset);
            }
            else if (scope.Dataset.Part is null)
            {
                listed.Add(scope);
            }
            else if (await WithSymbolsAsync(scope, cancellationToken) is { } known)
            {
                listed.Add(known);
            }
            else
            {
                unreadable.Add(new UnreadableDataset(scope.Dataset.Id, MissingList(ListOf(scope)!)));
            }
        }

        plan = plan.Then(await PlanAsync(request, listed, now, cancellationToken)).InOrder();
        return plan with { Unreadable = unreadable, Deferred = deferred };
    }

    /// <summary>The latest due day of a dataset, within the request.</summary>
    public DateOnly LastDay(DatasetDefinition dataset, PlanRequest request) =>
        LastDay(dataset, CalendarOf(dataset), request);

    /// <summary>The day of a dataset that is the latest due one at a moment, within the request.</summary>
    public DateOnly LastDay(DatasetDefinition dataset, PlanRequest request, DateTimeOffset at) =>
        LastDay(dataset, CalendarOf(dataset), request, at);

    /// <summary>
    /// The first of the last <see cref="PlanRequest.RecentTradingDays"/> due days of a dataset, within the request.
    /// </summary>
    public DateOnly RecentFrom(DatasetDefinition dataset, PlanRequest request)
    {
        var calendar = CalendarOf(dataset);
        return UnitAxis.Of(dataset).RecentFrom(calendar, LastDay(dataset, calendar, request));
    }

    /// <summary>Reads what the axis needs to know of its dataset.</summary>
    private async Task<AxisScope> ReadAsync(
        DatasetDefinition dataset,
        PlanRequest request,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var calendar = CalendarOf(dataset);
        var definition = TableDefinition.Of(dataset);
        var snapshot = await lake.Table(definition.Id).SnapshotAsync(cancellationToken);
        snapshot =
            request.Again && UnitAxis.Of(dataset).IsPresentOnly
                ? await lake.SoundAsync(snapshot, cancellationToken)
                : await lake.ReadableAsync(snapshot, cancellationToken);
        definition.EnsureSamePartitions(snapshot); // before anything is fetched that could not be committed
        TableOwners.EnsureOf(dataset.Id, snapshot);
        var last = LastDay(dataset, calendar, request);
        var canaries = await OwedCanaries.ReadAsync(dataset, snapshot, lake, symbols, cancellationToken);
        var standing = new StandingUnits(dataset, snapshot) { Canaries = canaries };
        return new AxisScope(dataset, calendar, request, last, now, standing);
    }

    private async Task<ExecutionPlan> PlanAsync(
        PlanRequest request,
        IReadOnlyList<AxisScope> scopes,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var wanted = new List<DatasetWants>(scopes.Count);
        foreach (var scope in scopes)
        {
            wanted.Add(await WatchedAsync(Wants(scope), cancellationToken));
        }

        var ranges = wanted.Select(w => w.CommittedRange).OfType<DatasetRange>();
        var verdicts = await completeness.ReadAsync([.. ranges], cancellationToken);
        var tried = await attempts.AllAsync(cancellationToken);
        var draft = new PlanDraft(request, verdicts, tried, now);
        var unproved = new List<UnprovedAxis>();
        foreach (var dataset in wanted)
        {
            var cheapest = await CheapestAsync(dataset, PlanOf, cancellationToken);
            draft.Add(cheapest);
            if (cheapest.Unproved is { } axis)
            {
                unproved.Add(axis);
            }
        }

        var plan = draft.ToPlan();
        var planned = plan.Datasets.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        return plan with { Unproved = [.. unproved.Where(axis => planned.Contains(axis.Dataset.Id))] };

        ExecutionPlan PlanOf(DatasetWants alone)
        {
            // A plan that was shown names units of the axis that was chosen; those of the other would count as none.
            var trial = new PlanDraft(request with { Only = null }, verdicts, tried, now);
            trial.Add(alone);
            return trial.ToPlan();
        }
    }

    /// <summary>
    /// A dataset's wants by the axis that takes the fewest calls. Only a request for named symbols has a choice:
    /// another one wants the whole market, of which an axis by symbol brings no day as a whole.
    /// </summary>
    /// <param name="own">The wants by its own axis.</param>
    /// <param name="planOf">The units of one dataset that are to be fetched.</param>
    /// <param name="cancellationToken">Stops the reading of the list.</param>
    private async Task<DatasetWants> CheapestAsync(
        DatasetWants own,
        Func<DatasetWants, ExecutionPlan> planOf,
        CancellationToken cancellationToken
    )
    {
        if (
            ListOf(own.Scope) is null
            || own.Dataset.BySymbol is not { } dataset
            || own.Scope.Request.ByDayAlone.Contains(own.Dataset.Id)
        )
        {
            return own;
        }

        // A refetch of a symbol that no list has looks for it in whole days; a backfill would fetch years of them.
        var request = own.Scope.Request;
        if (!await symbols.AreKnownAsync(request.Symbols ?? [], mayLack: !request.Again, cancellationToken))
        {
            return own;
        }

        var verdict = trust is null ? null : await trust.FindAsync(own.Dataset, cancellationToken);
        if (verdict is { IsTrusted: false })
        {
            return own;
        }

        var days = planOf(own);
        DateOnly[] wanted = [.. days.Units.Select(u => u.Id.Day)];
        if (await AreDamagedAsync(own.Scope.Standing, wanted, cancellationToken))
        {
            return own; // only as a whole do these days come back
        }

        var scope = own.Scope with
        {
            Dataset = dataset,
            Days = wanted,
            Standing = new StandingUnits(dataset, own.Scope.Standing.Snapshot),
        };
        if (await WithSymbolsAsync(scope, cancellationToken) is not { } known)
        {
            return own;
        }

        // Of as many calls those for the symbols alone bring fewer rows; and the days that are there may lack some that
        // the symbols' own units have brought.
        // A proof is made once; it has to pay the first time, so that a day or two are asked for as days.
        var isProved = trust is null || verdict is not null;
        var bySymbol = Wants(known) with { Unproved = isProved ? null : UnprovedOf(own, known) };
        var isMore = known.Symbols.SelectMany(s => SymbolRanges.DaysBrought(s, known)).Except(wanted).Any();
        var calls = CallsOf(bySymbol, planOf(bySymbol)) + (isProved ? 0 : ProofCalls);
        return isMore || calls <= CallsOf(own, days) ? bySymbol : own;
    }

    /// <summary>By the day before the last one, where there is one: of the last one rows may be late.</summary>
    private UnprovedAxis UnprovedOf(DatasetWants own, AxisScope known)
    {
        var scope = own.Scope;
        var day =
            scope.Last > scope.Calendar.First
                ? own.Axis.LastDay(scope.Calendar, clock.GetUtcNow(), scope.Last.AddDays(-1))
                : scope.Last;
        return new UnprovedAxis(own.Dataset, day, [.. known.Symbols.Select(s => s.Symbol)]);
    }

    /// <summary>Whether rows of days are in files that are gone or damaged, be they of the right size or not.</summary>
    private async Task<bool> AreDamagedAsync(
        StandingUnits standing,
        IReadOnlyCollection<DateOnly> days,
        CancellationToken cancellationToken
    )
    {
        var among = days.ToHashSet();
        if (standing.Lost.Any(u => among.Contains(u.Day)))
        {
            return true;
        }

        var files = standing.Snapshot.Files.Values.Where(f => TablePartition.DaysOf(f).Any(among.Contains));
        var sound = await lake.SoundAsync(standing.Snapshot, files, cancellationToken);
        return sound.Files.Count < standing.Snapshot.Files.Count;
    }

    private static long CallsOf(DatasetWants wants, ExecutionPlan plan) =>
        plan.Units.Sum(u => (long)wants.Axis.CallsOf(u.Id, wants.Scope));

    private static DatasetWants Wants(AxisScope scope)
    {
        var axis = UnitAxis.Of(scope.Dataset);
        UnitId[] wanted = [.. axis.Wanted(scope)];
        var isBehind = scope.Request.Behind.Contains(scope.Dataset.Id);
        var behind = new Dictionary<UnitId, DateTimeOffset>();
        foreach (var unit in wanted.Where(u => scope.Standing.IndexOf(u) >= 0))
        {
            if (isBehind)
            {
                behind[unit] = DateTimeOffset.MinValue;
            }
            else if (axis.CurrentFrom(unit, scope) is { } from && axis.IsBehind(unit, from, scope))
            {
                behind[unit] = from;
            }
        }

        return new DatasetWants(
            axis,
            scope,
            behind.Count == 0 ? wanted : [.. wanted.Select(u => behind.ContainsKey(u) ? axis.Renewed(u, scope) : u)],
            behind.ToDictionary(u => axis.Renewed(u.Key, scope), u => u.Value)
        );
    }

    /// <summary>Adds the units in the lake whose sources have changed, where the vendor lets one look.</summary>
    private async Task<DatasetWants> WatchedAsync(DatasetWants wants, CancellationToken cancellationToken)
    {
        var scope = wants.Scope;
        return
            !scope.Request.Again
            && vendors is not null
            && await vendors.WatchedAsync(wants.Dataset.Vendor, cancellationToken) is { } client
            ? await new SourceWatch(client, wants).ReadAsync(cancellationToken)
            : wants;
    }

    private static string? ListOf(AxisScope scope) =>
        (scope.Dataset.Part ?? (scope.Request.IsForSymbols ? scope.Dataset.BySymbol?.Part : null))?.Symbols?.Dataset;

    private static string MissingList(string list) =>
        $"its symbols are those of {list}, of which the lake has nothing yet: `tidemark run --datasets {list}` fetches it";

    private async Task<AxisScope?> WithSymbolsAsync(AxisScope scope, CancellationToken cancellationToken) =>
        await symbols.ReadAsync(scope.Dataset.Part!.Symbols!, scope.Request.Symbols, cancellationToken) is { } listed
            ? scope with
            {
                Symbols = listed,
            }
            : null;

    private DateOnly LastDay(DatasetDefinition dataset, TradingCalendar calendar, PlanRequest request) =>
        LastDay(dataset, calendar, request, clock.GetUtcNow());

    private static DateOnly LastDay(
        DatasetDefinition dataset,
        TradingCalendar calendar,
        PlanRequest request,
        DateTimeOffset at
    )
    {
        var notAfter = request.To is { } to && !(request.AsOf < to) ? to : request.AsOf;
        return UnitAxis.Of(dataset).LastDay(calendar, at, notAfter);
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
