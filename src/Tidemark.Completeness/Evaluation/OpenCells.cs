using Tidemark.Core.Calendars;
using Tidemark.Core.Completeness;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>
/// A range of days of a dataset, both included, not later than the newest due day.
/// </summary>
public sealed record DatasetDays(string DatasetId, DateOnly From, DateOnly To);

/// <summary>A day of a dataset without all rows that a check requires.</summary>
/// <param name="DatasetId">The dataset that lacks them.</param>
/// <param name="Day">An open day.</param>
/// <param name="Missing">Entities without the row (or without the values that the check requires in it).</param>
/// <param name="Expected">Entities whose cell is applicable.</param>
public readonly record struct OpenDay(string DatasetId, DateOnly Day, int Missing, int Expected);

/// <summary>The days that are not whole.</summary>
/// <param name="Judged">
/// Datasets that a check of the whole market requires and that could be evaluated. Nothing is known of the days of
/// others.
/// </param>
/// <param name="Days">By dataset and day. Each is listed once per dataset, with the check that misses most
/// rows.</param>
/// <param name="Excuses">Suspensions that may explain the missing rows of a day.</param>
public sealed record OpenDays(
    IReadOnlySet<string> Judged,
    IReadOnlyList<OpenDay> Days,
    IReadOnlyCollection<OpenExcuse> Excuses
);

/// <summary>
/// Suspensions of a day on which rows are missing: the vendor may have announced more of them since they were fetched.
/// </summary>
/// <param name="DatasetId">The dataset of suspensions.</param>
/// <param name="Day">The day.</param>
/// <param name="Excused">The dataset whose rows are missing.</param>
public readonly record struct OpenExcuse(string DatasetId, DateOnly Day, string Excused);

/// <summary>
/// Finds the days of datasets that are not whole: their rows cause a missing, partial or not started cell. Reads the
/// tables' present versions, for any days, within the workspace's plan or not. Thread-safe.
/// </summary>
public sealed class OpenCells(
    CheckRegistry checks,
    CompletenessEvaluator evaluator,
    IReadOnlyDictionary<string, TradingCalendar> calendars
)
{
    /// <exception cref="TidemarkException">
    /// A calendar is missing or too short. Checks that cannot be evaluated are left out instead.
    /// </exception>
    public async Task<OpenDays> ReadAsync(IReadOnlyCollection<DatasetDays> wanted, CancellationToken cancellationToken)
    {
        var byId = wanted.Where(w => w.To >= w.From).ToDictionary(w => w.DatasetId, StringComparer.Ordinal);
        var asked = checks
            .All.Where(c => c.InPools.Contains(Pool.Universe) && !c.IsSnapshot)
            .Where(c => c.Required.Any(d => byId.ContainsKey(d.Id)))
            .ToArray();
        if (asked.Length == 0)
        {
            return new OpenDays(new HashSet<string>(), [], []);
        }

        var doubted = new HashSet<TableId>();
        while (true)
        {
            var isDoubted = false;
            var days = await ReadAsync(
                asked,
                byId,
                doubted,
                (check, error) => isDoubted |= TableReadings.Doubt(evaluator.Lake, check, error, doubted),
                cancellationToken
            );
            if (!isDoubted)
            {
                return days;
            }
        }
    }

    private async Task<OpenDays> ReadAsync(
        CheckDefinition[] asked,
        Dictionary<string, DatasetDays> byId,
        IReadOnlySet<TableId> doubted,
        Action<CheckDefinition, TidemarkException> fail,
        CancellationToken cancellationToken
    )
    {
        var judged = new HashSet<string>(StringComparer.Ordinal);
        var open = new Dictionary<(string, DateOnly), OpenDay>();
        var excuses = new HashSet<OpenExcuse>();
        var readings = await TableReadings.OfAsync(evaluator.Lake, asked, doubted.ToHashSet(), cancellationToken);
        using var reader = await evaluator.OpenAsync(readings, asked, days: null, cancellationToken);
        foreach (var check in asked)
        {
            var days = check.Required.Where(d => byId.ContainsKey(d.Id)).Select(d => byId[d.Id]).ToArray();
            var window = new EvaluationWindow(days.Min(d => d.From), days.Max(d => d.To), calendars);
            var axis = CheckAxis.Of(check, window);
            CheckResult result;
            try
            {
                result = CompletenessEvaluator.Evaluate(check, axis, readings, reader);
            }
            catch (TidemarkException e)
            {
                fail(check, e);
                continue; // `status` says why
            }

            if (result.AreEntitiesKnown)
            {
                judged.UnionWith(days.Select(d => d.DatasetId));
                Count(result, byId, open, excuses);
            }
        }

        return new OpenDays(
            judged,
            [.. open.Values.OrderBy(o => o.DatasetId, StringComparer.Ordinal).ThenBy(o => o.Day)],
            excuses
        );
    }

    private static void Count(
        CheckResult result,
        Dictionary<string, DatasetDays> wanted,
        Dictionary<(string, DateOnly), OpenDay> open,
        HashSet<OpenExcuse> excuses
    )
    {
        var excuse = result.Check.Suspensions?.Dataset.Id;
        var required = result.Check.Required;
        var missing = new int[required.Count, result.Days.Count];
        var expected = new int[result.Days.Count];
        for (var entity = 0; entity < result.Entities.Count; entity++)
        {
            foreach (var range in result.RangesOf(entity))
            {
                if (range.Cell.Status == CellStatus.NotApplicable)
                {
                    continue;
                }

                for (var day = range.First; day <= range.Last; day++)
                {
                    expected[day]++;
                    for (var i = 0; range.Cell.Status != CellStatus.Complete && i < required.Count; i++)
                    {
                        missing[i, day] += result.Evidence.Required[i].IsSet(entity, day) ? 0 : 1;
                    }
                }
            }
        }

        for (var i = 0; i < required.Count; i++)
        {
            if (!wanted.TryGetValue(required[i].Id, out var days))
            {
                continue;
            }

            for (var day = 0; day < expected.Length; day++)
            {
                var found = new OpenDay(days.DatasetId, result.Days[day], missing[i, day], expected[day]);
                var key = (found.DatasetId, found.Day);
                if (found.Missing == 0 || found.Day < days.From || found.Day > days.To)
                {
                    continue;
                }

                if (!open.TryGetValue(key, out var other) || other.Missing < found.Missing)
                {
                    open[key] = found;
                }

                if (excuse is not null)
                {
                    excuses.Add(new OpenExcuse(excuse, found.Day, found.DatasetId));
                }
            }
        }
    }
}
