using Tidemark.Completeness.Checks;
using Tidemark.Completeness.Evaluation;
using Tidemark.Control.Completeness;
using Tidemark.Control.Settings;
using Tidemark.Core.Errors;

namespace Tidemark.Completeness.Results;

/// <summary>What to write.</summary>
/// <param name="Targets">The user's symbols; null leaves the target pool as it stands.</param>
/// <param name="SourceRunId">The ingest run that the evaluation follows, or null.</param>
/// <param name="LookbackDays">Open days that a coverage ratio looks back on.</param>
public sealed record MaterializeRequest(
    IReadOnlySet<string>? Targets,
    string? SourceRunId,
    int LookbackDays = CompletenessMaterializer.DefaultLookbackDays
);

/// <summary>What was written for one pool.</summary>
/// <param name="Pool">One of <see cref="Pools"/>.</param>
/// <param name="RunId">The row in <c>completeness_runs_v2</c>.</param>
/// <param name="Cells">Cells inside listing windows, by state.</param>
/// <param name="LeftEntities">Entities that had a status and have none any more.</param>
public sealed record MaterializedPool(
    string Pool,
    string RunId,
    IReadOnlyDictionary<Cell, long> Cells,
    IReadOnlyList<string> LeftEntities
);

/// <summary>
/// Evaluates and writes the results into the control database, from which alone <c>status</c> reads. A pool's results are replaced together;
/// results of checks that are no longer declared go with them. Thread-safe as far as the store is.
/// </summary>
public sealed class CompletenessMaterializer(CompletenessEvaluator evaluator, CompletenessStore store, MarketMeta meta)
{
    public const int DefaultLookbackDays = 180;

    /// <summary>Begins the key under which <c>market_meta</c> keeps a check's title.</summary>
    internal const string TitleKey = "completeness_title.";

    /// <exception cref="TidemarkException">
    /// A check could not be answered: a run row says so and its results stand as they were; those of all others are written.
    /// </exception>
    public async Task<IReadOnlyList<MaterializedPool>> RunAsync(
        IReadOnlyList<CheckDefinition> checks,
        EvaluationWindow window,
        MaterializeRequest request,
        CancellationToken cancellationToken
    )
    {
        CompletenessEvaluation evaluation;
        try
        {
            evaluation = await evaluator.EvaluateAsync(checks, window, cancellationToken);
        }
        catch (TidemarkException e)
        {
            foreach (var pool in PoolsOf(request))
            {
                await store.RecordFailureAsync(pool, window.To, request.SourceRunId, e.Message, cancellationToken);
            }

            throw;
        }

        var written = await WriteAsync(evaluation, request, cancellationToken);
        foreach (var fault in evaluation.Faults)
        {
            foreach (var pool in PoolsOf(request).Where(fault.Check.InPools.Contains))
            {
                await store.RecordFailureAsync(
                    pool,
                    window.To,
                    request.SourceRunId,
                    fault.Error.Message,
                    cancellationToken
                );
            }
        }

        return evaluation.Faults is [var first, ..] ? throw first.Error : written;
    }

    /// <summary>Writes an evaluation that was made before.</summary>
    public async Task<IReadOnlyList<MaterializedPool>> WriteAsync(
        CompletenessEvaluation evaluation,
        MaterializeRequest request,
        CancellationToken cancellationToken
    )
    {
        await meta.SetAsync(
            evaluation.Checks.ToDictionary(c => TitleKey + c.Check.Id, c => c.Check.Title, StringComparer.Ordinal),
            cancellationToken
        );
        var written = new List<MaterializedPool>();
        foreach (var pool in PoolsOf(request))
        {
            var results = evaluation.Checks.Where(c => c.Check.InPools.Contains(pool));
            var checks = pool == Pools.Target ? results.Select(c => c.Restrict(request.Targets!)) : results;
            written.Add(await WritePoolAsync(pool, [.. checks], evaluation, request, cancellationToken));
        }

        return written;
    }

    private static IEnumerable<string> PoolsOf(MaterializeRequest request) =>
        Pools.All.Where(p => p != Pools.Target || request.Targets is not null);

    private async Task<MaterializedPool> WritePoolAsync(
        string pool,
        IReadOnlyList<CheckResult> checks,
        CompletenessEvaluation evaluation,
        MaterializeRequest request,
        CancellationToken cancellationToken
    )
    {
        var failed = evaluation.Faults.Select(f => f.Check.Id).ToHashSet(StringComparer.Ordinal);
        var known = await store.TotalsAsync(new CompletenessFilter(ScopeId: pool), cancellationToken);
        var results = new CompletenessResults(
            pool,
            [
                .. checks
                    .Select(c => c.Check.Id)
                    .Union(known.Select(k => k.CheckId), StringComparer.Ordinal)
                    .Where(id => !failed.Contains(id)),
            ],
            evaluation.To,
            request.SourceRunId,
            [.. checks.SelectMany(c => StatusRows.Of(c, request.LookbackDays))],
            [.. checks.SelectMany(DayCounts)],
            [.. checks.SelectMany(DayRanges)]
        );
        var outcome = await store.ReplaceAsync(results, cancellationToken);
        var cells = checks
            .SelectMany(c => c.Totals())
            .GroupBy(t => t.Key)
            .ToDictionary(g => g.Key, g => g.Sum(t => t.Value));
        return new MaterializedPool(pool, outcome.RunId, cells, outcome.LeftEntities);
    }

    private static IEnumerable<DayCount> DayCounts(CheckResult result) =>
        result
            .DayCells()
            .Select(c => new DayCount(
                result.Check.Id,
                result.Check.Bucket,
                c.Day,
                c.Cell.Status,
                c.Cell.Reason,
                c.Entities
            ));

    private static List<DayRange> DayRanges(CheckResult result)
    {
        var ranges = new List<DayRange>(result.Entities.Count * 2);
        for (var entity = 0; entity < result.Entities.Count; entity++)
        {
            foreach (var range in result.RangesOf(entity))
            {
                ranges.Add(
                    new DayRange(
                        result.Check.Id,
                        result.Entities[entity],
                        result.Days[range.First],
                        result.Days[range.Last],
                        range.Cell.Status,
                        range.Cell.Reason,
                        range.Days
                    )
                );
            }
        }

        return ranges;
    }
}
