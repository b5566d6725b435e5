using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Staging;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// A whole market by open day: prices, factors, suspensions. An empty answer is evidence once the day's data has been
/// due for the grace.
/// </summary>
internal sealed class ByDay(DatasetDefinition dataset) : UnitAxis(dataset)
{
    /// <summary>The usual number of rows is the median of this many earlier days.</summary>
    private const int DaysLookedBackOn = 20;

    /// <summary>With fewer earlier days, no number of rows is usual yet.</summary>
    private const int DaysNeeded = 5;

    public override bool IsJudgedByDay => true;

    public override DateOnly LastDay(TradingCalendar calendar, DateTimeOffset now, DateOnly? notAfter)
    {
        var last = base.LastDay(calendar, now, notAfter);
        while (!HasRows(last, calendar) && last > calendar.First)
        {
            last = calendar.OpenDayOnOrBefore(last.AddDays(-1));
        }

        return last;
    }

    public override IEnumerable<UnitId> Wanted(AxisScope scope)
    {
        var days = new SortedSet<UnitId>();
        if (scope.Request.Again)
        {
            days.UnionWith(scope.Standing.Ever.Where(u => scope.IsWithin(u.Period)));
        }

        if (!scope.Request.Again || scope.HasRange)
        {
            var from = scope.From(RecentFrom(scope.Calendar, scope.Last));
            from = from < scope.Calendar.First ? scope.Calendar.First : from;
            foreach (var day in scope.Calendar.OpenDaysBetween(from, scope.Last))
            {
                if (HasRows(day, scope.Calendar))
                {
                    days.Add(new UnitId(Dataset.Id, day));
                }
            }
        }

        return days;
    }

    public override string? Suspicion(UnitId unit, StandingUnits standing)
    {
        if (standing.Canaries.Of(unit) is { Count: > 0 } absent)
        {
            return $"it has no row of {string.Join(", ", absent)}, which every day has";
        }

        if (standing.IndexOf(unit) < 0)
        {
            return null;
        }

        // A round number of rows is not suspicious: the client has asked for the rows after it (see its Paging), and
        // the vendor had none.
        return base.Suspicion(unit, standing) ?? FewRows.Told(Rule, standing.RowsOf(unit), UsualBefore(unit, standing));
    }

    public override long UsualRows(UnitId unit, StandingUnits standing) =>
        Rule is { OnBreak: RulePolicy.Block } ? UsualBefore(unit, standing) ?? 0 : 0;

    public override void EnsureWhole(UnitId unit, long rows, long usual)
    {
        if (Rule is { OnBreak: RulePolicy.Block } && FewRows.Told(Rule, rows, usual) is { } few)
        {
            var day = unit.Day.ToIso();
            throw RowFault.Of(
                unit,
                "RULE_BROKEN",
                few,
                $"correct `row_count` in the dataset, or take so few by `tidemark refetch {Dataset.Id} --from {day} --to {day} --allow-shrink REASON`"
            );
        }
    }

    // Rows without a key are single events, of which a day has as many as there were.
    private RowCountRule? Rule =>
        Dataset.RowCount
        ?? (
            Dataset.EmptyIsOrdinary || Dataset.Key.Count == 0
                ? null
                : new RowCountRule(null, RowCountRule.FallByDefault, RulePolicy.Warn)
        );

    // Other axes may have brought rows of the day: its answer decides over all of them.
    public override RowScope? ScopeOf(UnitId unit) => new(unit);

    private bool HasRows(DateOnly day, TradingCalendar calendar) => !Dataset.IsWeekly || calendar.IsLastOfWeek(day);

    private static long? UsualBefore(UnitId unit, StandingUnits standing)
    {
        var rows = standing.Rows;
        var index = standing.IndexOf(unit) is var found and >= 0 ? found : ~standing.IndexOf(unit);
        var before = new List<long>(DaysLookedBackOn);
        for (var i = index - 1; i >= 0 && before.Count < DaysLookedBackOn; i--)
        {
            if (rows[i] > 0)
            {
                before.Add(rows[i]);
            }
        }

        if (before.Count < DaysNeeded)
        {
            return null;
        }

        before.Sort();
        return before[before.Count / 2];
    }
}
