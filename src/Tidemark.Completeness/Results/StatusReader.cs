using Tidemark.Control.Completeness;
using Tidemark.Core.Completeness;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Results;

/// <summary>The sources of a report.</summary>
/// <param name="Checks">The declared checks.</param>
/// <param name="Present">
/// The results for the tables' present versions. Null when they could not be evaluated; then the report shows all
/// stored results with <paramref name="Fault"/>.
/// </param>
/// <param name="Now">When <paramref name="Present"/> was evaluated.</param>
/// <param name="Fault">Why the results could not be evaluated.</param>
public sealed record StatusSources(
    IReadOnlyList<CheckDefinition> Checks,
    PresentResults? Present,
    DateTimeOffset Now,
    TidemarkException? Fault = null
);

/// <summary>Makes reports from stored results and from those evaluated just now. Thread-safe.</summary>
public sealed class StatusReader(CompletenessStore store)
{
    /// <summary>Whether anything was ever evaluated and stored.</summary>
    public async Task<bool> HasResultsAsync(CancellationToken cancellationToken) =>
        (await store.RunsAsync(1, cancellationToken)).Count > 0;

    public async Task<StatusReport> ReadAsync(
        StatusFilter filter,
        StatusSources sources,
        DateOnly? asOf,
        CancellationToken cancellationToken
    )
    {
        var latest = (await store.RunsAsync(1, cancellationToken)).FirstOrDefault();
        var checks = new List<(CheckSource Source, CheckStatus Status)>();
        foreach (var source in await SourcesAsync(filter, sources, cancellationToken))
        {
            if (await OfAsync(source, filter, cancellationToken) is { } status)
            {
                checks.Add((source, status));
            }
        }

        var evaluatedAt = sources.Present is { Evaluated.Count: > 0 } ? sources.Now : latest?.FinishedAt;
        return new StatusReport(evaluatedAt, asOf ?? latest?.AsOf, Tree(checks));
    }

    private async Task<List<CheckSource>> SourcesAsync(
        StatusFilter filter,
        StatusSources sources,
        CancellationToken cancellationToken
    )
    {
        var stored = (await store.BasesAsync(cancellationToken)).ToDictionary(
            b => (b.Pool, b.Basis.CheckId),
            b => b.EvaluatedAt
        );
        var evaluated = sources.Present?.Evaluated.ToDictionary(e => (e.Pool, e.Result.Check.Id), e => e.Result) ?? [];
        var faults = sources.Present?.Faults.ToDictionary(f => f.Check.Id, StringComparer.Ordinal) ?? [];
        var found = new List<CheckSource>();
        foreach (var pool in Pools.All.Where(p => filter.Pool is null || filter.Pool == p))
        {
            foreach (var check in sources.Checks.Where(c => c.InPools.Contains(pool) && Fits(c, filter)))
            {
                var key = (pool, check.Id);
                var own = faults.GetValueOrDefault(check.Id);
                var fault = sources.Fault ?? own?.Error;
                found.Add(
                    evaluated.TryGetValue(key, out var result)
                        ? new CheckSource(pool, check, new EvaluatedRows(pool, result), sources.Now, null)
                        : new CheckSource(
                            pool,
                            check,
                            own is { IsOfCheck: true } ? null : new StoredRows(store, pool, check.Id),
                            stored.TryGetValue(key, out var at) ? at : null,
                            fault is null ? null : new StatusFault(fault.Code, fault.Message)
                        )
                );
            }
        }

        return found;
    }

    private static bool Fits(CheckDefinition check, StatusFilter filter) =>
        (filter.Bucket is null || filter.Bucket == check.Bucket) && (filter.Check is null || filter.Check == check.Id);

    private static PoolStatus[] Tree(List<(CheckSource Source, CheckStatus Status)> checks) =>
        [
            .. checks
                .GroupBy(c => c.Source.Pool)
                .Select(pool => new PoolStatus(
                    pool.Key,
                    [
                        .. pool.GroupBy(c => c.Source.Check.Bucket)
                            .OrderBy(b => b.Key)
                            .Select(b => new BucketStatus(b.Key, [.. b.Select(c => c.Status)])),
                    ]
                )),
        ];

