using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Symbols;

namespace Tidemark.Operations.Planning;

/// <summary>What this workspace wants: which datasets, which days, which symbols.</summary>
public sealed class WorkspacePlan(
    PlanOptions options,
    TargetList targets,
    DatasetRegistry datasets,
    ExecutionPlanner planner
)
{
    /// <summary>
    /// The plan of a pool's run. The universe wants every day of the workspace's plan; targets want their recent days,
    /// which come from the same whole-market answers, so that what one pool has fetched the other has too. Of datasets
    /// by symbol they want their own symbols alone.
    /// </summary>
    public PlanRequest ForRun(Pool scope, IReadOnlyList<string> names, DateOnly? asOf)
    {
        var wanted = new PlanRequest(Datasets(names), options.From, options.To, asOf);
        if (scope == Pool.Universe)
        {
            return wanted;
        }

        var symbols = targets.Read();
        return symbols.Count > 0 ? wanted with { RecentOnly = true, Symbols = symbols } : wanted with { Datasets = [] };
    }

    /// <summary>
    /// The plan of a backfill: the range, as far as there is data; lists only when there are none yet.
    /// </summary>
    public PlanRequest ForBackfill(DateOnly from, DateOnly to, IReadOnlyList<string> names) =>
        new(Datasets(names), from, to, RefreshSnapshots: false) { WantsRetired = true };

    /// <summary>
    /// The plan of fetching again: what is there, and of a range that is named also what is not. Symbols that are named
    /// choose among the units of datasets by symbol; those of others hold all symbols.
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
            WantsRetired = true,
            Symbols = symbols.Count > 0 ? symbols : null,
        };

    /// <summary>The last day that is wanted; null for an open end.</summary>
    public DateOnly? To => options.To;

    /// <summary>
    /// The first and the last day that are to be judged: what the plan wants and what is due by now. Without a first
    /// day in the plan each dataset begins with the recent days of its own calendar; judged is what is wanted of all of
    /// them.
    /// </summary>
    public (DateOnly From, DateOnly To) Window()
    {
        var request = new PlanRequest(datasets.All, options.From, options.To);
        var to = Daily().Select(d => planner.LastDay(d, request)).Max();
        return (options.From ?? Daily().Select(d => planner.RecentFrom(d, request)).Max(), to);
    }

    /// <summary>The datasets that a pool's run is about, each with its latest due day.</summary>
    public IReadOnlyList<(DatasetDefinition Dataset, DateOnly Day)> LastDays(Pool scope)
    {
        var request = ForRun(scope, [], asOf: null);
        return [.. request.Datasets.Select(d => (d, planner.LastDay(d, request)))];
    }

    /// <summary>
    /// The latest day that each dataset is due for, by id: within the plan, or up to a day. Of a list it is the day
    /// whose list is due now, whatever days are asked about: those of past days cannot be had any more.
    /// </summary>
    public IReadOnlyDictionary<string, DateOnly> DueDays(DateOnly? to = null)
    {
        var plan = new PlanRequest(datasets.All, options.From, options.To);
        var asked = plan with { To = to ?? options.To };
        return datasets.All.ToDictionary(
            d => d.Id,
            d => planner.LastDay(d, d.IsList ? plan : asked),
            StringComparer.Ordinal
        );
    }

    // Lists alone: their days, then.
    private IReadOnlyList<DatasetDefinition> Daily() =>
        datasets.All.Where(d => !d.IsList).ToArray() is { Length: > 0 } daily ? daily : datasets.All;

    private IReadOnlyList<DatasetDefinition> Datasets(IReadOnlyList<string> names) =>
        names.Count == 0 ? datasets.All : [.. names.Select(datasets.Get).DistinctBy(d => d.Id)];
}
