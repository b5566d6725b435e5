using Tidemark.Core;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Storage;
using Tidemark.Testing;
using Tidemark.Testing.Stores;

namespace Tidemark.EndToEnd.Tests.Support;

/// <summary>
/// A workspace <c>w</c> in a temporary folder, whose lake is there too or in a bucket. It is made by the test.
/// </summary>
internal sealed class LakePlace : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly S3Bucket? _bucket;

    private LakePlace(S3Bucket? bucket)
    {
        _bucket = bucket;
        Environment = bucket is null ? new Dictionary<string, string>() : EnvironmentOf(bucket, bucket.Name);
        Workspace = new Workspace(_folder.At("w"), Environment);
    }

    /// <summary>The folder in which the workspace's own is.</summary>
    public string Parent => _folder.Path;

    public IReadOnlyDictionary<string, string> Environment { get; }

    public Workspace Workspace { get; }

    public S3Server? Server => _bucket?.Server;

    /// <summary>Skips the test when it is to be in a bucket and there is no server.</summary>
    public static async Task<LakePlace> MakeAsync(bool inBucket)
    {
        if (!inBucket)
        {
            return new LakePlace(null);
        }

        var server = S3Server.TryFind();
        Assert.SkipWhen(server is null, S3Server.HowToStart);
        return new LakePlace(await server.MakeBucketAsync());
    }

    /// <summary>What moves a workspace's lake into a bucket.</summary>
    public static Dictionary<string, string> EnvironmentOf(S3Bucket bucket, string name) =>
        new()
        {
            ["TIDEMARK__LAKE"] = $"s3://{name}/lake",
            ["TIDEMARK__S3__ENDPOINT"] = bucket.Server.Endpoint.ToString(),
            ["S3_ACCESS_KEY"] = bucket.Server.AccessKey,
            ["S3_SECRET_KEY"] = bucket.Server.SecretKey,
        };

    /// <summary>
    /// Runs a demo into the workspace, without the datasets that stand by: what happens to tables can be seen of fewer.
    /// </summary>
    public async Task<Ended> DemoAsync(params string[] more) =>
        (
            await TidemarkProcess.RunAsync(
                Parent,
                new Dictionary<string, string>(Environment) { ["TIDEMARK__ON"] = "" },
                ["demo", "w", "--no-serve", "--json", .. more]
            )
        ).With(exitCode: 0);

    /// <summary>Where an independent reader finds a table.</summary>
    public string PathOf(string table) =>
        _bucket is null
            ? Path.Combine(Workspace.Lake, table.Replace('.', '/'))
            : $"{_bucket.Server.Endpoint}{_bucket.Name}/lake/{table.Replace('.', '/')}";

    /// <summary>All objects of the lake.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync() =>
        _bucket is null ? Workspace.LakeFiles("*") : await _bucket.NamesAsync();

    /// <summary>Loses what a machine keeps of a bucket, as another machine would have it.</summary>
    public void ForgetCache()
    {
        if (_bucket is not null)
        {
            Directory.Delete(Path.Combine(Workspace.Folder, "cache"), recursive: true);
        }
    }

    /// <summary>
    /// The vacuum that <c>vacuum --older-than 1h --apply</c> is, by a clock that is two hours ahead: what the log and
    /// the store say of the age of files stays as it was written, and nobody can make an object in a bucket older.
    /// </summary>
    /// <returns>How many files it removed.</returns>
    public async Task<int> VacuumInTwoHoursAsync()
    {
        using var engine = new LakeEngine(new EngineOptions(2, "1GB"), Path.Combine(Parent, "spill"));
        var clock = new ManualClock(TimeProvider.System.GetUtcNow().AddHours(2));
        using var store = _bucket?.NewStore();
        var lake = store is null
            ? DataLake.OnDisk(Workspace.Lake, engine, clock, new SystemIdSource())
            : new DataLake(
                store,
                new StagingArea(Path.Combine(Parent, "staging")),
                engine,
                clock,
                new SystemIdSource()
            );
        var vacuum = new Vacuum(lake);
        var cutoff = vacuum.Cutoff(Vacuum.Shortest);
        var removed = 0;
        foreach (var table in await lake.TablesAsync(TestContext.Current.CancellationToken))
        {
            var plan = await vacuum.PlanAsync(table, cutoff, TestContext.Current.CancellationToken);
            await vacuum.ApplyAsync(plan, TestContext.Current.CancellationToken);
            removed += plan.Files;
        }

        return removed;
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (_bucket is not null)
        {
            await _bucket.DisposeAsync();
        }
    }
}
