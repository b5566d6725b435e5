using System.Globalization;
using Tidemark.Core;
using Tidemark.Lake.Engine;
using Tidemark.Testing.Crashes;
using Tidemark.Testing.Stores;

namespace Tidemark.Lake.Tests.Crashes;

/// <summary>
/// Many processes write into one table: what was acknowledged is in the history once, and nothing else is.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class RaceTests(ITestOutputHelper output)
{
    private const int Writers = 8;

    // Four checkpoints fall into so many. bench/crash asks for more, and for as many in a bucket: a commit there takes
    // the server some thirty milliseconds of processor.
    private static readonly int s_commits = Commits("50");
    private static readonly int s_commitsInABucket = Commits("20");

    [Theory]
    [InlineData("disjoint")]
    [InlineData("colliding")]
    public async Task Commits_OfEightProcesses_AreInTheHistoryExactlyOnce(string mode)
    {
        using var folder = new WorkFolder();
        var lake = Path.Combine(folder.Path, "lake");
        await RaceAsync(
            lake,
            folder.Path,
            mode,
            s_commits,
            engine => DataLake.OnDisk(lake, engine, TimeProvider.System, new SystemIdSource())
        );
    }

    [Theory]
    [InlineData("disjoint")]
    [InlineData("colliding")]
    public async Task Commits_OfEightProcessesInABucket_AreInTheHistoryExactlyOnce(string mode)
    {
        var server = S3Server.TryFind();
        Assert.SkipWhen(server is null, S3Server.HowToStart);
        using var folder = new WorkFolder();
        await using var bucket = await server!.MakeBucketAsync();
        await RaceAsync(
            $"s3:{bucket.Name}",
            folder.Path,
            $"{mode} on S3",
            s_commitsInABucket,
            engine => server.OpenLake(bucket.Name, folder.Path, engine)
        );
    }

    private async Task RaceAsync(
        string place,
        string folder,
        string mode,
        int commitsAWriter,
        Func<LakeEngine, DataLake> open
    )
    {
        var workers = Enumerable
            .Range(0, Writers)
            .Select(w => Worker.Start("race", place, folder, Text(w), Text(commitsAWriter), mode.Split(' ')[0]))
            .ToArray();
        foreach (var worker in workers)
        {
            worker.Go();
        }

        var ends = await Task.WhenAll(workers.Select(w => w.EndAsync(CancellationToken.None)));
        var made = new Dictionary<long, string>(); // version → writer
        var newest = new Dictionary<string, (long Version, int Step)>(StringComparer.Ordinal);
        var conflicts = 0;
        for (var w = 0; w < Writers; w++)
        {
            workers[w].Dispose();
            var (lines, error, ended) = ends[w];
            ended.ShouldBeTrue(error);
            var words = lines.Select(l => l.Split(' ')).ToArray();
            conflicts += words.Count(l => l[0] == "conflict");
            var commits = words.Where(l => l[0] == "ok").ToArray();
            commits.Length.ShouldBe(commitsAWriter);
            foreach (var commit in commits)
            {
                var version = long.Parse(commit[1], CultureInfo.InvariantCulture);
                commit[4].ShouldBe("True");
                made.TryAdd(version, $"w{w}").ShouldBeTrue($"two writers were told that version {version} is theirs");
                if (!newest.TryGetValue(commit[2], out var known) || known.Version < version)
                {
                    newest[commit[2]] = (version, int.Parse(commit[3], CultureInfo.InvariantCulture));
                }
            }
        }

        using var engine = new LakeEngine(new EngineOptions(1, "256MB"), Path.Combine(folder, "spill"));
        var lake = open(engine);
        var history = await lake.Table(Workload.Table.Id).HistoryAsync(CancellationToken.None);
        history
            .Reverse()
            .Select(v => (v.Version, v.RunId))
            .ShouldBe(made.OrderBy(m => m.Key).Select(m => (m.Key, (string?)m.Value)));
        history.Count.ShouldBe(Writers * commitsAWriter);
        var (state, _) = await WorkloadState.ReadAsync(lake, CancellationToken.None);
        state.Units.ShouldBe(
            newest
                .OrderBy(u => u.Key, StringComparer.Ordinal)
                .Select(u => KeyValuePair.Create(u.Key, (3L, u.Value.Step)))
        );
        output.WriteLine($"proof: {mode}: {Writers} processes × {commitsAWriter} commits, {conflicts} conflicts");
    }

    private static int Commits(string usual) =>
        int.Parse(Environment.GetEnvironmentVariable("TIDEMARK_RACE_COMMITS") ?? usual, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class WorkFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("tidemark-race-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
