using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>A dataset that is fetched by day and by symbol has each key once, whoever brought it last.</summary>
public sealed class OneOwnerTests : IDisposable
{
    private static readonly CommitRequest s_request = new("TEST") { HasOneOwner = true };
    private readonly WideRig _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_KeysOfAnotherUnit_GiveWayInTheSameVersion()
    {
        await CommitAsync("p/day0", (0, "a", 1.0), (0, "b", 2.0));
        await CommitAsync("p/day1", (1, "a", 3.0), (1, "b", 4.0));

        var result = await CommitAsync("p/a", (0, "a", 1.5), (1, "a", 3.0), (2, "a", 5.0));

        (result.Version, result.RowsGivenWay).ShouldBe((2, 2));
        (await _lake.RowsAsync()).ShouldBe(["0|a|1.5", "0|b|2", "1|a|3", "1|b|4", "2|a|5"]);
        var snapshot = await _lake.SnapshotAsync();
        (snapshot.RowsOf("p/day0"), snapshot.RowsOf("p/day1"), snapshot.RowsOf("p/a")).ShouldBe((1, 1, 3));
        (await _lake.FaultsAsync()).ShouldBeEmpty();
        (await CommitAsync("p/a", (0, "a", 1.5), (1, "a", 3.0), (2, "a", 5.0))).IsNewVersion.ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_WithoutAsking_LeavesOthersAlone()
    {
        await _lake.CommitAsync("p/day0", (0, "a", 1.0));

        (await _lake.CommitAsync("p/a", (0, "a", 2.0))).RowsGivenWay.ShouldBe(0);

        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "0|a|2"]);
    }

    /// <summary>Only units of the same dataset: another's rows with the same key are another's.</summary>
    [Fact]
    public async Task Commit_KeysOfAnotherDataset_Stay()
    {
        await CommitAsync("q/day0", (0, "a", 1.0));

        await CommitAsync("p/a", (0, "a", 2.0));

        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "0|a|2"]);
    }

    /// <summary>A unit all of whose rows went stays one that was asked for.</summary>
    [Fact]
    public async Task Commit_AllKeysOfAUnit_LeavesTheUnitWithoutRows()
    {
        await CommitAsync("p/day0", (0, "a", 1.0));

        await CommitAsync("p/a", (0, "a", 2.0));

        var snapshot = await _lake.SnapshotAsync();
        snapshot.HasUnit("p/day0").ShouldBeTrue();
        snapshot.RowsOf("p/day0").ShouldBe(0);
        (await _lake.RowsAsync()).ShouldBe(["0|a|2"]);
        (await _lake.FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>
    /// In a merged file the rows of some units give way, others are replaced, and the rest is what it was.
    /// </summary>
    [Theory]
    [InlineData("dt")]
    [InlineData("month")]
    public async Task Commit_MergedFile_KeepsWhatNobodyBrought(string divided)
    {
        using var lake = new WideRig(LakeFixture.DividedBy(divided));
        await lake.CommitAsync(
            s_request,
            ("p/a", [(0, "a", 1.0), (1, "a", 1.0)]),
            ("p/b", [(0, "b", 2.0), (1, "b", 2.0)]),
            ("p/c", [(0, "c", 3.0), (1, "c", 3.0)])
        );
        await lake.Compaction.CompactAsync();
        var before = await lake.SnapshotAsync();

        var result = await lake.CommitAsync(
            s_request,
            ("p/a", [(0, "a", 9.0), (1, "a", 1.0)]),
            ("p/day0", [(0, "b", 8.0), (0, "d", 7.0)])
        );

        result.RowsGivenWay.ShouldBe(1);
        (await lake.RowsAsync()).ShouldBe(["0|a|9", "0|b|8", "0|c|3", "0|d|7", "1|a|1", "1|b|2", "1|c|3"]);
        var after = await lake.SnapshotAsync();
        (after.RowsOf("p/a"), after.RowsOf("p/b"), after.RowsOf("p/c"), after.RowsOf("p/day0")).ShouldBe((2, 1, 2, 2));
        after.HasChangedSince(before, "p/b").ShouldBeTrue();
        after.HasChangedSince(before, "p/c").ShouldBeFalse();
        (await lake.FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>
    /// What another writer put into the partition after the staging gives way, too: it is looked at when the entry is
    /// written.
    /// </summary>
    [Fact]
    public async Task Commit_OthersThatCameAfterTheStaging_GiveWay()
    {
        await CommitAsync("p/day0", (0, "a", 1.0), (0, "b", 2.0));
        var lake = _lake.Fixture.NewLake();
        using var staging = lake.Stage(_lake.Definition, "mine");
        staging.Append("p/a", WideRig.Day, WideRig.Batch((0, "a", 5.0), (1, "a", 6.0)), null, "trade_date");
        var mine = await staging.StageAsync(await _lake.SnapshotAsync(), default);

        await CommitAsync("p/day1", (1, "a", 3.0), (1, "b", 4.0));
        await CommitAsync("p/day0", (0, "a", 1.0), (0, "b", 9.0));
        await lake.Table(_lake.Definition.Id).CommitAsync(mine, s_request, default);

        (await _lake.RowsAsync()).ShouldBe(["0|a|5", "0|b|9", "1|a|6", "1|b|4"]);
        (await _lake.FaultsAsync()).ShouldBeEmpty();
    }

    /// <summary>A lost file of another unit is told of as that; it does not keep others from committing.</summary>
    [Fact]
    public async Task Commit_LostFileOfAnotherUnit_IsLeftAsItIs()
    {
        await CommitAsync("p/day0", (0, "a", 1.0));
        var lost = (await _lake.SnapshotAsync()).Files.Keys.Single();
        File.Delete(Path.Combine(_lake.Fixture.Folder, _lake.Definition.Id.Prefix, lost));

        await CommitAsync("p/a", (0, "a", 2.0));

        (await _lake.SnapshotAsync()).Files.Keys.ShouldContain(lost);
        (await _lake.FaultsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Restore_GivesTheRowsBackToWhoHadThem()
    {
        await CommitAsync("p/day0", (0, "a", 1.0), (0, "b", 2.0));
        await CommitAsync("p/a", (0, "a", 5.0));

        await new TableRestore(_lake.Fixture.NewLake().Table(_lake.Definition.Id)).RestoreAsync(0, default);

        (await _lake.RowsAsync()).ShouldBe(["0|a|1", "0|b|2"]);
        (await _lake.SnapshotAsync()).Units.ShouldBe(["p/day0"]);
    }

    private Task<CommitResult> CommitAsync(string unit, params (int? Day, string Code, double? Price)[] rows) =>
        _lake.CommitAsync(s_request, (unit, rows));
}
