using Tidemark.Core;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// A table whose rows have no key: equal rows are kept as often as they came, and compared as multisets wherever
/// versions are counted.
/// </summary>
public sealed class KeylessTableTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_OfEqualRows_KeepsAllAndCountsByHowOftenTheyCame()
    {
        var first = await CommitAsync(("a", 1), ("a", 1), ("b", null));
        var again = await CommitAsync(("b", null), ("a", 1), ("a", 1));
        var other = await CommitAsync(("a", 1), ("a", 1), ("a", 1), ("c", 2));

        (first.Inserted, first.Updated, first.Deleted).ShouldBe((3, 0, 0));
        again.IsNoChange.ShouldBeTrue("the same rows in another order");
        (other.Inserted, other.Updated, other.Deleted, other.Unchanged).ShouldBe((2, 0, 1, 2));
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|1|2022-06-01", "a|1|2022-06-01", "c|2|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_WhenARowIsThereOnceLess_IsAChange()
    {
        await CommitAsync(("a", 1), ("a", 1));

        var fewer = await CommitAsync(("a", 1));

        (fewer.Inserted, fewer.Updated, fewer.Deleted).ShouldBe((0, 0, 1));
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }

    [Fact]
    public async Task Diff_OfVersions_ComparesWholeRowsAsOftenAsTheyAreThere()
    {
        await CommitAsync(("a", 1), ("a", 1), ("b", 2));
        await CommitAsync(("a", 1), ("b", 3), ("b", 3));
        var table = _lake.NewLake().Table(LakeFixture.Prices().Id);

        var diff = await new TableDiff(_lake.NewLake()).DiffAsync(
            await table.SnapshotAtAsync(0, default),
            await table.SnapshotAtAsync(1, default),
            examples: 10,
            default
        );

        diff.Key.ShouldBeEmpty();
        (diff.Added, diff.Removed, diff.Changed).ShouldBe((2, 2, 0));
        diff.Rows.Select(r => $"{r.Kind} {r.Key["code"]}").ShouldBe(["added b", "added b", "removed a", "removed b"]);
    }

    [Fact]
    public async Task Diff_AfterTheKeyWasGivenUp_ComparesWholeRows()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1), ("b", 2));
        await CommitAsync(("a", 1), ("a", 1), ("b", 2));
        var table = _lake.NewLake().Table(LakeFixture.Prices().Id);

        var diff = await new TableDiff(_lake.NewLake()).DiffAsync(
            await table.SnapshotAtAsync(0, default),
            await table.SnapshotAtAsync(1, default),
            examples: 0,
            default
        );

        (diff.Added, diff.Removed, diff.Changed).ShouldBe((1, 0, 0));
    }

    [Fact]
    public async Task Compact_OfSeveralUnits_KeepsEqualRows()
    {
        await CommitAsync(("a", 1), ("a", 1));
        await CommitAsync("p/2", ("a", 1));
        var before = await _lake.RowsAsync();

        var done = await new TableCompactor(
            _lake.NewLake(),
            _lake.Engine,
            TimeProvider.System,
            new SystemIdSource()
        ).CompactAsync(LakeFixture.Prices().Id, new CompactOptions(), null, default);

        done.FilesAfter.ShouldBe(1);
        (await _lake.RowsAsync()).ShouldBe(before);
        (await CommitAsync(("a", 1), ("a", 1))).IsNoChange.ShouldBeTrue("the unit's rows are its own as before");
    }

    private Task<UnitCounts> CommitAsync(params (string, double?)[] rows) => CommitAsync("p/1", rows);

    private async Task<UnitCounts> CommitAsync(string unit, params (string, double?)[] rows)
    {
        var lake = _lake.NewLake();
        var definition = LakeFixture.Prices() with { Key = [] };
        using var staging = lake.Stage(definition, "run");
        staging.Append(unit, s_day, LakeFixture.Batch(rows));
        var staged = await staging.StageAsync(await lake.Table(definition.Id).SnapshotAsync(default), default);
        await lake.Table(definition.Id).CommitAsync(staged, new CommitRequest("TEST", ShrinkReason: "a test"), default);
        return staged.Counts[unit];
    }
}
