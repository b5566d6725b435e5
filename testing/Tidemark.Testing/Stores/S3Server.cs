using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Tidemark.Core;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;

namespace Tidemark.Testing.Stores;

/// <summary>
/// The S3 server started by <c>build/s3-server.sh</c>; <c>TIDEMARK_TEST_S3=ENDPOINT|ACCESS_KEY|SECRET_KEY</c> names it.
/// </summary>
public sealed record S3Server(Uri Endpoint, string AccessKey, string SecretKey)
{
    public const string Variable = "TIDEMARK_TEST_S3";

    public const string HowToStart =
        $"no S3 server: export \"$(build/s3-server.sh start /tmp/s3 $$)\" sets {Variable} (./test does it)";

    /// <summary>The server; null when none is named: then skip the test.</summary>
    public static S3Server? TryFind() =>
        Environment.GetEnvironmentVariable(Variable)?.Split('|') is [var endpoint, var access, var secret]
            ? new S3Server(new Uri(endpoint), access, secret)
            : null;

    public Task<S3Bucket> MakeBucketAsync() => S3Bucket.MakeAsync(this);

    /// <summary>
    /// Opens the lake in a bucket as another process would: with its own cache and staging folder.
    /// </summary>
    public DataLake OpenLake(string bucket, string folder, LakeEngine engine) =>
        new(
            new S3ObjectStore(
                new S3StoreOptions(bucket, "lake", AccessKey, SecretKey) { Endpoint = Endpoint },
                new FileCache(Path.Combine(folder, "cache"), 1 << 30, TimeProvider.System),
                TimeProvider.System
            ),
            new StagingArea(Path.Combine(folder, "staging")),
            engine,
            TimeProvider.System,
            new SystemIdSource()
        );
}

/// <summary>A new bucket with its own cache folder; both are removed at the end.</summary>
public sealed class S3Bucket : IAsyncDisposable
{
    private readonly AmazonS3Client _client;

    private S3Bucket(S3Server server, AmazonS3Client client)
    {
        Server = server;
        _client = client;
        CacheFolder = Directory.CreateTempSubdirectory("tidemark-cache-").FullName;
        Name = "t-" + Path.GetFileName(CacheFolder).ToLowerInvariant();
    }

    public S3Server Server { get; }

    public string Name { get; }

    public string CacheFolder { get; }

    /// <summary>A client for what the store itself would not do: damage objects, count uploads.</summary>
    public IAmazonS3 Client => _client;

    public S3StoreOptions Options =>
        new(Name, "lake", Server.AccessKey, Server.SecretKey)
        {
            Endpoint = Server.Endpoint,
            FirstDelay = TimeSpan.FromMilliseconds(1),
        };

    public S3ObjectStore NewStore(
        HttpMessageHandler? handler = null,
        long cacheBytes = 1 << 30,
        Func<S3StoreOptions, S3StoreOptions>? with = null
    ) =>
        new(
            with is null ? Options : with(Options),
            new FileCache(CacheFolder, cacheBytes, TimeProvider.System),
            TimeProvider.System,
            handler
        );

    public static async Task<S3Bucket> MakeAsync(S3Server server)
    {
        var client = new AmazonS3Client(
            new BasicAWSCredentials(server.AccessKey, server.SecretKey),
            new AmazonS3Config
            {
                ServiceURL = server.Endpoint.ToString(),
                AuthenticationRegion = "us-east-1",
                ForcePathStyle = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            }
        );
        var bucket = new S3Bucket(server, client);
        await client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    /// <summary>All names in the bucket, the prefix included.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        var names = new List<string>();
        var request = new ListObjectsV2Request { BucketName = Name };
        ListObjectsV2Response page;
        do
        {
            page = await _client.ListObjectsV2Async(request);
            names.AddRange((page.S3Objects ?? []).Select(o => o.Key));
            request.ContinuationToken = page.NextContinuationToken;
        } while (page.IsTruncated == true);

        return names;
    }

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(
            await NamesAsync(),
            async (name, token) => await _client.DeleteObjectAsync(Name, name, token)
        );

        await _client.DeleteBucketAsync(Name);
        _client.Dispose();
        Directory.Delete(CacheFolder, recursive: true);
    }
}
