using System.Text.Json.Nodes;
using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What a run leaves behind: steps, counts, rows, leases; and how it ends when it is stopped, blocked or repeated.
/// </summary>
public sealed class RunTests
{
    private const string Bars = "ods_daily";
    private const string Module = "stock.market.daily";

    private static JsonNode Meta(RunRow run) => JsonNode.Parse(run.MetaJson!)!;

    [Fact]
    public async Task Run_WholePlan_LeavesFourStepsAUnitWhoseCountsAreTheCommits()
    {
        await using var rig = await IngestRig.StartAsync();

        var run = await rig.RunAsync();

        run.Status.ShouldBe(RunStatus.Success);
        var steps = await rig.StepsAsync(run.Id);
        steps.Count.ShouldBe(run.Planned * 4);
        run.Steps.ShouldBe(steps.Count);
        steps.ShouldAllBe(s => s.Status == StepStatus.Success && s.FinishedAt != null);
        foreach (var unit in steps.GroupBy(s => s.StepId[..s.StepId.LastIndexOf(':')]))
        {
            unit.Select(s => s.Stage).Order().ShouldBe(Enum.GetValues<StepStage>());
            var byStage = unit.ToDictionary(s => s.Stage);
            byStage[StepStage.Normalize].InputRows.ShouldBe(byStage[StepStage.Extract].OutputRows);
            byStage[StepStage.Upsert].InputRows.ShouldBe(byStage[StepStage.Normalize].OutputRows);
            byStage[StepStage.Evaluate].InputRows.ShouldBeNull("no rows pass an evaluation, so none are counted");
        }

        var rows =
            await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily")
            + await rig.NumberAsync("SELECT count(*) FROM ods.ods_stock_basic")
            + await rig.NumberAsync("SELECT count(*) FROM ods.ods_suspend_d");
        steps.Where(s => s.Stage == StepStage.Upsert).Sum(s => s.OutputRows).ShouldBe(rows);
        run.Counts.ShouldBe(new Lake.Staging.UnitCounts(rows, 0, 0, 0));
        var row = await rig.RunRowAsync(run.Id);
        (row.Rows, row.Inserted, row.Updated, row.Errors).ShouldBe((rows, rows, 0, 0));
        row.AsOf.ShouldBe(new DateOnly(2024, 6, 12));
        Meta(row)["unitsCommitted"]!.GetValue<int>().ShouldBe(run.Planned);
    }

