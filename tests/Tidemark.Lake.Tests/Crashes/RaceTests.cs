using System.Globalization;
using Tidemark.Core;
using Tidemark.Testing.Crashes;

namespace Tidemark.Lake.Tests.Crashes;

/// <summary>Many processes write into one table: what was acknowledged is in the history once, and nothing else is.</summary>
public sealed class RaceTests(ITestOutputHelper output)
{
    private const int Writers = 8;
    private const int CommitsAWriter = 200;

    [Theory]
    [InlineData("disjoint")]
    [InlineData("colliding")]
    public async Task Commits_OfEightProcesses_AreInTheHistoryExactlyOnce(string mode)
    {
        using var folder = new RaceFolder();
        var workers = Enumerable
            .Range(0, Writers)
            .Select(w => Worker.Start("race", folder.Lake, Text(w), Text(CommitsAWriter), mode))
            .ToArray();
        foreach (var worker in workers)
        {
            worker.Go();
        }

        var made = new Dictionary<long, string>(); // version → writer
        var newest = new Dictionary<string, (long Version, int Step)>(StringComparer.Ordinal);
        var conflicts = 0;
        for (var w = 0; w < Writers; w++)
        {
            using var worker = workers[w];
            var (lines, error, ended) = await worker.EndAsync(CancellationToken.None);
            ended.ShouldBeTrue(error);
            var words = lines.Select(l => l.Split(' ')).ToArray();
            conflicts += words.Count(l => l[0] == "conflict");
            var commits = words.Where(l => l[0] == "ok").ToArray();
            commits.Length.ShouldBe(CommitsAWriter);
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

        using var engine = new LakeEngine(new EngineOptions(1, "256MB"), folder.Spill);
        var lake = DataLake.OnDisk(folder.Lake, engine, TimeProvider.System, new SystemIdSource());
        var history = await lake.Table(Workload.Table.Id).HistoryAsync(CancellationToken.None);
        history
            .Reverse()
            .Select(v => (v.Version, v.RunId))
            .ShouldBe(made.OrderBy(m => m.Key).Select(m => (m.Key, (string?)m.Value)));
        history.Count.ShouldBe(Writers * CommitsAWriter);
        var (state, _) = await WorkloadState.ReadAsync(lake, CancellationToken.None);
        state.Units.ShouldBe(
            newest
                .OrderBy(u => u.Key, StringComparer.Ordinal)
                .Select(u => KeyValuePair.Create(u.Key, (3L, u.Value.Step)))
        );
        output.WriteLine($"{mode}: {Writers} processes × {CommitsAWriter} commits, {conflicts} conflicts");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class RaceFolder : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-race-").FullName;

        public string Lake => Path.Combine(_folder, "lake");

        public string Spill => Path.Combine(_folder, "spill");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
