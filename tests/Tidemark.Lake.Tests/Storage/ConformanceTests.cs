using Tidemark.Lake.Storage;
using Tidemark.Testing.Stores;

namespace Tidemark.Lake.Tests.Storage;

public sealed class LocalConformanceTests : ObjectStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-store-").FullName;
    private readonly LocalObjectStore _store;

    public LocalConformanceTests() => _store = new LocalObjectStore(_folder);

    protected override IObjectStore Store => _store;

    public void Dispose()
    {
        Directory.GetFiles(_folder, ".tmp-*", SearchOption.AllDirectories).ShouldBeEmpty();
        Directory.Delete(_folder, recursive: true);
    }
}

public sealed class InMemoryConformanceTests : ObjectStoreConformance, IDisposable
{
    private readonly InMemoryObjectStore _store = new(TimeProvider.System);

    protected override IObjectStore Store => _store;

    public void Dispose() => _store.Dispose();
}

public sealed class S3ConformanceTests : ObjectStoreConformance, IAsyncLifetime
{
    private S3Bucket? _bucket;
    private S3ObjectStore? _store;

    protected override IObjectStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        var server = S3Server.TryFind();
        Assert.SkipWhen(server is null, S3Server.HowToStart);
        _bucket = await server.MakeBucketAsync();
        _store = _bucket.NewStore(with: o => o with { MultipartThreshold = 6 << 20, PartBytes = 5 << 20 });
    }

    public async ValueTask DisposeAsync()
    {
        _store?.Dispose();
        if (_bucket is not null)
        {
            (await _bucket.Client.ListMultipartUploadsAsync(_bucket.Name)).MultipartUploads.ShouldBeNull();
            await _bucket.DisposeAsync();
        }
    }
}
