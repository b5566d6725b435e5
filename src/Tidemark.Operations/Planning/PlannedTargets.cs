using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Planning;

/// <summary>
/// The targets as of the latest finished day of the workspace's plan, and what has to be fetched so that it can be said
/// which they are. Stateless; thread-safe.
/// </summary>
public sealed class PlannedTargets(
    PlanOptions options,
    DatasetRegistry datasets,
    ExecutionPlanner planner,
    TargetPool pool,
    TagRegistry registry
) : ITargetSymbols
{
    public async Task<TargetSymbols> ReadAsync(CancellationToken cancellationToken) =>
        (await ResolveAsync(asOf: null, cancellationToken)).EnsureWhole().ToSymbols();

    /// <param name="asOf">Treated as the latest finished day; null for what the clock says.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TidemarkException">A file of targets or the prefix of a tag is wrong.</exception>
    public async Task<TargetResolution> ResolveAsync(DateOnly? asOf, CancellationToken cancellationToken) =>
        await ResolveAsync(await pool.RulesAsync(cancellationToken), asOf, cancellationToken);

    /// <summary>The same for other rules than those in force.</summary>
    public Task<TargetResolution> ResolveAsync(
        TargetRules rules,
        DateOnly? asOf,
        CancellationToken cancellationToken
    ) => pool.ResolveAsync(rules, () => Day(asOf), cancellationToken);

    /// <summary>
    /// The plans of the lists that are to be fetched before targets can be resolved: those that are not in the lake,
    /// and newer ones of lists that no other plan wants.
    /// </summary>
    /// <param name="isAbsentAlone">Only the lists that are not in the lake.</param>
    /// <param name="asOf">As above.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<IReadOnlyList<PlanRequest>> ListsAsync(
        bool isAbsentAlone,
        DateOnly? asOf,
        CancellationToken cancellationToken
    )
    {
        var lists = await pool.ListsAsync(await pool.RulesAsync(cancellationToken), () => Day(asOf), cancellationToken);
        var asked = new List<DatasetDefinition>();
        foreach (var list in lists.Lists)
        {
            var isAsked = !isAbsentAlone && !list.IsPlanned;
            if (isAsked || await registry.ReadAsync(list, cancellationToken) is null)
            {
                asked.Add(list);
            }
        }

        var plans = new List<PlanRequest>();
        if (asked.Count > 0)
        {
            await AddAsync(plans, new PlanRequest(asked, null, null), _ => true, cancellationToken);
        }

        foreach (var day in lists.Members.GroupBy(m => m.Day))
        {
            var parts = day.Select(m => m.Part).ToHashSet(StringComparer.Ordinal);
            var (from, to) = IndexMembers.Window(day.Key);
            await AddAsync(
                plans,
                new PlanRequest([lists.Weights!], from, to) { NamesDays = true },
                unit => unit.Part is { } part && parts.Contains(part),
                cancellationToken
            );
        }

        return plans;
    }

    private async Task AddAsync(
        List<PlanRequest> plans,
        PlanRequest request,
        Func<UnitId, bool> isWanted,
        CancellationToken cancellationToken
    )
    {
        var plan = await planner.PlanAsync(request, cancellationToken);
        var units = plan.Units.Select(u => u.Id).Where(isWanted).ToHashSet();
        if (units.Count > 0)
        {
            plans.Add(request with { Only = units });
        }
    }

    /// <summary>The latest due day of any planned dataset; with lists alone, theirs.</summary>
    public DateOnly Day(DateOnly? asOf)
    {
        var daily = datasets.Planned.Where(d => !d.IsList).ToArray();
        var planned = daily.Length > 0 ? daily : datasets.Planned;
        if (planned.Count == 0)
        {
            planned = datasets.All;
        }

        var request = new PlanRequest(planned, options.From, options.To, asOf);
        return planned.Select(d => planner.LastDay(d, request)).Max();
    }
}
