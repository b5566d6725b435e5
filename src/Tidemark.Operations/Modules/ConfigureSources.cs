using Tidemark.Control.Settings;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Preflight;

namespace Tidemark.Operations.Modules;

/// <summary>Switch a domain or a module.</summary>
/// <param name="Name">A domain or a module.</param>
/// <param name="Enabled">On or off.</param>
/// <param name="By">Who does it.</param>
public sealed record SwitchSourceRequest(string Name, bool Enabled, string By)
{
    /// <summary>The vendor that a domain is to go with; null leaves it as it is.</summary>
    public string? Provider { get; init; }
}

/// <summary>What became of it.</summary>
/// <param name="Changed">The module or domain.</param>
/// <param name="Notes">What still keeps it from daily runs, a sentence each.</param>
public sealed record SwitchSourceResponse(string Changed, IReadOnlyList<string> Notes);

/// <summary><c>sources enable|disable</c>: changes the source configuration, with its history.</summary>
public sealed class ConfigureSources(
    ModulePlans modules,
    SettingsStore settings,
    ProbeBook book,
    IVendorDirectory vendors
)
{
    /// <exception cref="TidemarkException">
    /// <c>SOURCE_UNKNOWN</c>; <c>MODULE_NOT_SYNC_CAPABLE</c>; <c>DOMAIN_PROVIDER_NOT_ACTIVE</c>.
    /// </exception>
    public async Task<SwitchSourceResponse> SwitchAsync(SwitchSourceRequest request, CancellationToken stop)
    {
        var found = SourceNames.Find(await modules.ReadAsync(stop), request.Name);
        var module = SourceNames.ModuleOf(found, request.Name);
        if (module is not null && request.Enabled && found.All(d => d.Dataset.Retired is not null))
        {
            throw SourcesOperation.NotCapable(request.Name);
        }

        if (request.Provider is { } provider && (module is not null || !vendors.Serves(provider)))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "DOMAIN_PROVIDER_NOT_ACTIVE",
                module is not null
                    ? $"A module has the vendor of its datasets; a provider is chosen for a domain, like {found[0].Dataset.Bucket.Name()}."
                    : $"This program has no client for '{provider}'."
            );
        }

        // A module may have datasets in several domains.
        string[] domains = [.. found.Select(d => d.Dataset.Bucket.Name()).Distinct()];
        await ChangeAsync(
            domains,
            config =>
                module is not null
                    ? config.With(module, request.Enabled)
                    : config with
                    {
                        Enabled = request.Enabled,
                        Provider = request.Provider ?? config.Provider,
                    },
            request.By,
            stop
        );
        var now = await modules.ReadAsync(stop);
        return new SwitchSourceResponse(
            module ?? request.Name,
            request.Enabled
                ? [.. found.Select(d => now.Find(d.Dataset.Id)).Select(Why).OfType<string>().Distinct()]
                : []
        );
    }

    /// <summary>Says whether a domain goes with a token of its own.</summary>
    internal Task SetTokenModeAsync(string domain, bool isOwn, string by, CancellationToken stop) =>
        ChangeAsync(
            [domain],
            config => config with { TokenMode = isOwn ? DomainConfig.OverrideMode : DomainConfig.InheritMode },
            by,
            stop
        );

    private async Task ChangeAsync(
        string[] domains,
        Func<DomainConfig, DomainConfig> change,
        string by,
        CancellationToken stop
    )
    {
        await settings.ChangeAsync<SourceConfig>(
            SettingKeys.DataSourceConfig,
            config => domains.Aggregate(config ?? SourceConfig.None, (all, domain) => all.With(domain, change)),
            by,
            stop
        );
        await book.MarkStaleAsync(record => domains.Contains(record.DomainId), stop);
    }

    // What stands by within a domain that was switched on is nothing to wonder at.
    private static string? Why(DatasetDecision? decision) =>
        decision switch
        {
            { By: ConfiguredBy.FileOff } =>
                $"{decision.Dataset.Id} stays off: 'off' in tidemark.yaml names it, its module or its table.",
            { By: ConfiguredBy.SourceDomain } =>
                $"{decision.Dataset.Id} stays off with its domain: `tidemark sources enable {decision.Dataset.Bucket.Name()}`.",
            { IsConfigured: true, IsAllowed: false } => ModuleNotes.LeftOut([decision]),
            _ => null,
        };
}
