using Tidemark.Control.Runs;
using Tidemark.Core.Runs;

namespace Tidemark.Control.Tests;

public abstract class LaneStatesTests(ControlFixture fixture) : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly LaneJob s_job = new(
        "job-1",
        "here/1/job-1",
        Pool.Targets,
        RunMode.Daily,
        "schedule",
        DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000)
    );

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ALane_OfWhichNothingWasWritten_IsIdle()
    {
        await using var database = await _fixture.OpenAsync();

        (await new LaneStates(database).ReadAsync(Lane.China, s_none)).ShouldBe(LaneState.Idle(Lane.China));
    }

    [Fact]
    public async Task AJob_IsThereUntilItEnds()
    {
        await using var database = await _fixture.OpenAsync();
        var states = new LaneStates(database);

        (await states.KeepAsync(Lane.China, s_job, s_none)).Job.ShouldBe(s_job);
        (await states.ReadAsync(Lane.Options, s_none)).Job.ShouldBeNull();
        State().ShouldBe("running");
        await states.EndAsync(Lane.China, "another", s_none);
        State().ShouldBe("running");
        await states.EndAsync(Lane.China, s_job.Id, s_none);

        (await states.ReadAsync(Lane.China, s_none)).ShouldBe(LaneState.Idle(Lane.China));
        State().ShouldBe("idle");
    }

    [Fact]
    public async Task AnotherJob_HasTheRowOnlyWhenTheFirstIsNotHeardOfAnyMore()
    {
        await using var database = await _fixture.OpenAsync();
        var states = new LaneStates(database);
        var other = s_job with { Id = "job-2" };
        await states.KeepAsync(Lane.China, s_job, s_none);
        await states.CancelAsync(Lane.China, s_job.Id, "a test", s_none);

        (await states.KeepAsync(Lane.China, other, s_none)).Job!.Id.ShouldBe(s_job.Id);
        _fixture.Sql("update ingest_control_state_v1 set alive_until = alive_until - 61000");
        (await states.ReadAsync(Lane.China, s_none)).Activity.ShouldBe(LaneActivity.Idle);

        var taken = await states.KeepAsync(Lane.China, other, s_none);
        taken.Job!.Id.ShouldBe("job-2");
        taken.IsCancelRequested.ShouldBeFalse("that was asked of the other");
    }

    [Fact]
    public async Task Pause_OutlivesTheJobAndTellsWhoAndSinceWhen()
    {
        await using var database = await _fixture.OpenAsync();
        var states = new LaneStates(database);
        await states.KeepAsync(Lane.China, s_job, s_none);

        var paused = await states.PauseAsync(Lane.China, "somebody", s_none);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        await states.PauseAsync(Lane.China, "somebody else", s_none);
        await states.EndAsync(Lane.China, s_job.Id, s_none);

        var after = await states.ReadAsync(Lane.China, s_none);
        after.Activity.ShouldBe(LaneActivity.Paused);
        after.PausedBy.ShouldBe("somebody");
        after.PausedAt.ShouldBe(paused.PausedAt);
        State().ShouldBe("paused");
        (await states.ResumeAsync(Lane.China, s_none)).ShouldBe(LaneState.Idle(Lane.China));
    }

    /// <summary>Every row of the table in docs/adr/0042.</summary>
    [Theory]
    [InlineData(false, false, false, LaneActivity.Idle)]
    [InlineData(false, true, false, LaneActivity.Paused)]
    [InlineData(true, false, false, LaneActivity.Running)]
    [InlineData(true, true, false, LaneActivity.Paused)]
    [InlineData(true, false, true, LaneActivity.Canceling)]
    [InlineData(true, true, true, LaneActivity.Canceling)]
    public async Task Activity_FollowsFromJobPauseAndCancel(bool runs, bool pause, bool cancel, LaneActivity expected)
    {
        await using var database = await _fixture.OpenAsync();
        var states = new LaneStates(database);
        await states.KeepAsync(Lane.China, s_job, s_none);
        if (!runs)
        {
            await states.EndAsync(Lane.China, s_job.Id, s_none);
        }

        if (pause)
        {
            await states.PauseAsync(Lane.China, "somebody", s_none);
        }

        if (cancel)
        {
            await states.CancelAsync(Lane.China, s_job.Id, "a test", s_none);
        }

        (await states.ReadAsync(Lane.China, s_none)).Activity.ShouldBe(expected);
        State().ShouldBe(expected.Name(), "who looks with SQL sees the same");
    }

    [Fact]
    public async Task Cancel_OfAJobThatEnded_DoesNotMeetTheNext()
    {
        await using var database = await _fixture.OpenAsync();
        var states = new LaneStates(database);
        await states.KeepAsync(Lane.China, s_job, s_none);
        await states.EndAsync(Lane.China, s_job.Id, s_none);
        await states.KeepAsync(Lane.China, s_job with { Id = "job-2" }, s_none);

        (await states.CancelAsync(Lane.China, s_job.Id, "a test", s_none)).IsCancelRequested.ShouldBeFalse();
    }

    private string State() => _fixture.Sql("select state from ingest_control_state_v1 where lane = 'china'").Single();
}

public sealed class SqliteLaneStatesTests() : LaneStatesTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresLaneStatesTests() : LaneStatesTests(new PostgresFixture());
