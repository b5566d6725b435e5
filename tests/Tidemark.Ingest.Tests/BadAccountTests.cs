using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What an account may not do: wrong and missing tokens, apis that were not bought, calls that are used up.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class BadAccountTests
{
    private const string Bars = "ods_daily";

    private static VendorSetup Limited(int calls, RateWindow window) =>
        new()
        {
            Server = options =>
                options with
                {
                    RateLimits = new Dictionary<string, TushareRateLimit> { ["daily"] = new(calls, window) },
                },
        };

    [Fact]
    public async Task Run_WrongToken_IsBlockedWithTheVendorsWordsAndGoesOnWithTheRightOne()
    {
        await using var rig = await IngestRig.StartAsync(new VendorSetup { Token = "wrong-token" });

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Failed);
        run.Block!.Stage.ShouldBe(BlockedStage.Readiness);
        run.Block.ErrorCode.ShouldBe("READINESS_BLOCKED");
        run.Block.Message.ShouldContain("您的token不对");
        run.Block.Message.ShouldContain("`tidemark token set`, or the environment variable TUSHARE_TOKEN");
        run.Block.Message.ShouldNotContain("wrong-token");
        rig.Market.Asked.ShouldBeEmpty();
        (await rig.Lake.TablesAsync(CancellationToken.None)).ShouldBeEmpty();
        await rig.ShouldBeWholeAsync();

        await rig.ReopenAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_TokenThatStopsToWorkAfterItsProbes_EndsTheRunAtOnce()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        rig.Clock.Advance(TimeSpan.FromHours(23)); // a new day is due, the probes still count
        await rig.ReopenAsync(
            new VendorSetup
            {
                KeepsAddress = true,
                Server = o => o with { AcceptedTokens = new HashSet<string> { "another" } },
            }
        );

        var response = await rig.RunBothAsync();

        response.Verdict.ShouldBe(Verdict.Blocked, "as it would be, had the token been refused before");
        var run = response.Runs[^1];
        run.Status.ShouldBe(RunStatus.Failed);
        run.Block.ShouldBeNull();
        run.Committed.ShouldBe(0);
        run.Errors.ShouldAllBe(e => e.Code == "VENDOR_UNAUTHORIZED");
        (await rig.RunRowAsync(run.Id)).ErrorMessage!.ShouldContain("您的token不对");
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();

        await rig.ReopenAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe([.. IngestRig.Days, "2024-06-13"]);
    }

    [Fact]
    public async Task Run_ApiThatWasNotBought_IsLeftOutAndTheOthersRun()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Server = o => o with { ForbiddenApis = new HashSet<string> { "adj_factor" } } },
            more: ["adj_factor"]
        );

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Failed.ShouldBe(4);
        run.Committed.ShouldBe(9);
        run.Errors.ShouldAllBe(e => e.Code == "MODULE_LEFT_OUT" && e.Unit.Dataset == "tushare.adj_factor");
        run.Errors[0].Message.ShouldContain("没有接口(adj_factor)访问权限");
        run.Errors[0]
            .Message.ShouldContain("upgrade it. To do without it: `off: [stock.adj_factor]` in tidemark.yaml.");
        (await rig.StepsOfAsync(run.Id, "stock.adj_factor", "2024-06-11")).ShouldBe([
            "extract skipped",
            "normalize skipped",
            "upsert skipped",
            "evaluate skipped",
        ]);
        (await rig.SnapshotAsync("ods_adj_factor")).Exists.ShouldBeFalse();
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();

        await rig.ReopenAsync(); // bought: what failed is probed again, whatever its age
        var next = await rig.RunAsync();
        next.Status.ShouldBe(RunStatus.Success);
        next.Planned.ShouldBe(4);
        (await rig.DaysInLakeAsync("ods_adj_factor")).ShouldBe(IngestRig.Days);
    }

    [Fact]
    public async Task Run_PermissionThatEndsBetween_SkipsTheRestOfThatDatasetAlone()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        rig.Clock.Advance(TimeSpan.FromHours(23));
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true, Faults = "- { api: daily, do: no_permission }" });

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Errors.ShouldHaveSingleItem().Code.ShouldBe("VENDOR_FORBIDDEN");
        run.Committed.ShouldBe(2); // the list and the suspensions
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_CallsOfTheMinuteUsedUp_WaitsAndCompletes()
    {
        await using var rig = await IngestRig.StartAsync(Limited(2, RateWindow.Minute));

        var run = await rig.RunAsync();

        run.Errors.ShouldBeEmpty();
        run.Status.ShouldBe(RunStatus.Success);
        rig.Waits.Max().ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_ProbeThatComesTooSoonAfterOtherCalls_DoesNotLeaveTheModuleOut()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, when: { nth: 1 }, do: rate_limit }" }
        );

        var run = await rig.RunAsync();

        run.Errors.ShouldBeEmpty();
        run.Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
    }

    [Theory]
    [InlineData(RateWindow.Hour, "小时", 61)]
    [InlineData(RateWindow.Day, "天", 24 * 60)]
    public async Task Run_CallsOfTheHourOrDayUsedUp_SkipsThatDatasetUntilTheWindowEnds(
        RateWindow window,
        string word,
        int minutes
    )
    {
        await using var rig = await IngestRig.StartAsync(Limited(3, window));

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Partial);
        run.Committed.ShouldBe(7); // one probe and two days of bars were within the limit
        run.Failed.ShouldBe(2);
        run.Errors.ShouldAllBe(e => e.Code == "VENDOR_RATE_LIMITED" && e.Unit.Dataset == "tushare.daily");
        // Which of the two units heard it from the vendor, and which was not asked for any more, is a question of time.
        run.Errors.ShouldContain(e =>
            e.Message.Contains($"频率超限(3次/{word})") && e.Message.Contains("Try again in ")
        );
        rig.Waits.ShouldAllBe(w => w < TimeSpan.FromMinutes(2));
        (await rig.DaysInLakeAsync("ods_suspend_d")).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();

        rig.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await rig.ReopenAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        (await rig.DaysInLakeAsync(Bars))[..4].ShouldBe(IngestRig.Days);
    }

    [Fact]
    public async Task Run_AfterOneThatUsedUpTheDay_AsksNoMoreUntilTheNextDay()
    {
        await using var rig = await IngestRig.StartAsync(Limited(3, RateWindow.Day));
        (await rig.RunAsync()).Failed.ShouldBe(2);
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true });

        var run = await rig.RunAsync();

        run.Failed.ShouldBe(2);
        run.Errors.ShouldAllBe(e => e.Message.Contains("(100000/min, 3/day) are used up"));
        rig.Clock.Advance(TimeSpan.FromHours(5)); // it was 20:00
        await rig.ReopenAsync(new VendorSetup { KeepsAddress = true });
        (await rig.RunAsync()).Failed.ShouldBe(0);
        (await rig.DaysInLakeAsync(Bars))[..4].ShouldBe(IngestRig.Days);
    }
}
