using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Operations;
using Tidemark.Operations.Jobs;
using Tidemark.Operations.Runs;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// What <c>runs show</c> knows of a run: a test a transition of the tables in docs/runs.md that no other test has.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class RunStoryTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private const string Fails = """
        /*
        partition: dt
        key: [symbol]
        description: The closing prices.
        */
        SELECT ts_code AS symbol, error('no') AS close FROM ods.ods_daily WHERE dt = DATE '${PARTITION_DATE}'
        """;

    private static Task<RecordedRunDetail> ShowAsync(IngestRig rig, string? id = null) =>
        rig.Get<RunHistory>().ShowAsync(new RunDetailRequest(id), s_none);

    [Fact]
    public async Task Success_HasEvaluationAndBuildAndNothingToDo()
    {
        await using var rig = await IngestRig.StartAsync();

        var response = await rig.RunBothAsync();

        var run = await ShowAsync(rig, response.Runs[0].Id);
        run.Story.End.ShouldBe(RunEnd.Success);
        run.Story.Facts.Source.ShouldBe("manual");
        run.Story.Facts.Process.ShouldBe(LeaseOwner.Here("").Place);
        run.Story.Facts.IsSettled.ShouldBe(true);
        run.Story.Facts.Derived!.Status.ShouldBe("built");
        run.Story.NextAttemptAt.ShouldBeNull();
        run.Story.IsJobAtWork.ShouldBeFalse();
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        var newest = await rig.RunAsync();
        (await ShowAsync(rig)).Run.Row.Id.ShouldBe(newest.Id, "without an id it is the newest");
    }

    [Fact]
    public async Task DerivedTableThatFails_StandsInTheRunsRowAndMakesTheOperationIncomplete()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.DeclareTable("dwd", "dwd_close", Fails);
        await rig.ReopenAsync();

        var response = await rig.RunBothAsync();

        response.Verdict.ShouldBe(Verdict.Incomplete, "exit code 4");
        var run = await ShowAsync(rig, response.Runs[0].Id);
        run.Story.End.ShouldBe(RunEnd.Success, "what was wanted of the vendor is there");
        var derived = run.Story.Facts.Derived!;
        derived.Status.ShouldBe("not_whole");
        derived.Failed.ShouldBeGreaterThan(0);
        derived.Failures[0].Table.ShouldBe("dwd.dwd_close");
        derived.Failures[0].Code.ShouldBe("BUILD_SQL");
    }

    [Fact]
    public async Task EvaluationThatFails_FailsTheRunAndTheOperationAndSaysThatNothingWasDerived()
    {
        await using var rig = await IngestRig.StartAsync();
        rig.Market.Before = (request, _) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240612"))
            {
                rig.Sql("alter table completeness_ranges_v1 rename to gone");
                rig.Market.Before = null;
            }
        };

        var error = await Should.ThrowAsync<TidemarkException>(() => rig.RunBothAsync());

        error.Kind.ShouldBe(ErrorKind.Storage, "exit code 1");
        rig.Sql("alter table gone rename to completeness_ranges_v1");
        var runs = await rig.Runs.ListAsync(2, s_none);
        foreach (var row in runs)
        {
            var run = await ShowAsync(rig, row.Id);
            run.Story.End.ShouldBe(RunEnd.Failed);
            run.Story.Facts.Derived!.Status.ShouldBe("left");
            run.Run.Row.Rows.ShouldBe(run.Numbers.Committed);
        }

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        (await rig.RunBothAsync()).Verdict.ShouldBe(Verdict.Done);
        (await ShowAsync(rig, runs[^1].Id)).Story.Next.ShouldNotBeNull("the run that went on");
    }

    [Fact]
    public async Task Partial_NamesTheNextAttempt()
    {
        await using var rig = await IngestRig.StartAsync(
            new VendorSetup
            {
                Faults = "- { api: daily, params: { trade_date: \"20240611\" }, when: { between: [1, 9] }, do: empty }",
            }
        );

        var run = await rig.RunAsync();

        var shown = await ShowAsync(rig, run.Id);
        shown.Story.End.ShouldBe(RunEnd.Partial);
        shown.Story.NextAttemptAt.ShouldBe(run.Incomplete.ShouldHaveSingleItem().NextAt);
    }

    [Fact]
    public async Task Blocked_NamesTheGateAndAskedForNothing()
    {
        await using var rig = await IngestRig.StartAsync(new VendorSetup { Token = "" });

        var run = await rig.RunAsync();

        var shown = await ShowAsync(rig, run.Id);
        shown.Story.End.ShouldBe(RunEnd.Blocked);
        (shown.Story.Facts.BlockedStage, shown.Story.Facts.ErrorCode).ShouldBe(("token", "TOKEN_MISSING"));
        shown.Numbers.Received.ShouldBe(0);
    }

    [Theory]
    [InlineData(true, "a test")]
    [InlineData(false, RunOutcome.BySignal)]
    public async Task Canceled_NamesWhoAndWhatWasCommitted(bool isByLane, string by)
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        using var stop = new CancellationTokenSource();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240606"))
            {
                door.Wait(token);
            }
        };
        var run = rig.Get<RunOperation>()
            .RunAsync(new RunPoolsRequest([Pool.Universe], []), new NoWatcher(), stop.Token);
        await door.SomebodyWaits;
        if (isByLane)
        {
            await rig.Get<ControlLanes>().CancelAsync(null, "a test", s_none);
            rig.Clock.Advance(LaneWatch.LooksEvery);
        }
        else
        {
            await stop.CancelAsync();
        }

        (await run).Verdict.ShouldBe(Verdict.Stopped);

        var shown = await ShowAsync(rig);
        shown.Story.End.ShouldBe(RunEnd.Canceled);
        shown.Story.Facts.CanceledBy.ShouldBe(by);
        shown.Numbers.Committed.ShouldBe(shown.Run.Row.Rows);
        shown.Story.Facts.Derived!.Status.ShouldBe("left");
        door.Open();
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        (await rig.RunBothAsync()).Verdict.ShouldBe(Verdict.Done);
        (await ShowAsync(rig, shown.Run.Row.Id)).Story.Next!.Status.ShouldBe(RunStatus.Success);
    }

    /// <summary>A process that was killed leaves its rows as they stood: it is played by not ending the run.</summary>
    [Fact]
    public async Task Killed_SaysWhatItHadCommittedAndTheNextRunClosesItWithThat()
    {
        await using var rig = await IngestRig.StartAsync();
        var id = new SystemIdSource().NewId().ToString();
        await using (var dead = rig.OpenAgain())
        {
            var runs = dead.Get<RunStore>();
            await runs.StartAsync(
                new RunStart(Pool.Universe, RunMode.Daily, null, "{\"unitsPlanned\":3}", id, rig.Clock.UtcNow),
                s_none
            );
            var journal = new StepJournal(runs, id, Pool.Universe, rig.Clock);
            journal.Finish(journal.Start("m", "tushare.daily/2024-06-11", StepStage.Extract), 9, 9);
            var written = new RowsWritten(5, 1, 3, 0, 7);
            journal.Finish(journal.Start("m", "tushare.daily/2024-06-11", StepStage.Upsert), written);
            journal.Start("m", "tushare.daily/2024-06-12", StepStage.Extract);
            await journal.FlushAsync(s_none);
        }

        var heard = (await rig.RunRowAsync(id)).HeartbeatAt;
        (await ShowAsync(rig, id)).Story.End.ShouldBe(RunEnd.Running);
        rig.Clock.Advance(RunStore.StaleAfter + TimeSpan.FromSeconds(1));
        await rig.ReopenAsync();

        var shown = await ShowAsync(rig, id);
        (shown.Story.End, shown.Story.LostAt, shown.Story.Next).ShouldBe((RunEnd.Killed, heard, null));
        (shown.Numbers.UnitsCommitted, shown.Numbers.Committed).ShouldBe((1, 9));

        var next = await rig.RunAsync();

        shown = await ShowAsync(rig, id);
        (shown.Story.End, shown.Story.LostAt).ShouldBe((RunEnd.Killed, heard), "not the moment at which it was closed");
        shown.Story.Next!.Id.ShouldBe(next.Id);
        var row = shown.Run.Row;
        (row.Status, row.Rows, row.Inserted, row.Updated).ShouldBe((RunStatus.Failed, 9, 5, 1));
        shown.Story.Facts.Count("unitsCommitted").ShouldBe(1);
        shown.Steps.ShouldAllBe(s => s.Status != StepStatus.Running);
    }

    [Fact]
    public async Task KilledBeforeItsEvaluation_IsTold()
    {
        await using var rig = await IngestRig.StartAsync();

        var run = await rig.DriveAsync(
            rig.Get<IngestRunner>().RunAsync(rig.Request(rig.Host, Pool.Universe), progress: null, s_none)
        );

        var shown = await ShowAsync(rig, run.Id);
        (shown.Story.End, shown.Story.Facts.IsSettled).ShouldBe((RunEnd.Killed, false));
        shown.Numbers.UnitsCommitted.ShouldBe(run.Committed);
    }

    [Fact]
    public async Task Follow_HearsEveryStepThatEndsAndEndsWithTheRun()
    {
        await using var rig = await IngestRig.StartAsync();
        using var door = new Door();
        rig.Market.Before = (request, token) =>
        {
            if (WatchedMarket.IsUnit(request, "daily", "20240606"))
            {
                door.Wait(token);
            }
        };
        var run = rig.Get<RunOperation>().RunAsync(new RunPoolsRequest([Pool.Universe], []), new NoWatcher(), s_none);
        await door.SomebodyWaits;
        await using var other = rig.OpenAgain();
        var heard = new Heard();
        var following = other.Get<RunFollowing>().FollowAsync(new RunDetailRequest(null), heard, s_none);
        await heard.Began;
        door.Open();
        (await run).Verdict.ShouldBe(Verdict.Done);
        while (!following.IsCompleted)
        {
            rig.Clock.Advance(RunFollowing.LooksEvery);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var shown = await following;

        shown.Story.End.ShouldBe(RunEnd.Success);
        shown.Story.Facts.Derived!.Status.ShouldBe("built");
        var before = heard.First!.Steps.Where(s => s.FinishedAt is not null).Select(s => s.StepId);
        heard.Ended.Concat(before).Order().ShouldBe(shown.Steps.Select(s => s.StepId).Order());
    }

    [Fact]
    public async Task Follow_AbandonedByItsUser_LeavesTheRunAlone()
    {
        await using var rig = await IngestRig.StartAsync();
        var id = await rig.Runs.StartAsync(new RunStart(Pool.Universe, RunMode.Daily, null), s_none);
        using var stop = new CancellationTokenSource();
        var heard = new Heard();
        var following = rig.Get<RunFollowing>().FollowAsync(new RunDetailRequest(id), heard, stop.Token);
        await heard.Began;
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => following);

        (await rig.RunRowAsync(id)).Status.ShouldBe(RunStatus.Running);
    }

    private sealed class Heard : IRunFollower
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Began => _began.Task;

        public RecordedRunDetail? First { get; private set; }

        public List<string> Ended { get; } = [];

        public void Begins(RecordedRunDetail run)
        {
            First = run;
            _began.TrySetResult();
        }

        void IRunFollower.Ended(StepRow step) => Ended.Add(step.StepId);

        public void Settles(RecordedRunDetail run) { }
    }
}
