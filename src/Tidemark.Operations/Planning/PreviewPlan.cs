using System.Security.Cryptography;
using System.Text;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Planning;

/// <summary>
/// <c>plan</c>: what a run would fetch and why, what it takes, and what the account may not use. Fetches nothing; it
/// asks the vendor at most what the account has.
/// </summary>
public sealed class PreviewPlan(
    WorkspacePlan plan,
    DatasetRegistry datasets,
    ExecutionPlanner planner,
    PlanCosts costs,
    AccountReach account,
    ModulePlans modules,
    IVendorDirectory vendors,
    ShownPlans shown,
    DefinitionBundle definitions
)
{
    private const int TokenLength = 12;

    /// <exception cref="TidemarkException">The workspace, its definitions or the request are wrong.</exception>
    public async Task<PlanPreview> RunAsync(PreviewRequest request, CancellationToken stop)
    {
        var preview = await PreviewAsync(request, stop);
        await shown.KeepAsync(preview.Token, request, preview.Units.Count(), stop);
        return preview;
    }

    /// <summary>
    /// The requests of a plan that was shown, one a pool, for exactly the units that were shown.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// Codes <c>PLAN_UNKNOWN</c>: nobody was shown that plan; <c>PLAN_MOVED</c>: something has changed since.
    /// </exception>
    public async Task<IReadOnlyList<(Pool Pool, PlanRequest Plan)>> ConfirmAsync(string token, CancellationToken stop)
    {
        var (request, units) = await shown.FindAsync(token, stop);
        var now = await PreviewAsync(request, stop);
        if (now.Token != token)
        {
            throw ShownPlans.Moved(token, units, now.Units.Count());
        }

        var decided = await modules.ReadAsync(stop);
        var only = now.Units.Select(unit => unit.Id).ToHashSet();
        var closed = now.Closed.Select(of => of.Dataset.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. (await RequestsAsync(request, decided, stop)).Select(of =>
                (of.Pool, of.Plan with { Only = only, Datasets = [.. of.Plan.Datasets.Where(IsOpen)] })
            ),
        ];

        bool IsOpen(DatasetDefinition dataset) => !closed.Contains(dataset.Id);
    }

    private async Task<PlanPreview> PreviewAsync(PreviewRequest request, CancellationToken stop)
    {
        DayRange.EnsureNotEmpty(request.Days?.From, request.Days?.To);
        foreach (var name in request.Datasets)
        {
            datasets.Get(name);
        }

        var decided = await modules.ReadAsync(stop);
        var requests = await RequestsAsync(request, decided, stop);
        var plans = new List<ExecutionPlan>(requests.Count);
        foreach (var (_, wanted) in requests)
        {
            plans.Add(await planner.PlanAsync(wanted, stop));
        }

        // The pools overlap: what one fetches, the other finds there.
        PlannedUnit[] units = [.. plans.SelectMany(of => of.Units).DistinctBy(unit => unit.Id)];
        DatasetDefinition[] deferred = [.. plans.SelectMany(of => of.Deferred).DistinctBy(of => of.Id)];
        var reach = await account.OfAsync(
            [.. units.Select(unit => unit.Dataset).Concat(deferred).DistinctBy(of => of.Id)],
            request.Points,
            stop
        );
        var isOpen = (DatasetDefinition of) => !reach.Closed.ContainsKey(of.Id);
        var open = await WithoutFreeCallsAsync(
            await WithProofsAsync(
                await costs.OfAsync(units.Where(unit => isOpen(unit.Dataset)), stop),
                plans.SelectMany(of => of.Unproved),
                stop
            ),
            stop
        );
        return new PlanPreview(
            TokenOf(request, definitions.Fingerprint, open),
            open,
            [
                .. units
                    .Where(unit => !isOpen(unit.Dataset))
                    .GroupBy(unit => unit.Dataset.Id)
                    .Select(of => new ClosedDataset(of.First().Dataset, of.Count(), reach.Closed[of.Key])),
                .. deferred.Where(of => !isOpen(of)).Select(of => new ClosedDataset(of, 0, reach.Closed[of.Id])),
            ],
            await QuotaAsync(open, stop)
        )
        {
            Accounts = reach.Accounts,
            Today = account.Today,
            There = plans.Count == 0 ? 0 : plans.Max(of => of.AlreadyCommitted),
            GivenUp = plans.Count == 0 ? 0 : plans.Max(of => of.GivenUp.Count),
            Deferred = [.. deferred.Where(isOpen)],
            Horizons = [.. plans.SelectMany(of => of.Horizons).DistinctBy(of => of.Dataset)],
            Unreadable = [.. plans.SelectMany(of => of.Unreadable).DistinctBy(of => of.Dataset)],
            AsOf = plans.Max(of => of.AsOf),
            Modules = decided,
            Named = [.. request.Datasets.Select(datasets.Get).DistinctBy(of => of.Id)],
        };
    }

    // What the account may not use is planned, too, and shown as that.
    private async Task<IReadOnlyList<(Pool Pool, PlanRequest Plan)>> RequestsAsync(
        PreviewRequest request,
        ModulePlan decided,
        CancellationToken stop
    )
    {
        var forbidden = decided
            .Forbidden(request.Datasets.Select(datasets.Get))
            .Select(of => of.Dataset.Id)
            .ToHashSet(StringComparer.Ordinal);
        return [.. (await WishedAsync(request, stop)).Select(of => (of.Pool, Open(of.Plan, of.IsList)))];

        PlanRequest Open(PlanRequest wish, bool isList) =>
            request.Datasets.Count == 0 && wish.Datasets.Count > 0 && !isList
                ? wish with
                {
                    Datasets = decided.Enabled,
                }
                : wish with
                {
                    Datasets = [.. wish.Datasets.Where(each => !forbidden.Contains(each.Id))],
                };
    }

    private async Task<IReadOnlyList<(Pool Pool, PlanRequest Plan, bool IsList)>> WishedAsync(
        PreviewRequest request,
        CancellationToken stop
    )
    {
        if (request.Days is var (from, to))
        {
            return [(Pool.Universe, plan.ForBackfill(from, to, request.Datasets, request.Symbols), false)];
        }

        var wished = new List<(Pool Pool, PlanRequest Plan, bool IsList)>();
        foreach (var pool in request.Pools)
        {
            var first = await plan.ListsFirstAsync(pool, request.Datasets, request.AsOf, stop);
            wished.AddRange(first.Select(of => (pool, of, true)));
            try
            {
                var isAlone = request.Pools.Count == 1;
                wished.Add((pool, await plan.ForRunAsync(pool, request.Datasets, request.AsOf, isAlone, stop), false));
            }
            catch (TidemarkException e) when (first.Count > 0 && e.Code == TargetResolution.UnresolvedCode)
            {
                // What the targets are is known when their lists are there: these are the plan until then.
            }
        }

        return wished;
    }

    private async Task<IReadOnlyList<DatasetCost>> WithProofsAsync(
        IReadOnlyList<DatasetCost> of,
        IEnumerable<UnprovedAxis> unproved,
        CancellationToken stop
    )
    {
        var axes = unproved.DistinctBy(axis => axis.Dataset.Id).ToDictionary(axis => axis.Dataset.Id);
        var with = new List<DatasetCost>(of.Count);
        foreach (var cost in of)
        {
            var calls = axes.TryGetValue(cost.Dataset.Id, out var axis) ? await costs.CallsOfAsync(axis, stop) : 0;
            with.Add(cost with { Calls = cost.Calls + calls, ProofCalls = calls });
        }

        return with;
    }

    private async Task<IReadOnlyList<DatasetCost>> WithoutFreeCallsAsync(
        IReadOnlyList<DatasetCost> of,
        CancellationToken stop
    )
    {
        var counted = new List<DatasetCost>(of.Count);
        foreach (var cost in of)
        {
            var client = await vendors.TryConnectAsync(cost.Dataset.Vendor, stop);
            counted.Add(client is { CostsCalls: false } ? cost with { Calls = 0, ProofCalls = 0 } : cost);
        }

        return counted;
    }

    private async Task<IReadOnlyList<ApiQuota>> QuotaAsync(IReadOnlyList<DatasetCost> of, CancellationToken stop)
    {
        var quota = new List<ApiQuota>();
        foreach (var ofVendor in of.GroupBy(cost => cost.Dataset.Vendor))
        {
            var client = await vendors.TryConnectAsync(ofVendor.Key, stop);
            foreach (var calls in ofVendor.GroupBy(cost => client?.CountedAs(cost.Dataset.Api) ?? cost.Dataset.Api))
            {
                var api = calls.First().Dataset.Api;
                var limits = client is null ? [] : await client.LimitsAsync(api, stop);
                quota.Add(
                    new ApiQuota(ofVendor.Key, calls.Key, calls.Sum(cost => cost.Calls), limits)
                    {
                        Wait = client is null ? TimeSpan.Zero : await client.WaitAsync(api, stop),
                    }
                );
            }
        }

        return quota;
    }

    // Whatever would make the run another one: what was asked for, how it is declared, and which units it fetches up to
    // which day.
    private static string TokenOf(PreviewRequest request, string definitions, IReadOnlyList<DatasetCost> of)
    {
        var text = new StringBuilder(ShownPlans.TextOf(request)).Append('\n').Append(definitions);
        foreach (var unit in of.SelectMany(cost => cost.Units).OrderBy(unit => unit.Id))
        {
            text.Append('\n').Append(unit.Id).Append(' ').Append(unit.Through.DayNumber);
        }

        foreach (var cost in of.Where(cost => cost.ProofCalls > 0))
        {
            text.Append('\n').Append(cost.Dataset.Id).Append(" by symbol is to be proved");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..TokenLength];
    }
}
