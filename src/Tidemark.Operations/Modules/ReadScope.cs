using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;

namespace Tidemark.Operations.Modules;

/// <summary>Finds out what is known of a scope: clients, tokens, probes. Asks no vendor.</summary>
public sealed class ReadScope(IVendorDirectory vendors, ProbeBook book, TimeProvider clock)
{
    /// <summary>Whether the scope may run, by what is known now.</summary>
    public async Task<IReadOnlyList<ReadinessIssue>> ReadinessAsync(
        ModulePlan decided,
        IReadOnlyList<DatasetDefinition> scope,
        CancellationToken stop
    ) => Readiness.Of(decided, scope, await FactsAsync(decided, scope, stop), clock.GetUtcNow());

    /// <summary>What readiness is made from.</summary>
    public async Task<ReadinessFacts> FactsAsync(
        ModulePlan decided,
        IReadOnlyList<DatasetDefinition> scope,
        CancellationToken stop
    )
    {
        var missing = new Dictionary<(string, Bucket), string>();
        foreach (var (vendor, domain) in scope.Select(d => (d.Vendor, d.Bucket)).Distinct())
        {
            try
            {
                if (vendors.Serves(vendor))
                {
                    await vendors.ConnectAsync(vendor, domain, stop);
                }
            }
            catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
            {
                missing[(vendor, domain)] = e.Message;
            }
        }

        return new ReadinessFacts(
            decided
                .Decisions.Select(d => d.Dataset.Vendor)
                .Concat(decided.Input.Sources.Domains.Keys.Select(decided.Input.Sources.ProviderOf))
                .Append(decided.Input.Sources.MainProvider)
                .Where(vendors.Serves)
                .ToHashSet(StringComparer.Ordinal),
            missing,
            await book.LastAsync(scope, isMeant: null, stop),
            scope.Where(d => !CanBeAsked(d)).Select(d => d.Id).ToHashSet(StringComparer.Ordinal)
        );
    }

    /// <summary>Whether anybody can tell what a dataset is to be asked with before its list is in the lake.</summary>
    public static bool CanBeAsked(DatasetDefinition dataset) => PreflightCheck.CanAsk(dataset);
}
