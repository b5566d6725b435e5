using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;

namespace Tidemark.Ingest.Planning;

/// <summary>The first day that a vendor has of a dataset. Nothing before it is asked for, unless it is named again.</summary>
/// <param name="Dataset">The dataset's id.</param>
/// <param name="First">The day.</param>
/// <param name="IsLearned">
/// Whether nobody has declared it: the vendor had no rows for the days before it, and rows for those from it on.
/// </param>
/// <param name="Units">The wanted units before it.</param>
public sealed record VendorHorizon(string Dataset, DateOnly First, bool IsLearned, int Units)
{
    /// <summary>So many open days before it without a row, and as many from it on with rows, are needed to learn it.</summary>
    public const int DaysNeeded = 20;

    /// <param name="scope">The dataset and what the lake has of it.</param>
    /// <param name="isJudged">
    /// Whether checks judge its days: they count what is expected of each, and nothing is learned beside them.
    /// </param>
    internal static VendorHorizon? Of(AxisScope scope, bool isJudged) =>
        scope.Dataset.History is { } declared ? new VendorHorizon(scope.Dataset.Id, declared, IsLearned: false, 0)
        : isJudged ? null
        : Learned(scope) is { } learned ? new VendorHorizon(scope.Dataset.Id, learned, IsLearned: true, 0)
        : null;

    private static DateOnly? Learned(AxisScope scope)
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
            && standing.Rows.Skip(first).Take(DaysNeeded).All(rows => rows > 0)
            ? standing.All[first].Day
            : null;

        // A day that was not asked for, or that is lost, proves nothing.
        bool AreAllThere(int from)
        {
            var to = from + (2 * DaysNeeded) - 1;
            var days = scope.Calendar.OpenDaysBetween(standing.All[from].Day, standing.All[to].Day).Length;
            return days == 2 * DaysNeeded && standing.All.Skip(from).Take(days).All(standing.Has);
        }
    }
}
