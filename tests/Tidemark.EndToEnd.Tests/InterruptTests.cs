using System.Text.Json;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// Ctrl-C and SIGTERM: what was committed stays, the run is recorded as canceled, the next one goes on.
/// </summary>
public sealed class InterruptTests
{
    private static readonly string[] s_backfill = ["backfill", "--from", "2025-06-23", "--to", "2025-06-27", "--json"];

    /// <summary>From the fourth call on, daily bars come after a minute: nobody waits for that.</summary>
    private const string SlowBars = """
        - { vendor: tushare, api: daily, when: { between: [4, 1000] }, do: { delay: 60000 } }
        """;

    public static TheoryData<int> Signals => [(int)Signal.Interrupt, (int)Signal.Terminate];

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Backfill_InterruptedInTheMiddle_KeepsWhatWasCommittedAndGoesOn(int signal)
    {
        using var folder = new TemporaryFolder();
        var faults = folder.Write("faults.yaml", SlowBars);
        Workspace workspace;
        Ended ended;
        await using (var slow = await SimulatorProcess.SmallMarketAsync(folder.Path, "--faults", faults))
        {
            workspace = Workspace.Create(folder.At("w"), slow.Url, "2025-06-23", "2025-06-27");
            await using var backfill = workspace.Start(s_backfill);
            // The bars hold up one unit; the answers to others are there.
            backfill.WaitUntil(
                () => workspace.LakeFiles("*.json.gz", "raw/tushare/daily").Count >= 2,
                "two days of bars"
            );

            backfill.Send((Signal)signal);

            ended = await backfill.EndAsync(TimeSpan.FromSeconds(30));
        }

        ended.With(exitCode: 130);
        var run = (await workspace.JsonAsync("runs"))[0];
        run.Text("status").ShouldBe("canceled");
        run.GetProperty("finished_at").ValueKind.ShouldBe(JsonValueKind.String);
        var versions = await workspace.VersionsAsync();
        workspace.LakeFiles("*", "_staging").ShouldBeEmpty();

        await using var quick = await SimulatorProcess.SmallMarketAsync(folder.Path);
        Workspace.Create(workspace.Folder, quick.Url, "2025-06-23", "2025-06-27");
        var again = (await workspace.RunAsync(s_backfill)).With(exitCode: 0).Json();

        again.Number("skipped").ShouldBe(run.GetProperty("meta").Number("unitsCommitted"));
        again.Number("failed").ShouldBe(0);
        versions.Keys.ShouldBeSubsetOf((await workspace.VersionsAsync()).Keys);
        (await workspace.JsonAsync("runs"))[0].Text("status").ShouldBe("success");
        (await workspace.SqlAsync("SELECT count(DISTINCT dt) AS days FROM ods.ods_daily"))
            .Single()
            .Number("days")
            .ShouldBe(5);
        (await workspace.RunAsync(s_backfill)).With(exitCode: 0).Json().Number("done").ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public async Task Demo_Interrupted_IsCanceledAndGoesOn(int signal)
    {
        using var folder = new TemporaryFolder();
        string[] market = ["demo", "w", "--no-serve", "--json", "--stocks", "500", "--days", "4"];
        var workspace = new Workspace(folder.At("w"));
        await using (var demo = TidemarkProcess.Start(folder.Path, market))
        {
            demo.WaitUntil(() => workspace.LakeFiles("*.json.gz", "raw").Count > 0, "the first answer");

            demo.Send((Signal)signal);

            var ended = (await demo.EndAsync()).With(exitCode: 130);
            ended.Json().GetProperty("error").Text("code").ShouldBe("STOPPED");
            ended.Error.ShouldContain("run the command again");
        }

        (await workspace.JsonAsync("runs"))[0].Text("status").ShouldBe("canceled");
        workspace.LakeFiles("*", "_staging").ShouldBeEmpty();

        var answer = (await TidemarkProcess.RunAsync(folder.Path, market)).With(exitCode: 0).Json();

        answer.Number("days").ShouldBe(4);
        answer.GetProperty("status").Number("missing").ShouldBe(0);
    }

    [Fact]
    public async Task Backfill_InterruptedTwice_EndsAtOnce()
    {
        using var folder = new TemporaryFolder();
        var faults = folder.Write("faults.yaml", SlowBars);
        await using var slow = await SimulatorProcess.SmallMarketAsync(folder.Path, "--faults", faults);
        var workspace = Workspace.Create(folder.At("w"), slow.Url, "2025-06-23", "2025-06-27");
        await using var backfill = workspace.Start(s_backfill);
        backfill.WaitUntil(() => workspace.LakeFiles("*.json.gz", "raw/tushare/daily").Count >= 2, "two days of bars");

        backfill.Send(Signal.Interrupt);
        backfill.Send(Signal.Interrupt);

        (await backfill.EndAsync(TimeSpan.FromSeconds(30))).ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task Sim_Terminated_EndsWell()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);

        (await simulator.StopAsync()).With(exitCode: 0);
    }
}
