using System.Text.Json.Nodes;
using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Tests;

public abstract class RunStoreTests(ControlFixture fixture) : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly RunStart s_start = new(
        Pool.Universe,
        RunMode.Manual,
        new DateOnly(2022, 6, 1),
        "{\"source\":\"manual\"}"
    );

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    private RunStore Store(ControlDatabase database) => new(database, _fixture.Ids);

    [Fact]
    public async Task Run_StartedAndFinished_ReadsBack()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);

        var id = await runs.StartAsync(s_start, s_none);
        var started = _fixture.Clock.GetUtcNow();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30));
        await runs.FinishAsync(
            id,
            new RunResult(RunStatus.Partial, 5000, Rows: 100, Inserted: 60, Updated: 30, Errors: 1, "one failed"),
            s_none
        );

        var run = (await runs.ListAsync(1, s_none)).ShouldHaveSingleItem();
        run.ShouldBe(
            new RunRow(
                id,
                Pool.Universe,
                RunMode.Manual,
                RunStatus.Partial,
                new DateOnly(2022, 6, 1),
                started,
                started.AddSeconds(30),
                started.AddSeconds(30),
                5000,
                60,
                30,
                100,
                1,
                "one failed",
                "{\"source\":\"manual\"}"
            )
        );
    }

    [Fact]
    public async Task List_GivesTheNewestFirst()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await runs.StartAsync(s_start, s_none));
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        (await runs.ListAsync(2, s_none)).Select(run => run.Id).ShouldBe([ids[3], ids[2]]);
    }

    [Fact]
    public async Task Find_ByTheBeginningOfAnId_OnlyWhenItTells()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var id = await runs.StartAsync(s_start, s_none);

        (await runs.FindAsync(id[..8], s_none))!.Run.Id.ShouldBe(id);
        (await runs.FindAsync("", s_none)).ShouldBeNull();
        (await runs.FindAsync("zz", s_none)).ShouldBeNull();
        (await runs.FindAsync("%", s_none)).ShouldBeNull();
    }

    [Fact]
    public async Task Finish_UnknownRun_IsAnError()
    {
        await using var database = await _fixture.OpenAsync();

        (
            await Should.ThrowAsync<TidemarkException>(() =>
                Store(database).FinishAsync("none", new RunResult(RunStatus.Success), s_none)
            )
        ).Code.ShouldBe("RUN_UNKNOWN");
    }

    [Fact]
    public async Task Blocked_LeavesAFailedRowWithStageAndCode()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);

        await runs.RecordBlockedAsync(s_start, BlockedStage.Token, "TOKEN_MISSING", "no token", s_none);

        var run = (await runs.ListAsync(1, s_none))[0];
        run.Status.ShouldBe(RunStatus.Failed);
        run.Errors.ShouldBe(1);
        run.ErrorMessage.ShouldBe("no token");
        run.FinishedAt.ShouldBe(run.StartedAt);
        var meta = JsonNode.Parse(run.MetaJson!)!;
        meta["blockedStage"]!.GetValue<string>().ShouldBe("token");
        meta["errorCode"]!.GetValue<string>().ShouldBe("TOKEN_MISSING");
        meta["source"]!.GetValue<string>().ShouldBe("manual");
        meta["scope"]!.GetValue<string>().ShouldBe("universe");
    }

    [Fact]
    public async Task Steps_AreWrittenWhenTheyStartAndClosedWhenTheyEnd()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var id = await runs.StartAsync(s_start, s_none);
        var journal = new StepJournal(runs, id, Pool.Universe, _fixture.Clock);

        var extract = journal.Start("stock.market.daily", "2022-06-01", StepStage.Extract, "stock");
        await journal.FlushAsync(s_none);
        var running = (await runs.FindAsync(id, s_none))!.Steps.ShouldHaveSingleItem();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        journal.Finish(extract, 5000, 4999, new DropCounts(OtherDay: 0, Repeated: 1));
        journal.Fail(journal.Start("stock.market.daily", "2022-06-01", StepStage.Normalize), "text in a number");
        journal.Skip("index.daily", null, StepStage.Extract, "switched off");
        await journal.FlushAsync(s_none);
        journal.PendingCount.ShouldBe(0);

        running.StepId.ShouldBe("stock.market.daily:2022-06-01:extract");
        running.Status.ShouldBe(StepStatus.Running);
        running.InputRows.ShouldBeNull();
        var steps = (await runs.FindAsync(id, s_none))!.Steps;
        steps[0]
            .ShouldBe(
                running with
                {
                    Status = StepStatus.Success,
                    InputRows = 5000,
                    OutputRows = 4999,
                    DroppedRows = 1,
                    Drops = new DropCounts(OtherDay: 0, Repeated: 1),
                    FinishedAt = running.StartedAt.AddSeconds(5),
                }
            );
        steps
            .Select(step => (step.StepId, step.Status, step.ErrorMessage))
            .Skip(1)
            .ShouldBe([
                ("index.daily:extract", StepStatus.Skipped, "switched off"),
                ("stock.market.daily:2022-06-01:normalize", StepStatus.Failed, "text in a number"),
            ]);
    }

    [Fact]
    public async Task Steps_WithCounts_ReadBackAndAreGivenInTheOrderInWhichTheyEnded()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var id = await runs.StartAsync(s_start, s_none);
        var journal = new StepJournal(runs, id, Pool.Universe, _fixture.Clock);
        var written = new RowsWritten(5, 1, 3, 2, 7);
        var first = journal.Start("m", "2022-06-01", StepStage.Extract);
        var second = journal.Start("m", "2022-06-01", StepStage.Upsert);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        journal.Finish(second, written);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        journal.Finish(first, 10, 9, new DropCounts(OtherDay: 3, Repeated: 0), keptRows: 2);
        journal.Start("m", "2022-06-02", StepStage.Extract);
        await journal.FlushAsync(s_none);

        var ended = await runs.StepsEndedAsync(id, DateTimeOffset.MinValue, s_none);

        ended
            .Select(s => (s.Stage, s.InputRows, s.OutputRows, s.KeptRows, s.Drops, s.Written))
            .ShouldBe([
                (StepStage.Upsert, 9, 6, null, default, written),
                (StepStage.Extract, 10, 9, 2, new DropCounts(3, 0), null),
            ]);
        (await runs.StepsEndedAsync(id, ended[1].FinishedAt!.Value, s_none)).ShouldBe([ended[1]]);
    }

    [Fact]
    public async Task RunThatIsLost_IsClosedWithWhatItsStepsCommittedAndWhenItWasLastAlive()
    {
        await using var database = await _fixture.OpenAsync();
        var id = await Store(database).StartAsync(s_start, s_none);
        var journal = new StepJournal(Store(database), id, Pool.Universe, _fixture.Clock);
        journal.Finish(journal.Start("m", "2022-06-01", StepStage.Upsert), new RowsWritten(5, 1, 3, 0, 7));
        journal.Finish(journal.Start("m", "2022-06-02", StepStage.Upsert), new RowsWritten(2, 0, 0, 0, 8));
        await journal.FlushAsync(s_none);
        var alive = _fixture.Clock.GetUtcNow();
        _fixture.Clock.Advance(RunStore.StaleAfter + TimeSpan.FromSeconds(1));

        var other = Store(database);
        (await other.CloseStaleAsync(s_none)).ShouldBe([id]);
        await other.CloseDeadAsync(id, s_none);

        var run = (await other.FindAsync(id, s_none))!.Run;
        (run.Status, run.Rows, run.Inserted, run.Updated, run.Errors).ShouldBe((RunStatus.Failed, 11, 7, 1, 1));
        var meta = JsonNode.Parse(run.MetaJson!)!;
        meta["source"]!.ToString().ShouldBe("manual", "what it began with stays");
        meta["unitsCommitted"]!.GetValue<int>().ShouldBe(2);
        meta["lostAt"]!.GetValue<DateTimeOffset>().ShouldBe(alive);
    }

    [Fact]
    public async Task Amend_AddsAMemberAndPassesOverWhatIsNotThere()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var id = await runs.StartAsync(s_start, s_none);
        var bare = await runs.StartAsync(s_start with { MetaJson = null }, s_none);

        await runs.AmendAsync([id, "none", bare], "derived", "{\"tables\":3}", s_none);

        (await runs.FindAsync(id, s_none))!.Run.MetaJson.ShouldBe("{\"source\":\"manual\",\"derived\":{\"tables\":3}}");
        (await runs.FindAsync(bare, s_none))!.Run.MetaJson.ShouldBe("{\"derived\":{\"tables\":3}}");
    }

    [Fact]
    public async Task NextAndRunning_AreOfTheSamePoolAndTheNewest()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        (await runs.RunningAsync(s_none)).ShouldBeNull();
        var first = await runs.StartAsync(s_start, s_none);
        await runs.FinishAsync(first, new RunResult(RunStatus.Success), s_none);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var targets = await runs.StartAsync(s_start with { Scope = Pool.Targets }, s_none);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await runs.StartAsync(s_start, s_none);

        async Task<string?> NextAsync(string id) =>
            (await runs.NextAsync((await runs.FindAsync(id, s_none))!.Run, s_none))?.Id;

        (await NextAsync(first)).ShouldBe(second);
        (await NextAsync(targets)).ShouldBeNull();
        (await runs.RunningAsync(s_none))!.Id.ShouldBe(second);
    }

    [Fact]
    public async Task Committed_UnitsOfEveryShapeAndDaysOfOlderVersions_AreOneADataset()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var journal = new StepJournal(runs, await runs.StartAsync(s_start, s_none), Pool.Universe, _fixture.Clock);
        foreach (
            var (module, key) in new[]
            {
                ("stock.daily", "2022-05-31"),
                ("stock.daily", "2022-06-01"),
                ("stock.daily", "tushare.daily/2022-06-02"),
                ("stock.daily", "tushare.daily/2022-06-03"),
                ("stock.daily", "tushare.bak_daily/2022-06-03"),
                ("stock.mins", "tushare.stk_mins/2022-05/600519.SH"),
                ("stock.mins", "tushare.stk_mins/2022-06/600000.SH"),
                ("macro", "tushare.cn_gdp/2022Q1"),
            }
        )
        {
            journal.Finish(journal.Start(module, key, StepStage.Upsert), 1, 1);
        }

        journal.Finish(journal.Start("stock.mins", "tushare.stk_mins/2022-07/600000.SH", StepStage.Upsert), 0, 0);
        await journal.FlushAsync(s_none);

        var committed = await runs.CommittedAsync(s_none);

        committed
            .Select(c => $"{c.Module} {c.Dataset} {c.First:yyyy-MM-dd} {c.Last:yyyy-MM-dd}")
            .ShouldBe(
                [
                    "stock.daily  2022-05-31 2022-06-01",
                    "stock.daily tushare.daily 2022-06-02 2022-06-03",
                    "stock.daily tushare.bak_daily 2022-06-03 2022-06-03",
                    "stock.mins tushare.stk_mins 2022-05-01 2022-06-30",
                    "macro tushare.cn_gdp 2022-01-01 2022-03-31",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Flush_ThatFails_KeepsTheStepsForTheNext()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var id = await runs.StartAsync(s_start, s_none);
        var journal = new StepJournal(runs, id, Pool.Universe, _fixture.Clock);
        var step = journal.Start("m", null, StepStage.Extract);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            journal.FlushAsync(new CancellationToken(canceled: true))
        );
        journal.Finish(step, 1, 1);
        await journal.FlushAsync(s_none);

        (await runs.FindAsync(id, s_none))!.Steps.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.Success);
    }

    [Fact]
    public async Task Finish_StepsLeftOpen_AreClosedAsFailed()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var id = await runs.StartAsync(s_start, s_none);
        var journal = new StepJournal(runs, id, Pool.Universe, _fixture.Clock);
        journal.Start("m", null, StepStage.Extract);
        await journal.FlushAsync(s_none);

        await runs.FinishAsync(id, new RunResult(RunStatus.Canceled), s_none);

        var step = (await runs.FindAsync(id, s_none))!.Steps.ShouldHaveSingleItem();
        step.Status.ShouldBe(StepStatus.Failed);
        step.FinishedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task CloseStale_DeadProcess_IsFailedWithItsStepsAfterTwoMinutes()
    {
        await using var database = await _fixture.OpenAsync();
        var dead = Store(database);
        var id = await dead.StartAsync(s_start, s_none);
        var journal = new StepJournal(dead, id, Pool.Universe, _fixture.Clock);
        journal.Start("m", null, StepStage.Extract);
        await journal.FlushAsync(s_none);

        // Another process: another store over the same file.
        await using var other = await _fixture.OpenAsync();
        var runs = Store(other);
        _fixture.Clock.Advance(RunStore.StaleAfter);
        runs.IsStale((await runs.FindAsync(id, s_none))!.Run).ShouldBeFalse();
        (await runs.CloseStaleAsync(s_none)).ShouldBeEmpty();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        runs.IsStale((await runs.FindAsync(id, s_none))!.Run).ShouldBeTrue();
        dead.IsStale((await dead.FindAsync(id, s_none))!.Run).ShouldBeFalse("its own is alive, however late it is");
        (await runs.CloseStaleAsync(s_none)).ShouldBe([id]);
        (await runs.CloseStaleAsync(s_none)).ShouldBeEmpty();

        var found = (await runs.FindAsync(id, s_none))!;
        found.Run.Status.ShouldBe(RunStatus.Failed);
        found.Run.Errors.ShouldBe(1);
        found.Run.ErrorMessage!.ShouldContain("no heartbeat for 2 minutes");
        found.Run.FinishedAt.ShouldBe(_fixture.Clock.GetUtcNow());
        found.Steps.ShouldHaveSingleItem().Status.ShouldBe(StepStatus.Failed);
    }

    [Fact]
    public async Task CloseStale_HeartbeatAndOwnRuns_AreLeftAlone()
    {
        await using var database = await _fixture.OpenAsync();
        var runs = Store(database);
        var own = await runs.StartAsync(s_start, s_none);
        var alive = await Store(database).StartAsync(s_start, s_none);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        await Store(database).HeartbeatAsync(alive, s_none);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        (await runs.CloseStaleAsync(s_none)).ShouldBeEmpty();

        (await runs.FindAsync(own, s_none))!.Run.Status.ShouldBe(RunStatus.Running);
    }

    [Fact]
    public async Task Finish_AfterBeingClosedAsStale_TellsTheTruth()
    {
        await using var database = await _fixture.OpenAsync();
        var sleeper = Store(database);
        var id = await sleeper.StartAsync(s_start, s_none);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await Store(database).CloseStaleAsync(s_none);

        await sleeper.FinishAsync(id, new RunResult(RunStatus.Success, Rows: 7), s_none);

        var run = (await sleeper.FindAsync(id, s_none))!.Run;
        run.Status.ShouldBe(RunStatus.Success);
        run.ErrorMessage.ShouldBeNull();
        run.Errors.ShouldBe(0);
    }
}

public sealed class SqliteRunStoreTests() : RunStoreTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresRunStoreTests() : RunStoreTests(new PostgresFixture());
