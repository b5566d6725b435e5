using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Preflight;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Running;

/// <summary>What stands between a plan and its run: tokens, probes, readiness. Stateless; thread-safe.</summary>
public sealed class RunGate(ExecutionPlanner planner, PreflightCheck preflight, IVendorDirectory vendors)
{
    /// <summary>Whether a run may begin, and which of its datasets it leaves out.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="plan">What it came to.</param>
    /// <param name="stop">Stops the probes.</param>
    public async Task<(RunBlock? Block, IReadOnlyDictionary<string, TidemarkException> LeftOut)> PassAsync(
        PlanRequest request,
        ExecutionPlan plan,
        CancellationToken stop
    )
    {
        var none = new Dictionary<string, TidemarkException>();
        if (plan.Units.Count == 0)
        {
            return (null, none); // nothing to ask a vendor for
        }

        try
        {
            await ConnectAsync(plan, stop);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
        {
            return (new RunBlock(BlockedStage.Token, e.Code, e.Message) { IsOfAccount = true }, none);
        }

        PreflightReport report;
        try
        {
            report = await preflight.RunAsync(Probes(request, plan), again: false, stop);
        }
        catch (TidemarkException e)
        {
            return (new RunBlock(BlockedStage.Preflight, "PREFLIGHT_FAILED", e.Message), none);
        }

        // Where earlier runs have begun with the wanted units, datasets whose probes fail are only left out, as they
        // are beside datasets that may be used.
        if (report.IsRefused || (!report.Ready && !plan.HasBegun))
        {
            var block = new RunBlock(BlockedStage.Readiness, "READINESS_BLOCKED", report.Reasons());
            return (block with { IsOfAccount = report.IsRefused }, none);
        }

        return (
            null,
            report.Issues.ToDictionary(
                i => i.DatasetId!,
                i => new TidemarkException(ErrorKind.Permission, "MODULE_LEFT_OUT", i.Message),
                StringComparer.Ordinal
            )
        );
    }

    // Each dataset is probed with its first unit in the plan: its day is due at the vendor.
    private IReadOnlyList<ProbeRequest> Probes(PlanRequest request, ExecutionPlan plan) =>
        [
            .. plan.Units.DistinctBy(u => u.Dataset.Id).Select(u => new ProbeRequest(u.Dataset, u.Id.Day, u.Id.Part)),
            .. plan.Deferred.Select(d => new ProbeRequest(d, planner.LastDay(d, request))),
        ];

    /// <summary>The clients of a plan's datasets, by dataset.</summary>
    public async Task<Dictionary<string, IVendorClient>> ConnectAsync(ExecutionPlan plan, CancellationToken stop)
    {
        var clients = new Dictionary<string, IVendorClient>(StringComparer.Ordinal);
        foreach (var dataset in plan.Datasets.Concat(plan.Deferred))
        {
            clients[dataset.Id] = await vendors.ConnectAsync(dataset, stop);
        }

        return clients;
    }

    /// <summary>Lets the vendors' clients keep what the next process has to know.</summary>
    public async Task FlushAsync(ExecutionPlan plan)
    {
        foreach (var client in (await ConnectAsync(plan, CancellationToken.None)).Values.Distinct())
        {
            await client.FlushAsync(CancellationToken.None);
        }
    }
}
