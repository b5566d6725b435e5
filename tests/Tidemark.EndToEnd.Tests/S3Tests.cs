using System.Text.Json;
using Tidemark.EndToEnd.Tests.Support;
using Tidemark.Testing.Stores;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A workspace whose lake is in a bucket, through the command line.</summary>
public sealed class S3Tests(ITestOutputHelper output)
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
        var environment = EnvironmentOf(bucket, bucket.Name);

        (await TidemarkProcess.RunAsync(folder.Path, environment, s_demo)).With(exitCode: 0);
        (await TidemarkProcess.RunAsync(other.Path, s_demo)).With(exitCode: 0);

        var here = new Workspace(folder.At("w"));
        var there = new Workspace(other.At("w")).Content();
        here.Content().ShouldBe(there);
        Directory.Exists(here.Lake).ShouldBeFalse();

        // Another machine: nothing in its cache, and a query brings what it names.
        Directory.Delete(Path.Combine(here.Folder, "cache"), recursive: true);
        var rows = await SqlAsync("SELECT count(*) AS n FROM dwd.dwd_stock_daily");
        rows[0].Number("n").ShouldBe(long.Parse(there["dwd.dwd_stock_daily"].Split(' ')[0]));
        Directory.GetDirectories(Path.Combine(here.Folder, "cache"), "d*").Select(Path.GetFileName).ShouldBe(["dwd"]);

        // Building again finds everything up to date; the probe finds an honest store and leaves nothing.
        (await JsonAsync("build"))
            .GetProperty("built")
            .GetArrayLength()
            .ShouldBe(0);
        (await JsonAsync("doctor", "store")).GetProperty("ok").GetBoolean().ShouldBeTrue();
        (await bucket.NamesAsync()).ShouldAllBe(n => !n.Contains("_tidemark/"));
        await ReadWithClickHouseAsync(bucket, there);

        async Task<JsonElement> JsonAsync(params string[] arguments) =>
            (await TidemarkProcess.RunAsync(here.Folder, environment, [.. arguments, "--json"]))
                .With(exitCode: 0)
                .Json();

        async Task<List<JsonElement>> SqlAsync(string query) => [.. (await JsonAsync("sql", query)).EnumerateArray()];
    }

    [Fact]
    public async Task Demo_NoSuchBucket_SaysSo()
    {
        var server = S3Server.TryFind();
        Assert.SkipWhen(server is null, S3Server.HowToStart);
        await using var bucket = await server.MakeBucketAsync();
        using var folder = new TemporaryFolder();

        var ended = await TidemarkProcess.RunAsync(folder.Path, EnvironmentOf(bucket, "no-such-bucket"), s_demo);

        ended.ExitCode.ShouldNotBe(0);
        ended.ToString().ShouldContain("S3_BUCKET_MISSING");
        ended.ToString().ShouldContain("no-such-bucket");
        ended.ToString().ShouldNotContain(server.SecretKey);
    }

    private async Task ReadWithClickHouseAsync(S3Bucket bucket, SortedDictionary<string, string> expected)
    {
        var node = Checkout.Tool("node");
        if (node is null || !Directory.Exists(Path.Combine(Checkout.Node, "node_modules", "chdb")))
        {
            output.WriteLine("ClickHouse did not look: npm ci in tests/node");
            return;
        }

        var request = new
        {
            parent = bucket.CacheFolder,
            s3 = new { key = bucket.Server.AccessKey, secret = bucket.Server.SecretKey },
            tables = expected.Keys.Select(t => new
            {
                table = t,
                path = $"{bucket.Server.Endpoint}{bucket.Name}/lake/{t.Replace('.', '/')}",
                numbers = Array.Empty<string>(),
            }),
        };
        var input = Path.Combine(bucket.CacheFolder, "request.json");
        await File.WriteAllTextAsync(input, JsonSerializer.Serialize(request));
        await using var process = TidemarkProcess.StartTool(
            "/bin/sh",
            bucket.CacheFolder,
            new Dictionary<string, string>(),
            "-c",
            "exec \"$0\" \"$1\" < request.json",
            node,
            Path.Combine(Checkout.Node, "read-delta.cjs")
        );
        var answer = (await process.EndAsync()).With(exitCode: 0).Json();
        foreach (var (table, content) in expected)
        {
            answer.GetProperty(table).Number("rows").ShouldBe(long.Parse(content.Split(' ')[0]), table);
        }

        output.WriteLine($"ClickHouse read {expected.Count} tables from the bucket");
    }

    private static Dictionary<string, string> EnvironmentOf(S3Bucket bucket, string name) =>
        new()
        {
            ["TIDEMARK__LAKE"] = $"s3://{name}/lake",
            ["TIDEMARK__S3__ENDPOINT"] = bucket.Server.Endpoint.ToString(),
            ["S3_ACCESS_KEY"] = bucket.Server.AccessKey,
            ["S3_SECRET_KEY"] = bucket.Server.SecretKey,
        };
}
