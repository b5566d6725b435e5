using System.Globalization;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A process that is killed at any moment costs nothing but the work that it had not committed.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Seeds = 16;
    private static readonly string[] s_market = ["--no-serve", "--json", "--stocks", "40", "--days", "3"];

    /// <summary>A dataset of each way of fetching, and one without a key, instead of all that the demo has.</summary>
    private static readonly Dictionary<string, string> s_variables = new()
    {
        ["TIDEMARK__ON"] = "tushare.cn_cpi, tushare.shibor, tushare.block_trade",
    };

    [Fact]
    public async Task Demo_KilledAtARandomMoment_EndsInTheSameLake()
    {
        using var folder = new TemporaryFolder();
        var undisturbed = new Workspace(folder.At("undisturbed"));
        var took = (await DemoAsync(undisturbed)).Took;
        var again = (await DemoAsync(new Workspace(folder.At("again")))).Took;
        await undisturbed.JsonAsync("catalog", "refresh");
        var expected = undisturbed.Content();
        expected.Count.ShouldBeGreaterThan(20);

        for (var seed = 0; seed < Seeds; seed++)
        {
            var workspace = new Workspace(folder.At($"seed-{seed}"));
            var hit = await KillAsync(workspace, seed, took < again ? took : again);
            output.WriteLine($"seed {seed, 2}: {hit}");

            // Taken up by another process, as it is after any kill: this one.
            (await TidemarkHere.RunAsync(folder.Path, s_variables, Demo(workspace))).With(exitCode: 0);

            workspace.Content().ShouldBe(expected, $"seed {seed}, {hit}");
            workspace.LakeFiles("*", "_staging").ShouldBeEmpty($"seed {seed}, {hit}");
            Directory.Delete(workspace.Folder, recursive: true);
        }

        output.WriteLine($"proof: {Seeds} demos killed and taken up again");
    }

    private static async Task<Ended> DemoAsync(Workspace workspace)
    {
        var parent = Path.GetDirectoryName(workspace.Folder)!;
        return (await TidemarkProcess.RunAsync(parent, s_variables, Demo(workspace))).With(exitCode: 0);
    }

    private static string[] Demo(Workspace workspace) => ["demo", Path.GetFileName(workspace.Folder), .. s_market];

    // Even seeds: a moment anywhere in a run's life. Odd seeds: a moment soon after a milestone, so that a slow machine
    // cannot move all of them into the start of the program.
    private static async Task<string> KillAsync(Workspace workspace, int seed, TimeSpan life)
    {
        var random = new Random(seed);
        var milestones = Milestones(workspace);
        var parent = Path.GetDirectoryName(workspace.Folder)!;
        await using var demo = TidemarkProcess.Start(parent, s_variables, Demo(workspace));
        string moment;
        TimeSpan wait;
        if (seed % 2 == 0)
        {
            wait = life * ((seed + 2 * random.NextDouble()) / Seeds);
            moment = string.Create(CultureInfo.InvariantCulture, $"{wait.TotalMilliseconds:F0} ms after the start");
        }
        else
        {
            var (name, reached) = milestones[seed / 2 % milestones.Length];
            demo.WaitUntil(() => reached() || demo.HasExited, name);
            wait = TimeSpan.FromMilliseconds(random.Next(40));
            moment = string.Create(CultureInfo.InvariantCulture, $"{wait.TotalMilliseconds:F0} ms after {name}");
        }

        if (demo.EndsWithin(wait))
        {
            return $"{moment} it had ended";
        }

        demo.Send(Signal.Kill);
        var ended = await demo.EndAsync();
        return ended.ExitCode == 0 ? $"{moment} it had ended" : $"killed {moment}, {Stage(workspace)}";
    }

    private static (string Name, Func<bool> Reached)[] Milestones(Workspace workspace) =>
        [
            ("control.db", () => File.Exists(Path.Combine(workspace.Folder, "control.db"))),
            ("the first answer", () => workspace.LakeFiles("*.json.gz", "raw").Count > 0),
            ("the first staged file", () => workspace.LakeFiles("*", "_staging").Count > 0),
            ("the first commit", () => workspace.CommittedTables().Count > 0),
            ("the fifth commit", () => workspace.CommittedTables().Count > 4),
            ("the first file staged by the build", () => IsBuildStaging(workspace)),
            ("the first built table", () => workspace.CommittedTables().Any(t => t.StartsWith("dim_"))),
            ("the last built table", () => workspace.CommittedTables().Any(t => t.StartsWith("dwd_"))),
        ];

    private static bool IsBuildStaging(Workspace workspace) =>
        workspace.LakeFiles("*.parquet", "_staging").Any(f => f.Contains("/dwd.dwd_", StringComparison.Ordinal));

    // What a kill leaves on disk tells how far the process had come.
    private static string Stage(Workspace workspace)
    {
        if (!File.Exists(Path.Combine(workspace.Folder, "control.db")))
        {
            return "before the run";
        }

        var committed = workspace.CommittedTables();
        var ods = committed.Count(t => t.StartsWith("ods_", StringComparison.Ordinal));
        var staged = workspace.LakeFiles("*", "_staging").Count;
        var temporary = workspace.LakeFiles(".tmp-*").Count;
        var raw = workspace.LakeFiles("*.json.gz", "raw").Count;
        var stage =
            File.Exists(Path.Combine(workspace.Folder, "catalog.duckdb")) ? "after the catalog"
            : committed.Count > ods ? "in the build"
            : ods == 10 ? "after the ingest"
            : ods > 0 ? "in the commits"
            : raw > 0 ? "in the extraction"
            : "before the first answer";
        return $"{stage}: {raw} answers kept, {committed.Count} tables committed, {staged} files staged, {temporary} temporary";
    }
}
