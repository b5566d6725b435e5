using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tidemark.Control.Secrets;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;
using Tidemark.Definitions.Datasets;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest;
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
    Func<DatasetRegistry> datasets
) : IVendorDirectory, IDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly Dictionary<string, IVendorClient> _clients = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<HttpClient> _http = [];

    public async Task<IVendorClient> ConnectAsync(string vendor, CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (!_clients.TryGetValue(vendor, out var client))
            {
                var registered = Find(vendor);
                client = await registered.ConnectAsync(ContextOf(registered), cancellationToken);
                _clients.Add(vendor, client);
            }

            return client;
        }
        finally
        {
            _connecting.Release();
        }
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

    private VendorContext ContextOf(IDatasetVendor vendor) =>
        new()
        {
            Options = workspace.Vendors,
            Clock = world.Clock,
            Jitter = new Random(Environment.ProcessId),
            Logs = logs,
            Telemetry = telemetry,
            Secrets = world.Secrets,
            TokenAsync = (named, stop) => TokenAsync(vendor, named, stop),
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
    private async Task<string?> TokenAsync(IDatasetVendor vendor, SecretReference named, CancellationToken stop)
    {
        string? Named() => named.IsAvailable ? named.Read() : null;
        return vendor.HasStoredToken
            ? (await tokens.ResolveAsync(domain: null, TokenMode.InheritMain, Named, stop)).Value
            : Named();
    }

    private HttpClient OpenHttp(HttpMessageHandler handler)
    {
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // clients have their own, for each try
        _http.Add(http);
        return http;
    }
}
