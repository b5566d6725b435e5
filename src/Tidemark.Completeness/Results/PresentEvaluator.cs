using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Telemetry;
using Tidemark.Control.Completeness;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Core.Telemetry;
using Tidemark.Definitions.Checks;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Results;

/// <summary>
/// Results of a check in one pool for the tables' present versions, not stored yet.
/// </summary>
public sealed record EvaluatedCheck(Pool Pool, CheckResult Result, CheckBasis Basis);

/// <summary>The results of all checks for the present versions.</summary>
/// <param name="Evaluated">
/// The results that were out of date, evaluated now. Those of all other checks without a fault are stored and hold.
/// </param>
/// <param name="Faults">Checks that could not be evaluated; their stored results are of earlier versions.</param>
/// <param name="HasTables">Whether any of the checks' tables exists, readable or not.</param>
public sealed record PresentResults(
    IReadOnlyList<EvaluatedCheck> Evaluated,
    IReadOnlyList<CheckFault> Faults,
    bool HasTables
)
{
    /// <summary>The versions that were compared, each without its files that are gone or damaged.</summary>
    public IReadOnlyList<TableSnapshot> Read { get; init; } = [];

    /// <summary>Live files that are gone or damaged; their rows count as missing.</summary>
    public IReadOnlyList<DamagedFile> Lost => [.. Read.SelectMany(t => t.Lost)];
}

