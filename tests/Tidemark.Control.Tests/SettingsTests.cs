using Tidemark.Control.Settings;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Tests;

public sealed class SettingsTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly ControlFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

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
