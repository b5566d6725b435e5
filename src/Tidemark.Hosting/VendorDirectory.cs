using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tidemark.Control.Secrets;
using Tidemark.Control.Settings;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;
using Tidemark.Definitions.Datasets;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Lake.Engine;
using Tidemark.Vendors;
using Tidemark.Vendors.Telemetry;

namespace Tidemark.Hosting;

/// <summary>Connects the registered vendors with the workspace's options, memory and tokens.</summary>
internal sealed class VendorDirectory(
    WorkspaceOptions workspace,
    TokenStore tokens,
    MemoryBudget budget,
    HostWorld world,
    IKeptAnswers answers,
    ParquetText parquet,
    ILoggerFactory logs,
    VendorTelemetry telemetry,
    SettingsStore settings,
    Func<DatasetRegistry> datasets
) : IVendorDirectory, IDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly Dictionary<string, IVendorClient> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TokenSource> _sources = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<HttpClient> _http = [];
    private IReadOnlySet<string>? _domains;

    public Task<IVendorClient> ConnectAsync(string vendor, CancellationToken cancellationToken) =>
        ConnectAsync(vendor, domain: null, cancellationToken);

    public async Task<IVendorClient> ConnectAsync(string vendor, Bucket domain, CancellationToken cancellationToken) =>
        await ConnectAsync(vendor, await OwnAsync(vendor, domain, cancellationToken), cancellationToken);

    public bool Serves(string vendor) => world.Vendors.OfType<IDatasetVendor>().Any(v => v.Name == vendor);

    public async Task<TokenSource> TokenSourceAsync(string vendor, Bucket domain, CancellationToken cancellationToken)
    {
        var own = await OwnAsync(vendor, domain, cancellationToken);
        try
        {
            await ConnectAsync(vendor, own, cancellationToken);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
        {
            return TokenSource.None;
        }

        return _sources.GetValueOrDefault(KeyOf(vendor, own));
    }

    public async Task<IWatchedClient?> WatchedAsync(string vendor, CancellationToken cancellationToken) =>
        world.Vendors.OfType<IWatchedVendor>().Any(v => v.Name == vendor)
            ? (IWatchedClient)await ConnectAsync(vendor, cancellationToken)
            : null;

    public void Dispose()
    {
        foreach (var client in _clients.Values.OfType<IDisposable>().Concat(_http))
        {
            client.Dispose();
        }

        _connecting.Dispose();
    }

    private async Task<IVendorClient> ConnectAsync(string vendor, string? domain, CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (!_clients.TryGetValue(KeyOf(vendor, domain), out var client))
            {
                var registered = Find(vendor);
                client = await registered.ConnectAsync(ContextOf(registered, domain), cancellationToken);
                _clients.Add(KeyOf(vendor, domain), client);
            }

            return client;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private static string KeyOf(string vendor, string? domain) => domain is null ? vendor : $"{vendor}/{domain}";

    /// <summary>The domain, where it has a client of its own; null where it goes with the vendor's.</summary>
    private async Task<string?> OwnAsync(string vendor, Bucket domain, CancellationToken stop) =>
        Serves(vendor) && Find(vendor).HasStoredToken && (await DomainsAsync(stop)).Contains(domain.Name())
            ? domain.Name()
            : null;

    /// <summary>
    /// The domains with a token of their own. One that is the main token all the same has none: its calls would be
    /// counted apart from those of its account.
    /// </summary>
    private async Task<IReadOnlySet<string>> DomainsAsync(CancellationToken stop)
    {
        if (_domains is { } known)
        {
            return known;
        }

        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in (await ConfigAsync(stop)).Domains.Where(d => d.Value.Mode() == TokenMode.Override))
        {
            var main = await tokens.ResolveAsync(domain: null, TokenMode.InheritMain, () => null, stop);
            var token = await tokens.ResolveAsync(name, TokenMode.Override, () => null, stop);
            if (token.Source == TokenSource.DomainOverride && token.Value != main.Value)
            {
                own.Add(name);
            }
        }

        return _domains = own;
    }

    // A configuration that cannot be read is told of where modules are decided on.
    private async Task<SourceConfig> ConfigAsync(CancellationToken stop)
    {
        try
        {
            return await settings.GetAsync<SourceConfig>(SettingKeys.DataSourceConfig, stop) ?? SourceConfig.None;
        }
        catch (TidemarkException e) when (e.Code == SettingsStore.UnreadableCode)
        {
            return SourceConfig.None;
        }
    }

    private IDatasetVendor Find(string vendor)
    {
        var serving = world.Vendors.OfType<IDatasetVendor>().ToArray();
        return serving.FirstOrDefault(v => v.Name == vendor)
            ?? throw new TidemarkException(
                ErrorKind.Configuration,
                "VENDOR_UNKNOWN",
                $"There is no vendor '{vendor}' of datasets. A dataset's id begins with its vendor: {string.Join(", ", serving.Select(v => v.Name))}."
            );
    }

    private VendorContext ContextOf(IDatasetVendor vendor, string? domain) =>
        new()
        {
            Domain = domain,
            Options = workspace.Vendors,
            Clock = world.Clock,
            Jitter = new Random(Environment.ProcessId),
            Logs = logs,
            Telemetry = telemetry,
            Secrets = world.Secrets,
            TokenAsync = (named, stop) => TokenAsync(vendor, domain, named, stop),
            Http = OpenHttp,
            ParquetAsCsvAsync = parquet.AsCsvAsync,
            Limits = LimitsOf(vendor.Name),
            Answers = answers,
            OnWait = world.OnWait,
            OnWarning = world.OnWarning,
            AnswerBytes = budget.AnswerBytes,
            UnitBytes = budget.UnitBytes,
        };

    /// <summary>By api; of datasets that call the same one, the lower limit.</summary>
    private Dictionary<string, RateLimit> LimitsOf(string vendor) =>
        datasets()
            .All.Where(dataset => dataset.Vendor == vendor && dataset.Limit is not null)
            .GroupBy(dataset => dataset.Api, dataset => dataset.Limit!.Value, StringComparer.Ordinal)
            .ToDictionary(of => of.Key, of => of.MinBy(limit => limit.Calls / limit.Window.TotalSeconds));

    // A stored token belongs to one vendor: sending it to another would give it away.
    private async Task<string?> TokenAsync(
        IDatasetVendor vendor,
        string? domain,
        SecretReference named,
        CancellationToken stop
    )
    {
        string? Named() => named.IsAvailable ? named.Read() : null;
        if (!vendor.HasStoredToken)
        {
            return Named();
        }

        var mode = domain is null ? TokenMode.InheritMain : TokenMode.Override;
        var token = await tokens.ResolveAsync(domain, mode, Named, stop);
        _sources[KeyOf(vendor.Name, domain)] = token.Source;
        return token.Value;
    }

    private HttpClient OpenHttp(HttpMessageHandler handler)
    {
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // clients have their own, for each try
        _http.Add(http);
        return http;
    }
}
