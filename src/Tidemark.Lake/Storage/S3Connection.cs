using System.Net;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Sends requests to one bucket: with a time limit, repeated where that is harmless, and with errors in our words. The
/// client's own retries are off: it would repeat a conditional put whose answer was lost and mistake its own write for
/// another writer's.
/// </summary>
internal sealed class S3Connection : IDisposable
{
    private const long BytesPerSecondAtLeast = 1 << 20;
    private readonly S3StoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly OneHttpClient _http;

    public S3Connection(S3StoreOptions options, TimeProvider clock, HttpMessageHandler? handler)
    {
        _options = options;
        _clock = clock;
        _http = new OneHttpClient(handler);
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            ForcePathStyle = options.PathStyle,
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = _http,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        }

        Client = new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    public AmazonS3Client Client { get; }

    /// <summary>Sends a request that may be repeated.</summary>
    /// <param name="key">The key that the request is about.</param>
    /// <param name="bytes">How much it sends or receives; large bodies get more time.</param>
    /// <param name="call">The request; reads the answer's body too.</param>
    /// <param name="cancellationToken">Stops the request and the waits.</param>
    /// <exception cref="TidemarkException">The failure, translated by <see cref="S3Errors"/>.</exception>
    public Task<T> RepeatAsync<T>(
        string key,
        long bytes,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    ) => SendAsync(key, bytes, _options.Attempts, call, cancellationToken);

    /// <summary>Sends a request once.</summary>
    public Task<T> OnceAsync<T>(
        string key,
        long bytes,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    ) => SendAsync(key, bytes, attempts: 1, call, cancellationToken);

    /// <summary>The wait before attempt n + 1.</summary>
    public Task WaitAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(_options.FirstDelay * Math.Pow(2, attempt - 1), _clock, cancellationToken);

    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
    }

    private async Task<T> SendAsync<T>(
        string key,
        long bytes,
        int attempts,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var limit = new CancellationTokenSource(
                    _options.Timeout + TimeSpan.FromSeconds(bytes / BytesPerSecondAtLeast),
                    _clock
                );
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                return await call(linked.Token);
            }
            catch (Exception e)
                when (e
                        is AmazonServiceException
                            or AmazonClientException
                            or HttpRequestException
                            or IOException
                            or XmlException
                    || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                cancellationToken.ThrowIfCancellationRequested();
                var error =
                    e is FileNotFoundException or DirectoryNotFoundException
                    || StorageErrors.IsStorageMessage(e.Message)
                        ? StorageErrors.From(e, key)
                        : S3Errors.From(e, _options.Address, key);
                if (attempt >= attempts || !error.IsTransient)
                {
                    throw error;
                }
            }

            await WaitAsync(attempt, cancellationToken);
        }
    }

    /// <summary>Shares one HTTP client; each request has its own time limit.</summary>
    private sealed class OneHttpClient : HttpClientFactory, IDisposable
    {
        private readonly HttpClient _client;

        public OneHttpClient(HttpMessageHandler? handler) =>
            _client = new HttpClient(
                handler
                    ?? new SocketsHttpHandler
                    {
                        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
                        AutomaticDecompression = DecompressionMethods.None,
                    },
                disposeHandler: handler is null
            )
            {
                Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            };

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        public void Dispose() => _client.Dispose();
    }
}