/// <summary>
/// Brings results up to date with the tables' present versions and evaluates as little as possible: only checks whose
/// tables, definition, calendar or window changed and, where the list of entities is unchanged, only the days that the
/// log reports as changed. Writes nothing. Thread-safe.
/// </summary>
public sealed class PresentEvaluator(
    CompletenessEvaluator evaluator,
    CompletenessStore store,
    CompletenessTelemetry? telemetry = null
)
{
    /// <param name="checks">The declared checks.</param>
    /// <param name="window">The days to evaluate.</param>
    /// <param name="pools">The pools to evaluate for.</param>
    /// <param name="targets">The user's symbols.</param>
    /// <param name="cancellationToken">Stops the evaluation between checks.</param>
    /// <exception cref="TidemarkException">The window is empty.</exception>
    public async Task<PresentResults> EvaluateAsync(
        IReadOnlyList<CheckDefinition> checks,
        EvaluationWindow window,
        IReadOnlyList<Pool> pools,
        IReadOnlySet<string> targets,
        CancellationToken cancellationToken
    )
    {
        window.EnsureNotEmpty();
        var doubted = new HashSet<TableId>();
        while (true)
        {
            var results = await EvaluateAsync(checks, window, pools, targets, doubted, cancellationToken);
            if (
                !results.Faults.Aggregate(
                    false,
                    (any, f) => TableReadings.Doubt(evaluator.Lake, f.Check, f.Error, doubted) || any
                )
            )
            {
                return results;
            }
        }
    }

    private async Task<PresentResults> EvaluateAsync(
        IReadOnlyList<CheckDefinition> checks,
        EvaluationWindow window,
        IReadOnlyList<Pool> pools,
        IReadOnlySet<string> targets,
        IReadOnlySet<TableId> doubted,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<CheckFault>();
        var work = new List<Work>();
        var asked = checks
            .Where(c => c.InPools.Any(pools.Contains))
            .OrderBy(c => c.Id, StringComparer.Ordinal)
            .ToArray();
        var readings = await TableReadings.OfAsync(evaluator.Lake, asked, doubted, cancellationToken);
        var stored = (await store.BasesAsync(cancellationToken)).ToDictionary(b => (b.Pool, b.Basis.CheckId));
        var freshness = new Freshness(evaluator.Lake, readings, window.Calendars);
        foreach (var check in asked)
        {
            try
            {
                await PlanAsync(check);
            }
            catch (TidemarkException e)
            {
                faults.Add(new CheckFault(check, e));
            }
        }

        var evaluated = new List<EvaluatedCheck>();
        using var readers = new Readers(evaluator, readings, work);
        foreach (var item in work)
        {
            using var activity = telemetry?.StartCheck(item.Check.Id);
            var since = telemetry?.Now() ?? 0;
            try
            {
                var result = await EvaluateAsync(item, readings, readers, cancellationToken);
                telemetry?.Evaluated(item.Check.Id, result.Entities.Count, result.Days.Count, since);
                foreach (var pool in item.Behind)
                {
                    var isTarget = pool == Pool.Targets;
                    var basis = freshness.Basis(
                        item.Check,
                        item.Days,
                        result.Evidence.Entities,
                        isTarget ? targets : null
                    );
                    evaluated.Add(new EvaluatedCheck(pool, isTarget ? result.Restrict(targets) : result, basis));
                }
            }
            catch (TidemarkException e)
            {
                activity.Fail(e.Code);
                telemetry?.Failed(item.Check.Id, e);
                faults.Add(new CheckFault(item.Check, e));
            }
        }

        var hasTables = readings.Unreadable.Count > 0 || readings.Snapshots.Values.Any(s => s.Exists);
        return new PresentResults(evaluated, faults, hasTables)
        {
            Read = [.. readings.Snapshots.Values.DistinctBy(s => s.Table)],
        };

        async Task PlanAsync(CheckDefinition check)
        {
            if (readings.FaultOf(check) is { } fault)
            {
                throw fault;
            }

            var days = CheckAxis.Of(check, window);
            var behind = new List<Pool>();
            foreach (var pool in pools.Where(check.InPools.Contains))
            {
                if (!(await StalenessAsync(check, days, pool)).IsNone)
                {
                    behind.Add(pool);
                }
            }

            if (behind.Count > 0)
            {
                work.Add(
                    new Work(
                        check,
                        days,
                        behind,
                        stored.GetValueOrDefault((Pool.Universe, check.Id)),
                        await StalenessAsync(check, days, Pool.Universe)
                    )
                );
            }
        }

        Task<Staleness> StalenessAsync(CheckDefinition check, CheckAxis days, Pool pool) =>
            freshness.OfAsync(
                check,
                days,
                stored.GetValueOrDefault((pool, check.Id))?.Basis,
                pool == Pool.Targets ? targets : null,
                cancellationToken
            );
    }

    /// <summary>Evaluates the whole market: where possible only a few days, laid over the stored cells.</summary>
    private async Task<CheckResult> EvaluateAsync(
        Work work,
        TableReadings readings,
        Readers readers,
        CancellationToken cancellationToken
    )
    {
        if (work.Part is { } part)
        {
            var some = CompletenessEvaluator.Evaluate(
                work.Check,
                work.Days with
                {
                    Axis = part,
                },
                readings,
                await readers.PartAsync(cancellationToken)
            );
            if (
                CheckFingerprint.Of(some.Evidence.Entities) == work.Stored!.Basis.Entities
                && await store.RangesOfAsync(work.Stored, cancellationToken) is { } ranges
                && Earlier(ranges, some.Evidence.Entities, work.Days.Axis) is { } earlier
                && some.Over(work.Days.Axis, earlier) is { } whole
            )
            {
                return whole;
            }
        }

        return CompletenessEvaluator.Evaluate(
            work.Check,
            work.Days,
            readings,
            await readers.WholeAsync(cancellationToken)
        );
    }

    /// <summary>Stored ranges by entity, as positions; null when the stored entities are others.</summary>
    private static List<CellRange>[]? Earlier(List<DayRange> ranges, EntityList entities, DayAxis axis)
    {
        var earlier = new List<CellRange>[entities.Count];
        for (var i = 0; i < earlier.Length; i++)
        {
            earlier[i] = new List<CellRange>(2);
        }

        var lookup = entities.Lookup;
        foreach (var range in ranges)
        {
            if (!lookup.TryGetValue(range.EntityId, out var entity))
            {
                return null;
            }

            var first = axis.FirstOnOrAfter(range.From);
            var last = axis.FirstOnOrAfter(range.To.AddDays(1)) - 1;
            if (first <= last)
            {
                earlier[entity].Add(new CellRange(first, last, new Cell(range.Status, range.Reason)));
            }
        }

        return earlier;
    }

    /// <summary>A check that is out of date in some pools.</summary>
    /// <param name="Stored">The basis of the whole market's stored results.</param>
    /// <param name="Stale">Which of these results no longer hold.</param>
    private sealed record Work(
        CheckDefinition Check,
        CheckAxis Days,
        IReadOnlyList<Pool> Behind,
        StoredBasis? Stored,
        Staleness Stale
    )
    {
        /// <summary>
        /// The days to evaluate when the stored cells of the others can be kept; always with the last day. Null for all
        /// days.
        /// </summary>
        public DayAxis? Part { get; } =
            Stale.IsAll || Stored is null || (Stale.Days.Count + 1) * 2 > Days.Axis.Count
                ? null
                : new DayAxis([.. Stale.Days.Append(Days.Axis.Days[^1]).Distinct().Order()]);
    }

    /// <summary>
    /// The tables, opened at the first check that needs them, with the files of some days only or with all.
    /// </summary>
    private sealed class Readers(CompletenessEvaluator evaluator, TableReadings readings, List<Work> work) : IDisposable
    {
        private PresenceReader? _part;
        private PresenceReader? _whole;

        public async Task<PresenceReader> PartAsync(CancellationToken cancellationToken) =>
            _part ??= await evaluator.OpenAsync(
                readings,
                [.. work.Where(w => w.Part is not null).Select(w => w.Check)],
                work.SelectMany(w => w.Part?.Days ?? []).ToHashSet(),
                cancellationToken
            );

        public async Task<PresenceReader> WholeAsync(CancellationToken cancellationToken) =>
            _whole ??= await evaluator.OpenAsync(
                readings,
                [.. work.Select(w => w.Check)],
                days: null,
                cancellationToken
            );

        public void Dispose()
        {
            _part?.Dispose();
            _whole?.Dispose();
        }
    }
}
