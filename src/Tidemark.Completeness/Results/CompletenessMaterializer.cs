using Tidemark.Completeness.Evaluation;
using Tidemark.Control.Completeness;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Results;

/// <summary>Which results to write.</summary>
/// <param name="Pools">The pools to write; stored results of others stay, and are evaluated when they are read.</param>
/// <param name="Targets">The user's symbols.</param>
/// <param name="SourceRunId">The ingest run that the evaluation follows, or null.</param>
/// <param name="LookbackDays">The number of open days behind a coverage ratio.</param>
public sealed record MaterializeRequest(
    IReadOnlyList<Pool> Pools,
    IReadOnlySet<string> Targets,
    string? SourceRunId,
    int LookbackDays = CompletenessMaterializer.DefaultLookbackDays
);

/// <summary>What was written for one pool.</summary>
/// <param name="Pool">One of <see cref="Pools"/>.</param>
/// <param name="RunId">The row in <c>completeness_runs_v2</c>.</param>
/// <param name="Checks">The checks that were out of date and were evaluated.</param>
/// <param name="LeftEntities">Entities that had a status and no longer have one.</param>
public sealed record MaterializedPool(
    Pool Pool,
    string RunId,
    IReadOnlyList<string> Checks,
    IReadOnlyList<string> LeftEntities
);

/// <summary>What an evaluation wrote, and what it could not evaluate.</summary>
/// <param name="Pools">One entry per pool.</param>
/// <param name="Faults">The checks that could not be evaluated; their stored results stay as they were.</param>
public sealed record MaterializedResults(IReadOnlyList<MaterializedPool> Pools, IReadOnlyList<CheckFault> Faults);

/// <summary>
/// Evaluates the checks that are out of date and writes the results, with their basis, into the control database. A
/// pool's results are replaced together; results of checks that are no longer declared are removed. As thread-safe as
/// the store.
/// </summary>
public sealed class CompletenessMaterializer(PresentEvaluator evaluator, CompletenessStore store)
{
    public const int DefaultLookbackDays = 180;

    /// <summary>
    /// Evaluates and writes. A check that is wrong or whose table cannot be read stops no other check: a run row says
    /// so.
    /// </summary>
    public async Task<MaterializedResults> RunAsync(
        IReadOnlyList<CheckDefinition> checks,
        EvaluationWindow window,
        MaterializeRequest request,
        CancellationToken cancellationToken
    )
    {
        var present = await evaluator.EvaluateAsync(checks, window, request.Pools, request.Targets, cancellationToken);
        var written = await WriteAsync(present, checks, window.To, request, cancellationToken);
        foreach (var fault in present.Faults)
        {
            foreach (var pool in request.Pools.Where(fault.Check.InPools.Contains))
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

        return new MaterializedResults(written, present.Faults);
    }

    /// <summary>
    /// Writes evaluated results. Without a run to record, leaves a pool alone whose results are up to date.
    /// </summary>
    /// <param name="present">The results.</param>
    /// <param name="checks">All declared checks.</param>
    /// <param name="asOf">The latest day that is due.</param>
    /// <param name="request">The pools and symbols.</param>
    /// <param name="cancellationToken">Stops the writing between pools.</param>
    public async Task<IReadOnlyList<MaterializedPool>> WriteAsync(
        PresentResults present,
        IReadOnlyList<CheckDefinition> checks,
        DateOnly asOf,
        MaterializeRequest request,
        CancellationToken cancellationToken
    )
    {
        var written = new List<MaterializedPool>();
        foreach (var pool in request.Pools)
        {
            var declared = checks.Where(c => c.InPools.Contains(pool)).Select(c => c.Id);
            var gone = (await store.ChecksAsync(pool, cancellationToken))
                .Except(declared, StringComparer.Ordinal)
                .ToArray();
            var evaluated = present.Evaluated.Where(e => e.Pool == pool).ToArray();
            if (evaluated.Length + gone.Length == 0 && request.SourceRunId is null)
            {
                continue;
            }

            string[] ids = [.. evaluated.Select(e => e.Result.Check.Id)];
            var results = evaluated.Select(e => e.Result).ToArray();
            var outcome = await store.ReplaceAsync(
                new CompletenessResults(
                    pool,
                    [.. ids, .. gone],
                    asOf,
                    request.SourceRunId,
                    [.. results.SelectMany(r => StatusRows.Of(r, request.LookbackDays))],
                    [.. results.SelectMany(StatusRows.DayCounts)],
                    [.. results.SelectMany(r => StatusRows.DayRanges(r))],
                    [.. evaluated.Select(e => e.Basis)]
                ),
                cancellationToken
            );
            written.Add(new MaterializedPool(pool, outcome.RunId, ids, outcome.LeftEntities));
        }

        return written;
    }
}