    private static async Task<CheckStatus?> OfAsync(
        CheckSource source,
        StatusFilter filter,
        CancellationToken cancellationToken
    )
    {
        var rows = source.Rows is null ? [] : Within(await source.Rows.DaysAsync(cancellationToken), filter);
        var status =
            filter.Entity is { } entity && source.Rows is { } own
                ? await OfEntityAsync(source.Check, own, entity, rows, cancellationToken)
            : rows.Count > 0 || (source.Fault is not null && IsAsked(source.Pool, filter)) ? OfDays(source.Check, rows)
            : null;
        if (status is null)
        {
            return null;
        }

        var gaps =
            filter.WithGaps && filter.Entity is null && rows.Count > 0
                ? await GapsAsync(source.Rows!, rows, cancellationToken)
                : null;
        return status with { EvaluatedAt = source.EvaluatedAt, NotEvaluated = source.Fault, Gaps = gaps };
    }

    // Without results it is unknown whether there are targets; the market is always there.
    private static bool IsAsked(Pool pool, StatusFilter filter) => pool == Pool.Universe || filter.Pool == pool;

    private static List<DayTotal> Within(IReadOnlyList<DayTotal> rows, StatusFilter filter)
    {
        var within = rows.Where(r => !(r.Day < filter.From) && !(r.Day > filter.To)).ToList();
        if (filter.Days is not { } days)
        {
            return within;
        }

        var kept = within.Select(r => r.Day).Distinct().OrderDescending().Take(Math.Max(0, days)).ToHashSet();
        return within.FindAll(r => kept.Contains(r.Day));
    }

    private static CheckStatus OfDays(CheckDefinition check, List<DayTotal> rows)
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
        return new CheckStatus(check.Id, check.Title, from, to, total, reasons, days, null, []);
    }

    private static async Task<CheckStatus?> OfEntityAsync(
        CheckDefinition check,
        ICheckRows results,
        string entity,
        List<DayTotal> rows,
        CancellationToken cancellationToken
    )
    {
        var own = await results.RangesAsync(entity, cancellationToken);
        if (own.Count == 0 || rows.Count == 0)
        {
            return null;
        }

        var days = OpenDays(rows);
        var total = new StatusCounts();
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var ranges = new List<RangeStatus>();
        foreach (var range in own)
        {
            if (Clipped(range, days) is not { } clipped)
            {
                continue;
            }

            ranges.Add(clipped);
            if (new Evaluation.Cell(range.Status, range.Reason).IsInsideListing)
            {
                total += StatusCounts.Of(range.Status, clipped.Days);
                Add(reasons, range.Reason, clipped.Days);
            }
        }

        var coverage = await results.CoverageAsync(entity, cancellationToken);
        return new CheckStatus(check.Id, check.Title, days[0], days[^1], total, reasons, [], coverage, ranges);
    }

    private static async Task<IReadOnlyList<EntityGaps>> GapsAsync(
        ICheckRows results,
        List<DayTotal> rows,
        CancellationToken cancellationToken
    )
    {
        var days = OpenDays(rows);
        var gaps = new List<EntityGaps>();
        foreach (var entity in (await results.GapsAsync(days[0], days[^1], cancellationToken)).GroupBy(g => g.EntityId))
        {
            var ranges = entity.Select(g => Clipped(g, days)).OfType<RangeStatus>().ToArray();
            if (ranges.Length > 0)
            {
                gaps.Add(new EntityGaps(entity.Key, ranges));
            }
        }

        return gaps;
    }

    private static DateOnly[] OpenDays(List<DayTotal> rows) => [.. rows.Select(r => r.Day).Distinct().Order()];

    /// <summary>The part of a range within the report's days; null when there is none.</summary>
    private static RangeStatus? Clipped(DayRange range, DateOnly[] days)
    {
        var from = range.From < days[0] ? days[0] : range.From;
        var to = range.To > days[^1] ? days[^1] : range.To;
        if (from > to)
        {
            return null;
        }

        var count = from == range.From && to == range.To ? range.Days : days.Count(d => d >= from && d <= to);
        return count == 0 ? null : new RangeStatus(from, to, range.Status.Name(), range.Reason.Name(), count);
    }

    private static void Add(SortedDictionary<string, long> reasons, CellReason reason, long cells)
    {
        if (reason != CellReason.None)
        {
            reasons[reason.Name()] = reasons.GetValueOrDefault(reason.Name()) + cells;
        }
    }
}
