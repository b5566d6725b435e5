using Microsoft.Extensions.Logging;
using Tidemark.Control.Secrets;
using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest;
using Tidemark.Vendors;
using Tidemark.Vendors.Telemetry;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Hosting;

/// <summary>Connects vendors with the workspace's addresses, limits and tokens.</summary>
internal sealed class VendorDirectory(
    WorkspaceOptions workspace,
    TokenStore tokens,
    MemoryBudget budget,
    HostWorld world,
    ILoggerFactory logs,
    VendorTelemetry telemetry
) : IVendorDirectory, IDisposable
{
    private const string TushareVendor = "tushare";
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly HttpClient _http = new(TushareClient.CreateHandler())
    {
        Timeout = Timeout.InfiniteTimeSpan, // the client has its own, for each try
    };

    private TushareClient? _tushare;

    public async Task<IVendorClient> ConnectAsync(string vendor, CancellationToken cancellationToken)
    {
        if (vendor != TushareVendor)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "VENDOR_UNKNOWN",
                $"There is no vendor '{vendor}'. A dataset's id begins with its vendor: tushare."
            );
        }

        await _connecting.WaitAsync(cancellationToken);
        try
        {
            return _tushare ??= await ConnectTushareAsync(cancellationToken);
        }
        finally
        {
            _connecting.Release();
        }
    }

    public void Dispose()
    {
        _tushare?.Dispose();
        _http.Dispose();
        _connecting.Dispose();
    }

    private async Task<TushareClient> ConnectTushareAsync(CancellationToken cancellationToken)
    {
        var options = workspace.Vendors.Tushare;
        var token = await tokens.ResolveAsync(
            domain: null,
            TokenMode.InheritMain,
            () => options.Token.IsAvailable ? options.Token.Read() : null,
            cancellationToken
        );
        if (token.Value is null)
        {
            throw new TidemarkException(
                ErrorKind.Unauthorized,
                "TOKEN_MISSING",
                $"There is no Tushare token. {options.Token.HowToSet}, or store one with `tidemark token set`."
            );
        }

        return new TushareClient(
            _http,
            new TushareClientOptions
            {
                Url = options.Url,
                Token = token.Value,
                RateLimits = options.RateLimits,
                BodyBytesMax = budget.AnswerBytes,
                RowBytesMax = budget.UnitBytes,
                Secrets = world.Secrets,
                OnWait = world.OnWait,
                Telemetry = telemetry,
            },
            world.Clock,
            new Random(Environment.ProcessId), // spreads the retries of processes that failed together
            logs.CreateLogger<TushareClient>()
        );
    }
}
