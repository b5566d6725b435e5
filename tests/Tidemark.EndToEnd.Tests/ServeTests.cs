using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// <c>tidemark serve</c> as a real process whose clock a test sets: the week from Monday 2025-06-23 on.
/// </summary>
public sealed class ServeTests
{
    /// <summary>Bars come at once to the probe, and later after a minute: nobody waits for that.</summary>
    private const string SlowBars = """
        - { vendor: tushare, api: daily, when: { between: [2, 100000] }, do: { delay: 60000 } }
        """;

    [Fact]
    public async Task Serve_ThreeDaysWithAKillInOne_RunsThemAllAndCatchesUp()
    {
        using var folder = new TemporaryFolder();
        await using var quick = await SimulatorProcess.SmallMarketAsync(folder.Path);
        await using var slow = await SimulatorProcess.SmallMarketAsync(
            folder.Path,
            "--faults",
            folder.Write("faults.yaml", SlowBars)
        );
        var workspace = Rehearse(folder, quick.Url);

        await using (var serve = workspace.Start("serve"))
        {
            await EndedAsync(workspace, serve, "2025-06-22"); // caught up; the plan begins the day after
            At(folder, "2025-06-23T19:29:59+08:00");
            await EndedAsync(workspace, serve, "2025-06-23", "done");
            var suspensions = workspace.LakeFiles("*.json.gz", "raw/tushare/suspend_d").Count;
            Rehearse(folder, slow.Url);
            At(folder, "2025-06-24T19:29:59+08:00");
            serve.WaitUntil(
                () => workspace.LakeFiles("*.json.gz", "raw/tushare/suspend_d").Count > suspensions,
                "suspensions of the second day"
            );
            serve.Send(Signal.Kill);
            await serve.EndAsync();
        }

        Rehearse(folder, quick.Url);
        await using (var serve = workspace.Start("serve"))
        {
            var caught = await EndedAsync(workspace, serve, "2025-06-24", "done");
            caught.Text("source").ShouldBe("catch_up");
            At(folder, "2025-06-25T19:29:59+08:00");
            await EndedAsync(workspace, serve, "2025-06-25", "done");
            serve.Send(Signal.Terminate);
            (await serve.EndAsync()).With(exitCode: 0).Out.ShouldContain("Stopped");
        }

        var runs = (await workspace.JsonAsync("runs")).EnumerateArray().ToArray();
        runs.ShouldAllBe(run => run.Text("status") != "running");
        string[] days = ["2025-06-23", "2025-06-24", "2025-06-25"];
        runs.Where(run => run.Text("status") == "success")
            .Select(run => (Day: run.GetProperty("as_of_trade_date").GetString(), Scope: run.Text("scope")))
            .Where(run => days.Contains(run.Day))
            .Distinct()
            .Count()
            .ShouldBe(6, "three days of two pools");
        (await workspace.SqlAsync("SELECT count(DISTINCT dt) AS days FROM ods.ods_daily"))
            .Single()
            .Number("days")
            .ShouldBe(3);
        workspace.LakeFiles("*", "_staging").ShouldBeEmpty();
    }

    [Fact]
    public async Task Steering_FromOtherProcesses_PausesResumesAndCancelsWhatRuns()
    {
        using var folder = new TemporaryFolder();
        await using var slow = await SimulatorProcess.SmallMarketAsync(
            folder.Path,
            "--faults",
            folder.Write("faults.yaml", SlowBars)
        );
        var workspace = Workspace.Create(folder.At("w"), slow.Url, "2025-06-23", "2025-06-27");
        await using var backfill = workspace.Start("backfill", "--from", "2025-06-23", "--to", "2025-06-27", "--json");
        backfill.WaitUntil(
            () => workspace.LakeFiles("*.json.gz", "raw/tushare/suspend_d").Count > 0,
            "suspensions of a day"
        );

        (await workspace.JsonAsync("pause", "universe")).GetProperty("lanes")[0].Text("state").ShouldBe("paused");
        (await workspace.RunAsync("run", "--json")).With(exitCode: 3);
        (await workspace.RunAsync("pause", "china")).With(exitCode: 1).Error.ShouldContain("LANE_PAUSED");
        (await workspace.JsonAsync("resume")).GetProperty("lanes")[0].Text("state").ShouldBe("running");
        (await workspace.RunAsync("resume")).With(exitCode: 1).Error.ShouldContain("LANE_NOT_PAUSED");
        (await workspace.JsonAsync("cancel")).GetProperty("lanes")[0].Text("state").ShouldBe("canceling");

        (await backfill.EndAsync(TimeSpan.FromSeconds(45))).With(exitCode: 130);
        (await workspace.JsonAsync("runs")).EnumerateArray().ShouldContain(run => run.Text("status") == "canceled");
        (await workspace.RunAsync("cancel")).With(exitCode: 1).Error.ShouldContain("NOTHING_RUNS");
        workspace.LakeFiles("*", "_staging").ShouldBeEmpty();
    }

