using Tidemark.EndToEnd.Tests.Support;
using Tidemark.Testing.Stores;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A workspace whose lake is in a bucket, through the command line.</summary>
public sealed class S3Tests
{
    private static readonly string[] s_demo =
    [
        "demo",
        "w",
        "--no-serve",
        "--json",
        "--stocks",
        "60",
        "--days",
        "4",
        "--seed",
        "5",
    ];

    [Fact]
    public async Task Demo_LakeInABucket_HoldsWhatTheSameDemoHoldsOnDisk()
    {
        var server = S3Server.TryFind();
        Assert.SkipWhen(server is null, S3Server.HowToStart);
        await using var bucket = await server.MakeBucketAsync();
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var environment = LakePlace.EnvironmentOf(bucket, bucket.Name);

        (await TidemarkProcess.RunAsync(folder.Path, environment, s_demo)).With(exitCode: 0);
        (await TidemarkProcess.RunAsync(other.Path, s_demo)).With(exitCode: 0);

        var here = new Workspace(folder.At("w"), environment);
        var there = new Workspace(other.At("w")).Content();
        here.Content().ShouldBe(there);
        Directory.Exists(here.Lake).ShouldBeFalse();

        // Another machine: nothing in its cache, and a query brings what it names.
        Directory.Delete(Path.Combine(here.Folder, "cache"), recursive: true);
        var rows = await here.SqlAsync("SELECT count(*) AS n FROM dwd.dwd_stock_daily");
        rows[0].Number("n").ShouldBe(long.Parse(there["dwd.dwd_stock_daily"].Split(' ')[0]));
        Directory.GetDirectories(Path.Combine(here.Folder, "cache"), "d*").Select(Path.GetFileName).ShouldBe(["dwd"]);

        // Building again finds everything up to date; the probe finds an honest store and leaves nothing.
        (await here.JsonAsync("build"))
            .GetProperty("built")
            .GetArrayLength()
            .ShouldBe(0);
        (await here.JsonAsync("doctor", "store")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await bucket.NamesAsync()).ShouldAllBe(n => !n.Contains("_tidemark/"));
    }

    [Fact]
    public async Task Demo_NoSuchBucket_SaysSo()
    {
        var server = S3Server.TryFind();
        Assert.SkipWhen(server is null, S3Server.HowToStart);
        await using var bucket = await server.MakeBucketAsync();
        using var folder = new TemporaryFolder();

        var ended = await TidemarkProcess.RunAsync(
            folder.Path,
            LakePlace.EnvironmentOf(bucket, "no-such-bucket"),
            s_demo
        );

        ended.ExitCode.ShouldNotBe(0);
        ended.ToString().ShouldContain("S3_BUCKET_MISSING");
        ended.ToString().ShouldContain("no-such-bucket");
        ended.ToString().ShouldNotContain(server.SecretKey);
    }
}
