using Tidemark.Control.Schedules;
using Tidemark.Control.Settings;

namespace Tidemark.Control.Tests;

public abstract class ScheduleTests(ControlFixture fixture) : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly DateTimeOffset s_due = new(2026, 1, 5, 11, 30, 0, TimeSpan.Zero);
    private static readonly SchedulerConfig s_config = new(
        true,
        new TimeOnly(19, 30),
        "Asia/Shanghai",
        "both",
        false,
        true
    );

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Config_SetAndReset_KeepsItsHistory()
    {
        await using var database = await _fixture.OpenAsync();
        var configs = new SchedulerConfigs(database);
        (await configs.ReadAsync(s_none)).ShouldBeNull();

        await configs.ChangeAsync(s_config, set => set with { RunAt = new TimeOnly(20, 5) }, "one", s_none);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await configs.ChangeAsync(s_config, set => set with { Scope = "universe" }, "two", s_none);
        await configs.ChangeAsync(s_config, set => set with { Scope = "universe" }, "three", s_none);

        var set = (await configs.ReadAsync(s_none))!;
        set.Config.ShouldBe(s_config with { RunAt = new TimeOnly(20, 5), Scope = "universe" });
        set.SetAt.ShouldBe(_fixture.Clock.UtcNow);
        set.EffectiveAt.ShouldBe(_fixture.Clock.UtcNow - TimeSpan.FromHours(1), "another scope moves no moment");
        (await configs.ResetAsync("four", s_none)).ShouldBeTrue();
        (await configs.ResetAsync("five", s_none)).ShouldBeFalse();
        (await configs.ReadAsync(s_none)).ShouldBeNull();
        (await new SettingsStore(database).HistoryAsync(SettingKeys.SchedulerConfig, 10, s_none))
            .Select(change => change.By)
            .ShouldBe(["four", "two", "one"]);
    }

    [Fact]
    public async Task AMoment_OfManyThatWaitForIt_IsTakenUpByOne()
    {
        await using var database = await _fixture.OpenAsync();
        var fires = new ScheduleFires(database);

        var taken = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => fires.TakeAsync(Fire(FireStatus.Waiting, $"here/{i}/serve"), s_none))
        );

        taken.Count(won => won).ShouldBe(1);
        (await fires.LatestAsync("china", 10, s_none)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task WhatADeadProcessTookUp_IsMissedAndFree()
    {
        await using var database = await _fixture.OpenAsync();
        var fires = new ScheduleFires(database);
        await fires.TakeAsync(Fire(FireStatus.Running, "here/1/serve"), s_none);

        (await fires.CloseDeadAsync(_ => false, s_none)).ShouldBe(0, "it may be alive");
        (await fires.TakeAsync(Fire(FireStatus.Waiting, "here/2/serve"), s_none)).ShouldBeFalse();
        (await fires.CloseDeadAsync(owner => owner == "here/1/serve", s_none)).ShouldBe(1);
        (await fires.LatestAsync("china", 1, s_none)).Single().Status.ShouldBe(FireStatus.Missed);

        (await fires.TakeAsync(Fire(FireStatus.Waiting, "here/2/serve"), s_none)).ShouldBeTrue();
        await fires.WriteAsync(Fire(FireStatus.Done, "here/1/serve"), s_none); // it was not dead after all, and comes late
        (await fires.LatestAsync("china", 1, s_none)).Single().Status.ShouldBe(FireStatus.Waiting);
    }

    [Fact]
    public async Task WhatAProcessTookUpThatSaysNothingAnyMore_IsMissed()
    {
        await using var database = await _fixture.OpenAsync();
        var fires = new ScheduleFires(database);
        await fires.TakeAsync(Fire(FireStatus.Running, "elsewhere/1/serve"), s_none);
        _fixture.Sql("update schedule_fires_v1 set alive_until = alive_until - 121000");

        await fires.KeepAsync("china", "elsewhere/1/serve", [s_due], s_none);
        (await fires.CloseDeadAsync(_ => false, s_none)).ShouldBe(0, "it said so just now");
        _fixture.Sql("update schedule_fires_v1 set alive_until = alive_until - 121000");

        (await fires.CloseDeadAsync(_ => false, s_none)).ShouldBe(1);
    }

    [Fact]
    public async Task Fire_ReadsBack()
    {
        await using var database = await _fixture.OpenAsync();
        var fires = new ScheduleFires(database);
        foreach (var status in Enum.GetValues<FireStatus>())
        {
            var fire = Fire(status, "here/1/serve") with
            {
                DueAt = s_due.AddDays((int)status),
                Detail = "why",
                FinishedAt = s_due.AddHours(1),
            };
            await fires.TakeAsync(fire, s_none);
            (await fires.LatestAsync("china", 1, s_none)).Single().ShouldBe(fire);
        }
    }

    private static ScheduleFire Fire(FireStatus status, string owner) =>
        new("china", s_due, status, "schedule", owner, null, s_due, null);
}

public sealed class SqliteScheduleTests() : ScheduleTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresScheduleTests() : ScheduleTests(new PostgresFixture());
