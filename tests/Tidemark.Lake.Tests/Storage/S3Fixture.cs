using Tidemark.Core;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Testing.Stores;

namespace Tidemark.Lake.Tests.Storage;

/// <summary>
/// A bucket on the test server, and lakes on it as different processes would open them. A class that uses it skips its
/// tests without a server.
/// </summary>
public abstract class S3Fixture : IAsyncLifetime
{
    private readonly List<IDisposable> _open = [];
    private LakeEngine? _engine;

    protected S3Bucket Bucket { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        var server = S3Server.TryFind();
        Assert.SkipWhen(server is null, S3Server.HowToStart);
        Bucket = await server.MakeBucketAsync();
        _engine = new LakeEngine(new EngineOptions(2, "1GB"), Path.Combine(Bucket.CacheFolder, "_spill"));
    }

    public virtual async ValueTask DisposeAsync()
    {
        _open.ForEach(o => o.Dispose());
        _engine?.Dispose();
        if (Bucket is not null)
        {
            await Bucket.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected LakeEngine Engine => _engine!;

    protected S3ObjectStore NewStore(
        HttpMessageHandler? handler = null,
        long cacheBytes = 1 << 30,
        Func<S3StoreOptions, S3StoreOptions>? with = null
    )
    {
        var store = Bucket.NewStore(handler, cacheBytes, with);
        _open.Add(store);
        return store;
    }

    protected DataLake NewLake(IObjectStore store) =>
        new(
            store,
            new StagingArea(Path.Combine(Bucket.CacheFolder, "_staging")),
            Engine,
            TimeProvider.System,
            new SystemIdSource()
        );

    protected static async Task<CommitResult> CommitAsync(
        DataLake lake,
        string unit,
        DateOnly day,
        params (string, double?)[] rows
    )
    {
        using var staging = lake.Stage(LakeFixture.Prices(), "run");
        staging.Append(unit, day, LakeFixture.Batch(rows));
        var table = lake.Table(LakeFixture.Prices().Id);
        var staged = await staging.StageAsync(await table.SnapshotAsync(default), default);
        return await table.CommitAsync(staged, new CommitRequest("TEST"), default);
    }

    protected static async Task<object?> ScalarAsync(DataLake lake, string sql)
    {
        using var session = await lake.OpenSessionAsync(null, default);
        return session.Connection.Scalar(sql);
    }
}
