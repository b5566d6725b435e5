using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Planning;

namespace Tidemark.Operations.Planning;

/// <summary>The datasets, days and symbols that this workspace wants.</summary>
public sealed class WorkspacePlan(
    PlanOptions options,
    PlannedTargets targets,
    DatasetRegistry datasets,
    ExecutionPlanner planner
)
{
    /// <summary>
    /// The plan of a pool's run. The universe wants every day of the workspace's plan. Targets want their recent days,
    /// which come from the same whole-market answers, so that each pool has what the other fetched; of datasets by
    /// symbol they want only their own symbols.
    /// </summary>
    /// <param name="scope">The pool.</param>
    /// <param name="names">The datasets; empty for all.</param>
    /// <param name="asOf">Treated as the latest finished day; null for what the clock says.</param>
    /// <param name="symbols">The targets; none for the universe.</param>
    public PlanRequest ForRun(
        Pool scope,
        IReadOnlyList<string> names,
        DateOnly? asOf,
        IReadOnlyCollection<string>? symbols = null
    )
    {
        var wanted = new PlanRequest(Datasets(names), options.From, options.To, asOf) { WantsKnownBefore = true };
        return scope == Pool.Universe ? wanted
            : symbols is { Count: > 0 } ? wanted with { RecentOnly = true, Symbols = symbols }
            : wanted with { Datasets = [] };
    }

    /// <summary>The same, with the targets as they are now.</summary>
    /// <param name="scope">The pool.</param>
    /// <param name="names">The datasets; empty for all.</param>
    /// <param name="asOf">As above; the targets are those of that day, too.</param>
    /// <param name="isAlone">
    /// Whether the universe does not run with it. Then days that are not there are fetched for the targets alone where
    /// that takes fewer calls; else the universe would ask for the same days again.
    /// </param>
    /// <param name="cancellationToken">Stops the reading of lists.</param>
    /// <exception cref="TidemarkException">Nobody can say what the targets are.</exception>
    public async Task<PlanRequest> ForRunAsync(
        Pool scope,
        IReadOnlyList<string> names,
        DateOnly? asOf,
        bool isAlone,
        CancellationToken cancellationToken
    )
    {
        if (scope == Pool.Universe)
        {
            return ForRun(scope, names, asOf);
        }

        var resolved = (await targets.ResolveAsync(asOf, cancellationToken)).EnsureWhole();
        return ForRun(scope, names, asOf, [.. resolved.Targets.Select(t => t.Symbol)]) with { IsForSymbols = isAlone };
    }

    /// <summary>The plans of the lists that a pool's run needs before it can be planned.</summary>
    public async Task<IReadOnlyList<PlanRequest>> ListsFirstAsync(
        Pool scope,
        IReadOnlyList<string> names,
        DateOnly? asOf,
        CancellationToken cancellationToken
    ) =>
        scope == Pool.Universe ? [] : await targets.ListsAsync(isAbsentAlone: names.Count > 0, asOf, cancellationToken);

    /// <summary>
    /// The plan of a backfill: the range, as far as there is data. It fetches a list only when there is none yet.
    /// Where symbols are named it wants nothing but these.
    /// </summary>
    public PlanRequest ForBackfill(
        DateOnly from,
        DateOnly to,
        IReadOnlyList<string> names,
        IReadOnlyList<string> symbols
    ) =>
        new(Datasets(names), from, to, RefreshSnapshots: false)
        {
            NamesDays = true,
            Symbols = symbols.Count > 0 ? symbols : null,
            IsForSymbols = symbols.Count > 0,
        };

    /// <summary>
    /// The plan of a refetch: the units in the lake and, for a named range, also the missing ones. Where symbols are
    /// named it wants nothing but these; units that hold all symbols are fetched whole.
    /// </summary>
    public PlanRequest ForRefetch(
        DateOnly? from,
        DateOnly? to,
        IReadOnlyList<string> names,
        IReadOnlyList<string> symbols
    ) =>
        new(Datasets(names), from, to)
        {
            Again = true,
            NamesDays = true,
            Symbols = symbols.Count > 0 ? symbols : null,
            IsForSymbols = symbols.Count > 0,
        };

    /// <summary>The last wanted day; null when there is none.</summary>
    public DateOnly? To => options.To;

    /// <summary>
    /// The first and the last day to evaluate: wanted by the plan and due by now. Without a first day in the plan, each
    /// dataset begins with the recent days of its own calendar, and the window covers the days wanted of all of them.
    /// </summary>
    /// <exception cref="TidemarkException"><c>NOTHING_PLANNED</c>: the workspace wants no dataset.</exception>
    public (DateOnly From, DateOnly To) Window()
    {
        if (datasets.Planned.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "NOTHING_PLANNED",
                "No dataset is planned: all are under 'off' in tidemark.yaml, or stand by. Name some under 'on', or take some from 'off'; `tidemark datasets` lists them."
            );
        }

        var request = new PlanRequest(datasets.Planned, options.From, options.To);
        var to = Daily().Select(d => planner.LastDay(d, request)).Max();
        return (options.From ?? Daily().Select(d => planner.RecentFrom(d, request)).Max(), to);
    }

    /// <summary>The latest due day of any dataset, within the plan; one that no run plans, too.</summary>
    public DateOnly LastDay(DatasetDefinition dataset) =>
        planner.LastDay(dataset, new PlanRequest([dataset], options.From, options.To));

    /// <summary>The datasets of a pool's run, each with its latest due day.</summary>
    public async Task<IReadOnlyList<(DatasetDefinition Dataset, DateOnly Day)>> LastDaysAsync(
        Pool scope,
        CancellationToken cancellationToken
    )
    {
        var request = await ForRunAsync(scope, [], asOf: null, isAlone: false, cancellationToken);
        return [.. request.Datasets.Select(d => (d, planner.LastDay(d, request)))];
    }

    /// <summary>
    /// The latest due day of each dataset that runs plan, by id: within the plan, or up to a given day. For a list it is
    /// the day whose list is due now, because lists of past days cannot be had any more.
    /// </summary>
    public IReadOnlyDictionary<string, DateOnly> DueDays(DateOnly? to = null)
    {
        var plan = new PlanRequest(datasets.Planned, options.From, options.To);
        var asked = plan with { To = to ?? options.To };
        return datasets.Planned.ToDictionary(
            d => d.Id,
            d => planner.LastDay(d, d.IsList ? plan : asked),
            StringComparer.Ordinal
        );
    }

    // With lists alone, their days count.
    private IReadOnlyList<DatasetDefinition> Daily() =>
        datasets.Planned.Where(d => !d.IsList).ToArray() is { Length: > 0 } daily ? daily : datasets.Planned;

    private IReadOnlyList<DatasetDefinition> Datasets(IReadOnlyList<string> names) =>
        names.Count == 0 ? datasets.Planned : [.. names.Select(datasets.GetFetched).DistinctBy(d => d.Id)];
}