    [Fact]
    public async Task Run_ChangedListOfTheSameDay_CountsInsertedUpdatedAndUnchanged()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                door.Wait(token);
            }
        };
        var slow = rig.RunBesideAsync(Pool.Targets);
        await door.SomebodyWaits;
        rig.Market.Before = null;
        await rig.RunAsync();
        var rows = await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE dt = '2024-06-11'");
        rig.Market.Rewrite = (request, answer) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240611"))
            {
                answer[0]!.AsArray()[5] = 0.01; // one row changed
                var added = answer[1]!.DeepClone().AsArray();
                added[0] = "999999.SZ"; // and one new
                answer.Add((JsonNode)added);
            }
        };
        door.Open();

        var run = await slow;

        run.Status.ShouldBe(RunStatus.Success);
        (await rig.StepsOfAsync(run.Id, Module, "2024-06-11"))[2].ShouldBe($"upsert success {rows + 1}>2-0");
        run.Counts.Updated.ShouldBe(1);
        run.Counts.Inserted.ShouldBe(1);
        (await rig.NumberAsync("SELECT count(*) FROM ods.ods_daily WHERE dt = '2024-06-11'")).ShouldBe(rows + 1);
    }

    [Fact]
    public async Task Run_SecondTime_AsksNothingAndCommitsNothing()
    {
        await using var rig = await IngestRig.StartAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
        var versions = await rig.VersionsAsync();
        rig.Market.Forget();

        var again = await rig.RunAsync();

        again.Status.ShouldBe(RunStatus.Success);
        (again.Planned, again.Committed, again.AlreadyCommitted).ShouldBe((0, 0, 9));
        rig.Market.Asked.ShouldBeEmpty();
        (await rig.VersionsAsync()).ShouldBe(versions);
        (await rig.RunRowAsync(again.Id)).Status.ShouldBe(RunStatus.Success);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_SameRowsFetchedByBothPools_MakesNoNewVersion()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (request.Limit > 1)
            {
                door.Wait(token);
            }
        };
        var slow = rig.RunBesideAsync(Pool.Targets);
        await door.SomebodyWaits;
        rig.Market.Before = null;
        await rig.RunAsync();
        var versions = await rig.VersionsAsync();
        door.Open();

        var run = await slow;

        run.Status.ShouldBe(RunStatus.Success);
        run.Counts.Inserted.ShouldBe(0);
        run.Counts.Updated.ShouldBe(0);
        run.Counts.Unchanged.ShouldBeGreaterThan(0);
        (await rig.VersionsAsync()).ShouldBe(versions);
    }

    [Fact]
    public async Task Run_NoTargets_IsASuccessThatAsksNothing()
    {
        await using var rig = await IngestRig.StartAsync();
        var request = rig.Request(rig.Host, Pool.Targets);

        var run = await rig.RunAsync(request with { Plan = request.Plan with { Datasets = [] } }, progress: null);

        run.Status.ShouldBe(RunStatus.Success);
        (run.Planned, run.Steps).ShouldBe((0, 0));
        rig.Market.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_NoToken_IsBlockedAtTheTokenBeforeAnythingIsAsked()
    {
        await using var rig = await IngestRig.StartAsync(new VendorSetup { Token = "" });

        var run = await rig.RunAsync();

        run.Block!.Stage.ShouldBe(BlockedStage.Token);
        run.Block.Message.ShouldContain("vendors.tushare.token");
        rig.Market.Asked.ShouldBeEmpty();
        var row = await rig.RunRowAsync(run.Id);
        row.Status.ShouldBe(RunStatus.Failed);
        row.FinishedAt.ShouldNotBeNull();
        Meta(row)["blockedStage"]!.ToString().ShouldBe("token");
        Meta(row)["errorCode"]!.ToString().ShouldBe("TOKEN_MISSING");
        Meta(row)["source"]!.ToString().ShouldBe("manual");
    }

    [Fact]
    public async Task Run_ColumnThatIsGoneFromOneApi_LeavesThatModuleOutAndRunsTheOthers()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, do: { drop_column: vol } }" }
        );

        var run = await rig.RunAsync();

        run.Block.ShouldBeNull();
        run.Status.ShouldBe(RunStatus.Partial);
        (run.Committed, run.Failed).ShouldBe((5, 4));
        run.Errors.ShouldAllBe(e => e.Code == "MODULE_LEFT_OUT" && e.Unit.Dataset == "tushare.daily");
        run.Errors[0].Message.ShouldContain("lacks 1 declared column(s): vol");
        (await rig.DaysInLakeAsync("ods_suspend_d")).ShouldBe(IngestRig.Days);
        (await rig.AttemptsAsync()).Keys.ShouldNotContain(u => u.StartsWith("tushare.daily"), "it was not tried");
    }

    [Fact]
    public async Task Run_ColumnThatIsGoneFromEveryApiOfThePlan_IsBlocked()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup { Faults = "- { api: daily, do: { drop_column: vol } }" }
        );
        var request = rig.Request(rig.Host, Pool.Universe);
        DatasetDefinition[] bars = [.. request.Plan.Datasets.Where(d => d.Id == "tushare.daily")];

        var run = await rig.RunAsync(request with { Plan = request.Plan with { Datasets = bars } }, progress: null);

        run.Block!.Stage.ShouldBe(BlockedStage.Readiness);
        run.Block.Message.ShouldContain("1. stock.market.daily:");
        run.Block.Message.ShouldContain("lacks 1 declared column(s): vol");
        var meta = Meta(await rig.RunRowAsync(run.Id));
        meta["blockedStage"]!.ToString().ShouldBe("readiness");
        meta["errorCode"]!.ToString().ShouldBe("READINESS_BLOCKED");
        (await rig.Lake.TablesAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_ProbeStateThatIsDamaged_IsBlockedAtPreflight()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.Get<Control.Settings.SettingsStore>()
            .SetAsync(Control.Settings.SettingKeys.DataSourceTests, "not an object", CancellationToken.None);

        var run = await rig.RunAsync();

        run.Block!.Stage.ShouldBe(BlockedStage.Preflight);
        run.Block.ErrorCode.ShouldBe("PREFLIGHT_FAILED");
        Meta(await rig.RunRowAsync(run.Id))["blockedStage"]!.ToString().ShouldBe("preflight");
        rig.Market.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_StoppedWhileTheVendorIsSlow_IsCanceledAtOnceKeepsWhatWasFetchedAndGoesOnNextTime()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        using var stop = new CancellationTokenSource();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240607"))
            {
                door.Wait(token);
            }
        };
        // One at a time, newest first: who stands before the door of the 7th has fetched the 12th.
        var request = rig.Request(rig.Host, Pool.Universe) with
        {
            Jobs = 1,
        };
        var running = rig.RunAsync(request, progress: null, stop.Token);
        await door.SomebodyWaits;

        await stop.CancelAsync();
        var run = await running.WaitAsync(TimeSpan.FromSeconds(20));

        run.Status.ShouldBe(RunStatus.Canceled);
        run.Committed.ShouldBeInRange(1, 8);
        run.Left.ShouldBe(9 - run.Committed);
        Meta(await rig.RunRowAsync(run.Id))["unitsLeft"]!.GetValue<int>().ShouldBe(run.Left);
        (await rig.RunRowAsync(run.Id)).Status.ShouldBe(RunStatus.Canceled);
        (await rig.StepsOfAsync(run.Id, Module, "2024-06-07")).ShouldBe([
            "extract failed",
            "normalize skipped",
            "upsert skipped",
            "evaluate skipped",
        ]);
        (await rig.DaysInLakeAsync(Bars)).ShouldContain("2024-06-12");
        await rig.ShouldBeWholeAsync();

        rig.Market.Before = null;
        var rest = await rig.RunAsync();
        rest.Status.ShouldBe(RunStatus.Success);
        (rest.AlreadyCommitted, rest.Committed).ShouldBe((run.Committed, 9 - run.Committed));
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_WhoseTimeIsOver_BeginsWithNothingMoreAndLeavesTheRestToTheNext()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240607"))
            {
                door.Wait(token);
            }
        };
        var time = TimeSpan.FromSeconds(5);
        var request = rig.Request(rig.Host, Pool.Universe) with { Jobs = 1, Until = rig.Clock.GetUtcNow() + time };
        var running = rig.Get<IngestRunner>().RunAsync(request, progress: null, CancellationToken.None);
        await door.SomebodyWaits;

        rig.Clock.Advance(time);
        var run = await running.WaitAsync(TimeSpan.FromSeconds(20));

        run.Status.ShouldBe(RunStatus.Partial);
        run.IsOutOfTime.ShouldBeTrue();
        run.Failure.ShouldBeNull();
        run.Committed.ShouldBeInRange(1, 8);
        run.Left.ShouldBe(9 - run.Committed);
        rig.Market.Before = null;
        var rest = await rig.RunAsync();
        rest.Status.ShouldBe(RunStatus.Success);
        (rest.AlreadyCommitted, rest.Committed).ShouldBe((run.Committed, 9 - run.Committed));
        await rig.ShouldBeWholeAsync();
    }

    [Fact]
    public async Task Run_WithoutTime_CommitsNothing()
    {
        await using var rig = await IngestRig.StartAsync();
        var request = rig.Request(rig.Host, Pool.Universe) with { Until = rig.Clock.GetUtcNow() };

        var run = await rig.RunAsync(request, progress: null);

        (run.Status, run.Committed, run.IsOutOfTime).ShouldBe((RunStatus.Partial, 0, true));
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success);
    }

    [Fact]
    public async Task Run_EvaluationThatFails_ClosesTheRunAndItsStepsAndKeepsTheCommits()
    {
        await using var rig = await IngestRig.StartAsync();
        var fetched = await rig.DriveAsync(
            rig.Get<IngestRunner>().RunAsync(rig.Request(rig.Host, Pool.Universe), null, default)
        );
        var settlement = new RunSettlement(
            rig.Lake,
            new FailingEvaluator(),
            rig.Get<ICompletenessReader>(),
            rig.Get<ISymbolLists>(),
            rig.Get<UnitAttempts>(),
            rig.Runs,
            rig.Get<IReadOnlyDictionary<string, Core.Calendars.TradingCalendar>>(),
            rig.Clock
        );

        var error = await Should.ThrowAsync<TidemarkException>(() => settlement.SettleAsync([fetched]));

        error.Code.ShouldBe("CONTROL_UNREADABLE");
        var row = (await rig.Runs.ListAsync(1, CancellationToken.None))[0];
        row.Status.ShouldBe(RunStatus.Failed);
        row.Rows.ShouldBe(fetched.Counts.Rows, "what was committed stands, whatever failed after it");
        row.Rows.ShouldBeGreaterThan(0);
        (await rig.StepsOfAsync(row.Id, Module, "2024-06-11"))[3].ShouldBe("evaluate failed");
        (await rig.DaysInLakeAsync(Bars)).ShouldBe(IngestRig.Days);
        await rig.ShouldBeWholeAsync();
        (await rig.RunAsync()).Status.ShouldBe(RunStatus.Success); // the lease was given back
    }

    [Fact]
    public async Task Run_Progress_CountsEveryUnitOnceUpToThePlan()
    {
        await using var rig = await IngestRig.StartAsync();
        var seen = new ProgressList();

        var run = await rig.RunAsync(rig.Request(rig.Host, Pool.Universe), seen);

        seen.Items.Select(p => p.Finished).ShouldBe(Enumerable.Range(1, run.Planned));
        seen.Items.ShouldAllBe(p => p.Planned == run.Planned);
        seen.Items[^1].Rows.ShouldBe(run.Counts.Rows);
        seen.Items.Select(p => p.Current!.Value).Distinct().Count().ShouldBe(run.Planned);
    }

    /// <summary>
    /// A run of a process that is no more: written by another instance, as another process would have.
    /// </summary>
    private sealed class FailingEvaluator : IRunEvaluator
    {
        public Task<RunEvaluation> EvaluateAsync(string runId, CancellationToken cancellationToken) =>
            throw new TidemarkException(
                ErrorKind.Storage,
                "CONTROL_UNREADABLE",
                "the control database does not answer"
            );
    }

    private sealed class ProgressList : IProgress<RunProgress>
    {
        public List<RunProgress> Items { get; } = [];

        public void Report(RunProgress value) => Items.Add(value);
    }
}
