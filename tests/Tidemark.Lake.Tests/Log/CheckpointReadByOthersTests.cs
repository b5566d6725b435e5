namespace Tidemark.Lake.Tests.Log;

/// <summary>Checkpoints as ClickHouse reads them, which shares nothing with Tidemark.</summary>
[Trait("Speed", "Slow")]
public sealed class CheckpointReadByOthersTests
{
    [Fact]
    public async Task Checkpoint_WithoutTheEntriesBeforeIt_IsAllThatAnIndependentReaderNeeds()
    {
        Assert.SkipUnless(ClickHouse.IsInstalled, ClickHouse.HowToInstall);
        using var lake = new LakeFixture();
        for (var i = 0; i < 12; i++)
        {
            await lake.CommitAsync($"p/{i % 8}", LakeFixture.Day.AddDays(i % 8), ($"c{i}", i), ("x", null));
        }

        var log = lake.Lake.Table(LakeFixture.Prices().Id).Log;
        await log.CheckpointAsync(9, TestContext.Current.CancellationToken);
        var entries = Path.Combine(lake.Folder, "ods/ods_prices/_delta_log");
        for (var version = 0; version <= 8; version++)
        {
            File.Delete(Path.Combine(entries, $"{version:D20}.json"));
        }

        var ours = await lake.RowsAsync("SELECT count(*), sum(price) FROM ods.ods_prices");
        ours.ShouldBe(["16|60"]); // 4 … 11
        (await ClickHouse.ReadAsync(lake.Folder, "ods/ods_prices", "price")).ShouldBe((16, 60.0));
    }
}
