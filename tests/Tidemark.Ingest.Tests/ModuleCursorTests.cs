using Tidemark.Control.Settings;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>The cursors in <c>market_meta</c>: a readable summary, by which nothing is planned.</summary>
[Trait("Speed", "Slow")]
public sealed class ModuleCursorTests
{
    private const string DayOfBars = """
        - { api: daily, params: { trade_date: "20240611" }, do: garbage }
        """;

    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Cursors_OfTheUniverse_MoveEachByItselfPastDaysThatAreThere()
    {
        await using var rig = await IngestRig.StartAsync(new VendorSetup { Faults = DayOfBars }, more: ["daily_basic"]);

        await rig.RunAsync();

        (await CursorsAsync(rig)).ShouldBe(
            [
                """universe_daily_basic_cursor_v1={"tradeDate":"2024-06-12","symbolOffset":0}""",
                "universe_last_trade_date=2024-06-07",
            ],
            "a day of bars that failed holds up theirs alone"
        );

        await rig.ReopenAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));
        await rig.RunAsync();

        (await CursorsAsync(rig))[1].ShouldBe("universe_last_trade_date=2024-06-13");
    }

    [Fact]
    public async Task Cursors_NeverMoveBackNorByWhatNamesItsOwnDays()
    {
        await using var rig = await IngestRig.StartAsync();
        await rig.RunAsync(Pool.Targets);
        (await CursorsAsync(rig)).ShouldBeEmpty("targets are no universe");
        await rig.BackfillAsync("2024-05-06", "2024-05-08", "daily");
        (await CursorsAsync(rig)).ShouldBeEmpty();
        await rig.RunAsync();

        rig.Sql("update market_meta set value = '2024-06-30'");
        await rig.RunAsync();
        (await CursorsAsync(rig)).ShouldBe(["universe_last_trade_date=2024-06-30"]);

        rig.Sql("update market_meta set value = '{'");
        await rig.RunAsync();
        (await CursorsAsync(rig)).ShouldBe(["universe_last_trade_date=2024-06-12"]);
    }

    private static async Task<string[]> CursorsAsync(IngestRig rig) =>
        [.. (await rig.Get<MarketMeta>().ListAsync(s_none)).Select(entry => $"{entry.Key}={entry.Value}")];
}