    [Fact]
    public async Task Schedule_Simulated_SaysWhatWouldRunAndRunsNothing()
    {
        using var folder = new TemporaryFolder();
        var workspace = Workspace.Create(folder.At("w"), new Uri("http://127.0.0.1:1"), "2025-06-23", "2025-12-31");

        var friday = await workspace.JsonAsync("schedule", "--simulate", "--date", "2025-06-27");
        var saturday = await workspace.JsonAsync("schedule", "--simulate", "--date", "2025-06-28");

        var fire = friday.GetProperty("fires").EnumerateArray().Single();
        fire.GetProperty("at").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2025, 6, 27, 11, 30, 0, TimeSpan.Zero));
        fire.GetProperty("due")
            .EnumerateArray()
            .ShouldContain(due => due.Text("dataset") == "tushare.daily" && due.Text("day") == "2025-06-27");
        saturday
            .GetProperty("fires")[0]
            .GetProperty("due")
            .EnumerateArray()
            .ShouldNotContain(due => due.Text("dataset") == "tushare.daily");
        (await workspace.JsonAsync("runs")).GetArrayLength().ShouldBe(0);
        (await workspace.RunAsync("schedule", "set", "--at", "25:00"))
            .With(exitCode: 2)
            .Error.ShouldContain("SCHEDULE_INVALID");
        (await workspace.JsonAsync("schedule", "set", "--at", "18:05"))
            .GetProperty("schedule")
            .Text("run_at")
            .ShouldBe("18:05");
        (await workspace.JsonAsync("schedule", "reset")).GetProperty("schedule").Text("run_at").ShouldBe("19:30");
    }

    [Fact]
    public async Task Serve_UnderASupervisor_SaysThatItIsReadyAliveAndStopping()
    {
        using var folder = new TemporaryFolder();
        var socket = folder.At("notify.sock");
        using var supervisor = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        supervisor.Bind(new UnixDomainSocketEndPoint(socket));
        supervisor.ReceiveTimeout = 60_000;
        var vendor = new Uri("http://127.0.0.1:1");
        var workspace = new Workspace(
            Workspace.Create(folder.At("w"), vendor, "2025-06-23", "2025-06-27").Folder,
            new Dictionary<string, string> { ["NOTIFY_SOCKET"] = socket }
        );
        (await workspace.RunAsync("schedule", "set", "--enabled", "false")).With(exitCode: 0);

        await using var serve = workspace.Start("serve");

        var isAlive = false;
        Next().ShouldBe("WATCHDOG=1");
        isAlive = true;
        Next().ShouldStartWith("READY=1\nSTATUS=china");
        serve.Send(Signal.Terminate);
        Next().ShouldBe("STOPPING=1");
        (await serve.EndAsync()).With(exitCode: 0);

        string Next()
        {
            var buffer = new byte[4096];
            var text = Encoding.UTF8.GetString(buffer, 0, supervisor.Receive(buffer));
            return text == "WATCHDOG=1" && isAlive ? Next() : text;
        }
    }

    [Fact]
    public async Task AClockWithoutAMoment_IsToldAtOnce()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["TIDEMARK_CLOCK"] = folder.Write("clock.txt", "soon") };

        (await TidemarkProcess.RunAsync(folder.Path, environment, "status"))
            .With(exitCode: 2)
            .Error.ShouldContain("CLOCK_INVALID");
    }

    private static Workspace Rehearse(TemporaryFolder folder, Uri vendor)
    {
        Workspace.Create(
            folder.At("w"),
            vendor,
            "2025-06-23",
            "2025-06-27",
            more: "pools: { targets: { symbols: [600519.SH] } }"
        );
        if (!File.Exists(folder.At("clock.txt")))
        {
            At(folder, "2025-06-23T12:00:00+08:00");
        }

        return new Workspace(
            folder.At("w"),
            new Dictionary<string, string> { ["TIDEMARK_CLOCK"] = folder.At("clock.txt") }
        );
    }

    private static void At(TemporaryFolder folder, string moment)
    {
        var next = folder.At("clock.next");
        File.WriteAllText(next, moment);
        File.Move(next, folder.At("clock.txt"), overwrite: true);
    }

    /// <summary>Waits until a day's moment has ended, as <c>schedule</c> says.</summary>
    private static async Task<JsonElement> EndedAsync(
        Workspace workspace,
        TidemarkProcess serve,
        string day,
        string? status = null
    )
    {
        serve.WaitUntil(() => serve.OutSoFar.Contains($"{day} ", StringComparison.Ordinal), $"a moment of {day}");
        while (true)
        {
            var fires = (await workspace.JsonAsync("schedule")).GetProperty("fires").EnumerateArray();
            var fire = fires.First(of => of.GetProperty("due_at").GetDateTimeOffset().ToString("yyyy-MM-dd") == day);
            if (fire.GetProperty("finished_at").ValueKind == JsonValueKind.String && fire.Text("status") != "missed")
            {
                fire.Text("status").ShouldBe(status ?? fire.Text("status"), fire.ToString());
                return fire;
            }

            serve.HasExited.ShouldBeFalse(serve.OutSoFar);
        }
    }
}
