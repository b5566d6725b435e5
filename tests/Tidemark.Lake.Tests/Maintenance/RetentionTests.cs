using Tidemark.Core.Errors;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Maintenance;

public sealed class RetentionTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();

    private LakeTable Table => _lake.Lake.Table(LakeFixture.Prices().Id);

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Drop_OldDays_IsOneVersionThatSaysWhy()
    {
        await CommitDaysAsync(10);
        await _lake.CommitAsync("q/1", s_day, ("more", 1.0));

        var result = await DropAsync(3, s_day.AddDays(9), apply: true);

        result.ShouldBe(
            new TableRetention("ods.ods_prices", 3, s_day.AddDays(6), 6, 7, 7, result.Bytes, result.Version)
        );
        result.Version.ShouldBe(11);
        (await _lake.RowsAsync("SELECT min(dt), count(*) FROM ods.ods_prices")).ShouldBe(["2022-06-07|4"]);
        var newest = (await Table.HistoryAsync(default))[0];
        newest.Operation.ShouldBe("RETENTION");
        newest.Parameters.ShouldBe(new Dictionary<string, string> { ["cutoff"] = "2022-06-07", ["days"] = "3" });
        File.Exists(Path.Combine(_lake.Folder, "ods/ods_prices/dt=2022-06-06/_SUCCESS")).ShouldBeFalse();
        File.Exists(Path.Combine(_lake.Folder, "ods/ods_prices/dt=2022-06-07/_SUCCESS")).ShouldBeTrue();

        (await DropAsync(3, s_day.AddDays(9), apply: true)).Version.ShouldBeNull();
        (await Table.HistoryAsync(default)).Count.ShouldBe(12);
    }

    [Fact]
    public async Task Drop_WithoutApply_SaysWhatWouldGoAndWritesNothing()
    {
        await CommitDaysAsync(4);

        var result = await DropAsync(1, s_day.AddDays(3), apply: false);

        (result.Partitions, result.Version).ShouldBe((2, null));
        (await Table.HistoryAsync(default)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Drop_OfATableWithoutDays_IsRefusedAndOfOneWithoutCommitsIsNothing()
    {
        (await DropAsync(1, s_day, apply: true)).Partitions.ShouldBe(0);

        var whole = LakeFixture.Prices() with { Partitioning = TablePartitioning.None };
        using (var staging = _lake.Lake.Stage(whole, "run"))
        {
            staging.Append("p/1", null, LakeFixture.Batch(("a", 1.0)));
            await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        }

        (await Should.ThrowAsync<TidemarkException>(() => DropAsync(1, s_day, apply: true))).Code.ShouldBe(
            "RETENTION_UNPARTITIONED"
        );
    }

    [Fact]
    public async Task DropRaw_GoesByWhenAPayloadWasReceivedNotByItsDay()
    {
        foreach (
            var (key, age) in new[]
            {
                ("raw/v/a/dt=1999-01-01/young.json.gz", 1),
                ("raw/v/a/dt=2022-06-01/old.json.gz", 40),
            }
        )
        {
            await _lake.Store.PutAsync(key, new byte[7], Durability.Rebuildable, default);
            File.SetLastWriteTimeUtc(
                Path.Combine(_lake.Folder, key),
                TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-age)
            );
        }

        var retention = new Retention(_lake.Lake);
        (await retention.DropRawAsync(TimeSpan.FromDays(30), apply: false, default)).Files.ShouldBe(1);
        var result = await retention.DropRawAsync(TimeSpan.FromDays(30), apply: true, default);

        (result.Files, result.Bytes).ShouldBe((1, 7));
        (await _lake.Store.GetAsync("raw/v/a/dt=1999-01-01/young.json.gz", default)).ShouldNotBeNull();
        (await _lake.Store.GetAsync("raw/v/a/dt=2022-06-01/old.json.gz", default)).ShouldBeNull();
    }

    private async Task CommitDaysAsync(int days)
    {
        for (var i = 0; i < days; i++)
        {
            await _lake.CommitAsync($"p/{i}", s_day.AddDays(i), ("a", i));
        }
    }

    private Task<TableRetention> DropAsync(int days, DateOnly today, bool apply) =>
        Retention.DropAsync(Table, days, today, apply, default);
}
