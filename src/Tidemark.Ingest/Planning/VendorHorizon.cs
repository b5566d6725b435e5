using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;

namespace Tidemark.Ingest.Planning;

/// <summary>
/// The first day that a vendor has of a dataset. What nobody has asked for before it is not asked for, unless it is
/// named; what was fetched of it is judged as any other day.
/// </summary>
/// <param name="Dataset">The dataset's id.</param>
/// <param name="First">The day.</param>
/// <param name="IsLearned">
/// Whether nobody has declared it: days before it were given up, because the vendor had no rows for weeks, and it has
/// rows of those from it on.
/// </param>
/// <param name="Units">The wanted units before it.</param>
public sealed record VendorHorizon(string Dataset, DateOnly First, bool IsLearned, int Units)
{
    /// <summary>
    /// So many open days before it that are given up, and as many from it on with rows, are needed to learn it.
    /// </summary>
    public const int DaysNeeded = 20;

    /// <param name="scope">The dataset and what the lake has of it.</param>
    /// <param name="attempts">What is kept of units that are not whole.</param>
    internal static VendorHorizon? Of(AxisScope scope, IReadOnlyDictionary<string, UnitAttempt> attempts) =>
        scope.Request.Again ? null
        : scope.Dataset.History is { } declared ? new VendorHorizon(scope.Dataset.Id, declared, IsLearned: false, 0)
        // Whoever names days has them asked for, whatever was learned.
        : !scope.Request.NamesDays && Learned(scope, attempts) is { } learned
            ? new VendorHorizon(scope.Dataset.Id, learned, IsLearned: true, 0)
        : null;

    /// <summary>Whether a unit lies before it, and has not been more than asked for in vain.</summary>
    internal bool IsBeyond(UnitId unit, DatasetWants wants)
    {
        var standing = wants.Scope.Standing;
        return unit.LastDay < First
            && !standing.Lost.Contains(unit)
            && !wants.Changed.Contains(unit)
            && (IsLearned ? standing.IndexOf(unit) < 0 : standing.RowsOf(unit) == 0);
    }

    private static DateOnly? Learned(AxisScope scope, IReadOnlyDictionary<string, UnitAttempt> attempts)
    {
        var (dataset, standing) = (scope.Dataset, scope.Standing);
        if (dataset.Grain != UnitGrain.TradingDay || dataset.IsWeekly || dataset.EmptyIsOrdinary)
        {
            return null;
        }

        var first = 0;
        while (first < standing.All.Count && standing.Rows[first] == 0)
        {
            first++;
        }

        return
            first >= DaysNeeded
            && first + DaysNeeded <= standing.All.Count
            && AreAllThere(first - DaysNeeded)
            && standing.All.Take(first).TakeLast(DaysNeeded).All(IsGivenUp)
            && standing.Rows.Skip(first).Take(DaysNeeded).All(rows => rows > 0)
            ? standing.All[first].Day
            : null;

        bool IsGivenUp(UnitId unit) => attempts.GetValueOrDefault(unit.ToString())?.IsGivenUp == true;

        // A day that was not asked for, or that is lost, proves nothing.
        bool AreAllThere(int from)
        {
            var to = from + (2 * DaysNeeded) - 1;
            var days = scope.Calendar.OpenDaysBetween(standing.All[from].Day, standing.All[to].Day).Length;
            return days == 2 * DaysNeeded && standing.All.Take(to + 1).All(standing.Has);
        }
    }
}
