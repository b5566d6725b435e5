using Tidemark.Completeness.Evaluation;
using Tidemark.Control.Completeness;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Results;

/// <summary>What to write.</summary>
/// <param name="Pools">Whose results; those of other pools stay, and are evaluated when they are read.</param>
/// <param name="Targets">The user's symbols.</param>
/// <param name="SourceRunId">The ingest run that the evaluation follows, or null.</param>
/// <param name="LookbackDays">Open days that a coverage ratio looks back on.</param>
public sealed record MaterializeRequest(
    IReadOnlyList<Pool> Pools,
    IReadOnlySet<string> Targets,
    string? SourceRunId,
    int LookbackDays = CompletenessMaterializer.DefaultLookbackDays
);

/// <summary>What was written for one pool.</summary>
/// <param name="Pool">One of <see cref="Pools"/>.</param>
/// <param name="RunId">The row in <c>completeness_runs_v2</c>.</param>
/// <param name="Checks">The checks that were behind and were evaluated.</param>
/// <param name="LeftEntities">Entities that had a status and have none any more.</param>
public sealed record MaterializedPool(
    Pool Pool,
    string RunId,
    IReadOnlyList<string> Checks,
    IReadOnlyList<string> LeftEntities
);

/// <summary>
/// Evaluates what is behind and writes it into the control database, with what it was made from. A pool's results are
/// replaced together; results of checks that are no longer declared go with them. Thread-safe as far as the store is.
/// </summary>
public sealed class CompletenessMaterializer(PresentEvaluator evaluator, CompletenessStore store)
{
    public const int DefaultLookbackDays = 180;

    /// <exception cref="TidemarkException">
    /// A check is wrong and has to be mended. One whose table cannot be read is no exception. Of both a run row says so
    /// and their results stand as they were; those of all others are written.
    /// </exception>
    public async Task<IReadOnlyList<MaterializedPool>> RunAsync(
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

        // A table that cannot be read takes only its checks, and is named by all that tell of the lake; a check that is
        // wrong has to be mended.
        return present.Faults.FirstOrDefault(f => f.Error.Kind == ErrorKind.Configuration) is { } wrong
            ? throw wrong.Error
            : written;
    }

    /// <summary>
    /// Writes what was evaluated. Without a run to tell of, a pool that is as it should be is left alone.
    /// </summary>
    /// <param name="present">The results.</param>
    /// <param name="checks">All declared checks.</param>
    /// <param name="asOf">The latest day that is due.</param>
    /// <param name="request">Whose, for whom.</param>
    /// <param name="cancellationToken">Stops it between pools.</param>
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
