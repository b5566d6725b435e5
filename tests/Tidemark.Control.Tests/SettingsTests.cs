using Tidemark.Control.Settings;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Tests;

public abstract class SettingsTests(ControlFixture fixture) : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed record Flags(bool P0Enabled, bool P1Enabled);

    [Fact]
    public async Task Setting_SetChangedAndRemoved_ReadsBack()
    {
        await using var database = await _fixture.OpenAsync();
        var settings = new SettingsStore(database);

        (await settings.GetAsync<Flags>(SettingKeys.RolloutFlags, s_none)).ShouldBeNull();
        await settings.SetAsync(SettingKeys.RolloutFlags, new Flags(true, true), s_none);
        await settings.SetAsync(SettingKeys.RolloutFlags, new Flags(true, false), s_none);
        (await settings.GetAsync<Flags>(SettingKeys.RolloutFlags, s_none)).ShouldBe(new Flags(true, false));
        _fixture
            .Sql("select key, value from market_settings")
            .ShouldBe(["rollout_flags_v1|{\"p0Enabled\":true,\"p1Enabled\":false}"]);
        (await settings.RemoveAsync(SettingKeys.RolloutFlags, s_none)).ShouldBeTrue();
        (await settings.RemoveAsync(SettingKeys.RolloutFlags, s_none)).ShouldBeFalse();
    }

    [Fact]
    public async Task Setting_Changed_LeavesWhatItWasAndByWhom()
    {
        await using var database = await _fixture.OpenAsync();
        var settings = new SettingsStore(database);
        Task<Flags> ChangeAsync(Func<Flags?, Flags> change, string by) =>
            settings.ChangeAsync(SettingKeys.RolloutFlags, change, by, s_none);

        (await ChangeAsync(flags => flags ?? new Flags(true, true), "init")).ShouldBe(new Flags(true, true));
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await ChangeAsync(flags => flags! with { P1Enabled = false }, "flags set");
        await ChangeAsync(flags => flags! with { P1Enabled = false }, "flags set");

        var history = await settings.HistoryAsync(SettingKeys.RolloutFlags, 10, s_none);
        history.Select(c => c.By).ShouldBe(["flags set", "init"]);
        history[0].Before.ShouldBe("""{"p0Enabled":true,"p1Enabled":true}""");
        history[0].After.ShouldBe("""{"p0Enabled":true,"p1Enabled":false}""");
        history[1].Before.ShouldBeNull();
        (history[0].At - history[1].At).ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Setting_ChangedByManyAtOnce_LosesNone()
    {
        await using var database = await _fixture.OpenAsync();
        var settings = new SettingsStore(database);

        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    settings.ChangeAsync<string[]>(
                        SettingKeys.TargetsConfig,
                        names => [.. names ?? [], $"{i}"],
                        "test",
                        s_none
                    )
                )
        );

        (await settings.GetAsync<string[]>(SettingKeys.TargetsConfig, s_none))!.Length.ShouldBe(20);
        (await settings.HistoryAsync(SettingKeys.TargetsConfig, 50, s_none)).Count.ShouldBe(20);
    }

    [Fact]
    public async Task Setting_ChangeFails_NothingIsChanged()
    {
        await using var database = await _fixture.OpenAsync();
        var settings = new SettingsStore(database);

        await Should.ThrowAsync<InvalidOperationException>(() =>
            settings.ChangeAsync<Flags>(
                SettingKeys.RolloutFlags,
                _ => throw new InvalidOperationException(),
                "test",
                s_none
            )
        );

        (await settings.GetAsync<Flags>(SettingKeys.RolloutFlags, s_none)).ShouldBeNull();
        (await settings.HistoryAsync(SettingKeys.RolloutFlags, 1, s_none)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Setting_Damaged_SaysWhich()
    {
        await using var database = await _fixture.OpenAsync();
        _fixture.Sql("insert into market_settings values ('rollout_flags_v1', '{', 0)");

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            new SettingsStore(database).GetAsync<Flags>(SettingKeys.RolloutFlags, s_none)
        );

        error.Code.ShouldBe("SETTING_UNREADABLE");
        error.Message.ShouldContain("'rollout_flags_v1'");
    }

    [Fact]
    public async Task MarketMeta_SetTwice_KeepsTheLatest()
    {
        await using var database = await _fixture.OpenAsync();
        var meta = new MarketMeta(database);

        await meta.SetAsync(
            new Dictionary<string, string> { ["b"] = "1", [MarketMeta.UniverseLastTradeDate] = "2022-06-01" },
            s_none
        );
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await meta.SetAsync(
            new Dictionary<string, string> { [MarketMeta.UniverseLastTradeDate] = "2022-06-02" },
            s_none
        );

        var entries = await meta.ListAsync(s_none);
        entries
            .Select(entry => (entry.Key, entry.Value))
            .ShouldBe([("b", "1"), ("universe_last_trade_date", "2022-06-02")]);
        entries[1].UpdatedAt.ShouldBe(_fixture.Clock.GetUtcNow());
    }
}

public sealed class SqliteSettingsTests() : SettingsTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresSettingsTests() : SettingsTests(new PostgresFixture());
