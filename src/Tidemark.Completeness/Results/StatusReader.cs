using Tidemark.Control.Completeness;
using Tidemark.Control.Settings;
using Tidemark.Core.Completeness;

namespace Tidemark.Completeness.Results;

/// <summary>Makes reports from the control database alone: no lake, no engine, no definitions. Thread-safe.</summary>
public sealed class StatusReader(CompletenessStore store, MarketMeta meta)
{
    public async Task<StatusReport> ReadAsync(StatusFilter filter, CancellationToken cancellationToken)
    {
        var entries = await meta.ListAsync(cancellationToken);
        var titles = entries
            .Where(e => e.Key.StartsWith(CompletenessMaterializer.TitleKey, StringComparison.Ordinal))
            .ToDictionary(e => e.Key[CompletenessMaterializer.TitleKey.Length..], e => e.Value, StringComparer.Ordinal);
        var days = await store.DaysAsync(
            new CompletenessFilter(filter.Pool, filter.Bucket, filter.Check),
            cancellationToken
        );
        var latest = (await store.RunsAsync(1, cancellationToken)).FirstOrDefault();
        var checks = new List<(string Pool, string Bucket, CheckStatus Status)>();
        foreach (var group in days.GroupBy(d => (d.ScopeId, d.BucketId, d.CheckId)))
        {
            var (pool, bucket, check) = group.Key;
            var title = titles.GetValueOrDefault(check, check);
            var rows = Last(group, filter.Days);
            if (filter.Entity is null)
            {
                checks.Add((pool, bucket, OfDays(check, title, rows)));
            }
            else if (await OfEntityAsync(pool, check, title, rows, filter, cancellationToken) is { } status)
            {
                checks.Add((pool, bucket, status));
            }
        }

        return new StatusReport(latest?.FinishedAt, latest?.AsOf, Tree(checks));
    }

    private static PoolStatus[] Tree(List<(string Pool, string Bucket, CheckStatus Status)> checks) =>
        [
            .. checks
                .GroupBy(c => c.Pool)
                .Select(pool => new PoolStatus(
                    pool.Key,
                    [
                        .. pool.GroupBy(c => c.Bucket)
                            .OrderBy(b => WeightOf(b.Key))
                            .ThenBy(b => b.Key, StringComparer.Ordinal)
                            .Select(b => new BucketStatus(b.Key, [.. b.Select(c => c.Status)])),
                    ]
                )),
        ];

    // The order in which people think of their assets.
    private static int WeightOf(string bucket)
    {
        var index = Array.IndexOf(
            ["stock", "etf", "index", "futures", "spot", "fx", "macro", "options", "global"],
            bucket
        );
        return index < 0 ? int.MaxValue : index;
    }

    private static List<DayTotal> Last(IEnumerable<DayTotal> rows, int? days)
    {
        var all = rows.ToList();
        if (days is null)
        {
            return all;
        }

        var kept = all.Select(r => r.Day).Distinct().OrderDescending().Take(Math.Max(0, days.Value)).ToHashSet();
        return all.FindAll(r => kept.Contains(r.Day));
    }

    private static CheckStatus OfDays(string check, string title, List<DayTotal> rows)
    {
        var total = new StatusCounts();
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var days = new List<DayStatus>();
        foreach (var row in rows)
        {
            var counts = StatusCounts.Of(row.Status, row.Entities);
            total += counts;
            Add(reasons, row.Reason, row.Entities);
            if (days.Count > 0 && days[^1].Day == row.Day)
            {
                days[^1] = days[^1] with { Counts = days[^1].Counts + counts };
            }
            else
            {
                days.Add(new DayStatus(row.Day, counts));
            }
        }

        var (from, to) = days.Count > 0 ? (days[0].Day, days[^1].Day) : default;
        return new CheckStatus(check, title, from, to, total, reasons, days, null, []);
    }

    private async Task<CheckStatus?> OfEntityAsync(
        string pool,
        string check,
        string title,
        List<DayTotal> rows,
        StatusFilter filter,
        CancellationToken cancellationToken
    )
    {
        var entity = filter.Entity!;
        var own = (await store.RangesAsync(pool, entity, cancellationToken)).FindAll(r => r.CheckId == check);
        if (own.Count == 0 || rows.Count == 0)
        {
            return null;
        }

        var days = rows.Select(r => r.Day).Distinct().ToArray();
        var first = filter.Days is null ? DateOnly.MinValue : days[0];
        var total = new StatusCounts();
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var ranges = new List<RangeStatus>();
        foreach (var range in own)
        {
            var from = range.From < first ? first : range.From;
            if (from > range.To)
            {
                continue;
            }

            var count = from == range.From ? range.Days : days.Count(d => d >= from && d <= range.To);
            ranges.Add(new RangeStatus(from, range.To, range.Status.Name(), range.Reason.Name(), count));
            if (new Evaluation.Cell(range.Status, range.Reason).IsInsideListing)
            {
                total += StatusCounts.Of(range.Status, count);
                Add(reasons, range.Reason, count);
            }
        }

        var status = (await store.StatusesAsync(pool, entity, cancellationToken)).Find(s => s.CheckId == check);
        return new CheckStatus(check, title, days[0], days[^1], total, reasons, [], status?.CoverageRatio, ranges);
    }

    private static void Add(SortedDictionary<string, long> reasons, CellReason reason, long cells)
    {
        if (reason != CellReason.None)
        {
            reasons[reason.Name()] = reasons.GetValueOrDefault(reason.Name()) + cells;
        }
    }
}
