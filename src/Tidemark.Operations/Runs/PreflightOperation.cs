using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols.Targets;
using Tidemark.Vendors;

namespace Tidemark.Operations.Runs;

/// <summary>Ask vendors, with one row each, which datasets may be used.</summary>
/// <param name="Pool">The pool whose datasets are probed.</param>
/// <param name="All">
/// Whether all are asked for again; otherwise what was never probed, failed, or passed more than a day ago.
/// </param>
public sealed record PreflightRequest(Pool Pool, bool All = false);

/// <summary>The answers of the vendors.</summary>
/// <param name="Probes">The probes, one by one.</param>
/// <param name="Issues">The reasons why a run cannot begin, or leaves out a dataset.</param>
/// <param name="Modules">The decision on modules, after the probes.</param>
public sealed record PreflightResponse(
    IReadOnlyList<ProbeRecord> Probes,
    IReadOnlyList<ReadinessIssue> Issues,
    ModulePlan Modules
)
{
    /// <summary>Whether a run could begin.</summary>
    public bool Ready => Issues.All(i => i.Level != ReadinessIssue.Error);

    public Verdict Verdict => Ready ? Verdict.Done : Verdict.Blocked;
}

/// <summary>
/// <c>preflight</c>: probes what needs it, each dataset with its own latest due day, and says whether the scope is
/// ready. What the account may not use is asked for again with all only.
/// </summary>
public sealed class PreflightOperation(
    WorkspacePlan plan,
    ModulePlans modules,
    PreflightCheck preflight,
    ReadScope scope,
    IVendorDirectory vendors
)
{
    public async Task<PreflightResponse> RunAsync(PreflightRequest request, CancellationToken stop)
    {
        var decided = await modules.ReadAsync(stop);
        if (!await HasAnyAsync(request.Pool, stop))
        {
            return new PreflightResponse([], [], decided); // no targets
        }

        var asked = request.All ? decided.Enabled : decided.Planned;
        var report = await preflight.RunAsync(
            [.. asked.Select(d => new ProbeRequest(d, plan.LastDay(d)))],
            request.All,
            stop
        );
        return new PreflightResponse(
            report.Probes,
            [.. await scope.ReadinessAsync(decided, asked, stop), .. await RefusedAccountsAsync(asked, stop)],
            await modules.ReadAsync(stop)
        );
    }

    private async Task<bool> HasAnyAsync(Pool pool, CancellationToken stop)
    {
        try
        {
            return (await plan.LastDaysAsync(pool, stop)).Count > 0;
        }
        catch (TidemarkException e) when (e.Code == TargetResolution.UnresolvedCode)
        {
            return true; // which they are is known when their lists are there
        }
    }

    /// <summary>
    /// Of several accounts the others hide it that one is refused: whoever pays for it wants to know.
    /// </summary>
    private async Task<IReadOnlyList<ReadinessIssue>> RefusedAccountsAsync(
        IReadOnlyList<DatasetDefinition> asked,
        CancellationToken stop
    )
    {
        var issues = new List<ReadinessIssue>();
        foreach (var vendor in asked.Select(d => d.Vendor).Distinct(StringComparer.Ordinal).Where(vendors.Serves))
        {
            if (await vendors.TryConnectAsync(vendor, stop) is IAccountClient { HasSeveral: true } client)
            {
                issues.AddRange(
                    (await client.EntitlementsAsync(stop))
                        .Where(of => of.Error?.Kind == ErrorKind.Unauthorized)
                        .Select(of => new ReadinessIssue(
                            ReadinessIssue.Warning,
                            "ACCOUNT_REFUSED",
                            $"{vendor}'s {of.Name} is refused: {of.Error!.Message}",
                            null,
                            null
                        ))
                );
            }
        }

        return issues;
    }
}
