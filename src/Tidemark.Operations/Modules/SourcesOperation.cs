using Tidemark.Control.Secrets;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Modules;

/// <summary><c>sources</c>, <c>sources test</c>: domains and modules, their switches, tokens and probes.</summary>
public sealed class SourcesOperation(
    ModulePlans modules,
    ReadScope scope,
    PreflightCheck preflight,
    WorkspacePlan plan,
    IVendorDirectory vendors,
    ProbeBook book,
    TimeProvider clock
)
{
    /// <summary>As of now; asks no vendor.</summary>
    public async Task<SourcesResponse> ListAsync(CancellationToken stop)
    {
        var decided = await modules.ReadAsync(stop);
        var tests = await book.LastAsync([.. decided.Decisions.Select(d => d.Dataset)], isMeant: null, stop);
        var domains = new List<SourceDomain>();
        foreach (var of in decided.Modules.GroupBy(m => m.Domain))
        {
            var config = decided.Input.Sources.Domain(of.Key.Name());
            var provider = decided.Input.Sources.ProviderOf(of.Key.Name());
            domains.Add(
                new SourceDomain(
                    of.Key,
                    config.Enabled is not false && of.Any(m => m.IsEnabled),
                    provider,
                    config.Mode() == TokenMode.Override ? DomainConfig.OverrideMode : DomainConfig.InheritMode,
                    WordOf(await TokenSourceAsync(provider, of.Key, stop)),
                    [.. of.Select(m => ModuleOf(m, tests))]
                )
            );
        }

        return new SourcesResponse(
            domains,
            await scope.ReadinessAsync(decided, decided.Planned, stop),
            decided.Problems
        );
    }

    /// <summary>Probes now what is named, whatever was known; of a domain, and of all, what is enabled.</summary>
    /// <exception cref="TidemarkException"><c>SOURCE_UNKNOWN</c>; <c>MODULE_NOT_SYNC_CAPABLE</c>.</exception>
    public async Task<TestSourcesResponse> TestAsync(TestSourcesRequest request, CancellationToken stop)
    {
        var decided = await modules.ReadAsync(stop);
        IReadOnlyList<DatasetDecision> named = request.Name is { } name ? SourceNames.Find(decided, name) : [];
        var isModule = request.Name is { } word && SourceNames.ModuleOf(named, word) is not null;
        DatasetDefinition[] asked =
        [
            .. (isModule ? named : (named.Count > 0 ? named : decided.Decisions).Where(d => d.IsEnabled))
                .Select(d => d.Dataset)
                .Where(d => d.Retired is null && ReadScope.CanBeAsked(d)),
        ];
        if (isModule && asked.Length == 0)
        {
            throw NotCapable(request.Name!);
        }

        var report = await preflight.RunAsync(
            [.. asked.Select(d => new ProbeRequest(d, plan.LastDay(d)))],
            again: true,
            stop
        );
        return new TestSourcesResponse(report.Probes);
    }

    internal static TidemarkException NotCapable(string module) =>
        new(
            ErrorKind.Configuration,
            "MODULE_NOT_SYNC_CAPABLE",
            $"'{module}' cannot be fetched: its vendor has given it up, or nobody can tell what it is to be asked with (`tidemark datasets` tells)."
        );

    private async Task<TokenSource> TokenSourceAsync(string vendor, Bucket domain, CancellationToken stop) =>
        vendors.Serves(vendor) ? await vendors.TokenSourceAsync(vendor, domain, stop) : TokenSource.None;

    private SourceModule ModuleOf(ModuleDecision module, IReadOnlyDictionary<string, ProbeRecord> tests)
    {
        var (state, record) = module.Datasets.Select(d => StateOf(d, tests)).MaxBy(s => Weight(s.State));
        return new SourceModule(module, state, record?.TestedAt, record?.Message);
    }

    private (string State, ProbeRecord? Record) StateOf(
        DatasetDecision decision,
        IReadOnlyDictionary<string, ProbeRecord> tests
    )
    {
        var (dataset, record) = (decision.Dataset, tests.GetValueOrDefault(decision.Dataset.Id));
        var state =
            dataset.Retired is not null || !vendors.Serves(dataset.Vendor) || !ReadScope.CanBeAsked(dataset)
                ? TestState.Unsupported
            : record is null or { Status: ProbeRecord.Untested } ? TestState.Untested
            : decision.Refusal is not null ? TestState.NotEntitled
            : record.Status == ProbeRecord.Fail ? TestState.Fail
            : record.IsStale(clock.GetUtcNow()) ? TestState.Stale
            : TestState.Pass;
        return (state, record);
    }

    private static int Weight(string state) =>
        state switch
        {
            TestState.Fail => 5,
            TestState.NotEntitled => 4,
            TestState.Stale => 3,
            TestState.Untested => 2,
            TestState.Pass => 1,
            _ => 0,
        };

    private static string WordOf(TokenSource source) =>
        source switch
        {
            TokenSource.DomainOverride => "domain_override",
            TokenSource.Main => "main",
            TokenSource.EnvironmentFallback => "env_fallback",
            _ => "none",
        };
}
