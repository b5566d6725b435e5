using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Maintenance;

public sealed class DiffTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();

    private LakeTable Table => _lake.Lake.Table(LakeFixture.Prices().Id);

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Diff_OfTwoVersions_CountsByPartitionAndReadsNoSharedFile()
    {
        await _lake.CommitAsync("run", ("p/1", s_day, LakeFixture.Batch(("a", 1.0), ("b", null), ("c", 3.0))));
        await _lake.CommitAsync("p/shared", s_day.AddDays(5), ("z", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", 2.0), ("d", 4.0), ("e", null));
        await _lake.CommitAsync("p/2", s_day.AddDays(1), ("a", 1.0));
        File.WriteAllText(SharedFile(), "not read"); // whoever opened it would fail

        var diff = await DiffAsync(1, 3, rows: 10);

        diff.Key.ShouldBe(["code"]);
        diff.Partitions.ShouldBe([new PartitionDiff(s_day, 2, 1, 1), new PartitionDiff(s_day.AddDays(1), 1, 0, 0)]);
        (diff.Added, diff.Removed, diff.Changed, diff.FilesRead).ShouldBe((3, 1, 1, 3));
        diff.Rows.Select(r => $"{r.Kind} {r.Key["code"]}")
            .ShouldBe(["added d", "added e", "changed b", "removed c", "added a"]);
        diff.Rows[2].Changes.ShouldBe([new ValueChange("price", null, "2.0")]);
        diff.Rows[0].Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Diff_TheOtherWayRound_SwapsAddedAndRemoved()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", 2.0));

        var back = await DiffAsync(1, 0, rows: 0);

        (back.Added, back.Removed, back.Changed).ShouldBe((0, 1, 0));
        back.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Diff_OfAVersionWithItself_IsEmpty()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        var diff = await DiffAsync(0, 0, rows: 5);

        diff.FilesRead.ShouldBe(0);
        diff.Partitions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Diff_OverANewColumn_NamesItAndComparesItAsNull()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", 2.0));
        var wider = LakeFixture.Prices(new LakeColumn("volume", LakeType.Long));
        await CommitQueryAsync(
            wider,
            s_day,
            "SELECT * FROM (VALUES ('a', 1.0::DOUBLE, 7), ('b', 2.0, NULL)) t(code, price, volume)"
        );

        var diff = await DiffAsync(0, 1, rows: 5);

        diff.ColumnsAdded.ShouldBe(["volume"]);
        diff.ColumnsRemoved.ShouldBeEmpty();
        (diff.Added, diff.Removed, diff.Changed).ShouldBe((0, 0, 1));
        diff.Rows.ShouldHaveSingleItem().Changes.ShouldBe([new ValueChange("volume", null, "7")]);
        (await DiffAsync(1, 0, rows: 0)).ColumnsRemoved.ShouldBe(["volume"]);
    }

    [Fact]
    public async Task Diff_WithoutAKey_ComparesWholeRowsAndCountsDuplicates()
    {
        await _lake.CommitAsync(
            "run",
            ("slot/1", s_day, LakeFixture.Batch(("a", 1.0), ("b", 2.0))),
            ("slot/2", s_day, LakeFixture.Batch(("a", 1.0)))
        );
        await _lake.CommitAsync(
            "run",
            ("slot/1", s_day, LakeFixture.Batch(("a", 1.0), ("b", 3.0))),
            ("slot/2", s_day, LakeFixture.Batch(("z", 9.0)))
        );
        var entry = Path.Combine(_lake.Folder, "ods/ods_prices/_delta_log/00000000000000000000.json");
        var text = await File.ReadAllTextAsync(entry);
        text.ShouldContain("\"tidemark.key\":\"code\"");
        await File.WriteAllTextAsync(entry, text.Replace("\"tidemark.key\":\"code\"", "\"other\":\"x\""));

        var diff = await DiffAsync(0, 1, rows: 10);

        diff.Key.ShouldBeEmpty();
        diff.Partitions.ShouldBe([new PartitionDiff(s_day, 2, 2, 0)]);
        diff.Rows.Select(r => $"{r.Kind} {r.Key["code"]} {r.Key["price"]}")
            .ShouldBe(["added b 3.0", "added z 9.0", "removed a 1.0", "removed b 2.0"]);
    }

    private string SharedFile() =>
        Directory.GetFiles(Path.Combine(_lake.Folder, "ods/ods_prices/dt=2022-06-06"), "*.parquet").Single();

    private async Task<DiffResult> DiffAsync(long from, long to, int rows) =>
        await new TableDiff(_lake.Lake).DiffAsync(
            await _lake.NewLake().Table(Table.Id).SnapshotAtAsync(from, default),
            await _lake.NewLake().Table(Table.Id).SnapshotAtAsync(to, default),
            rows,
            default
        );

    private async Task CommitQueryAsync(TableDefinition definition, DateOnly day, string select)
    {
        using var staging = _lake.Lake.Stage(definition, "run");
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        staging.AppendQuery(session, "p/1", day, select, default);
        await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }
}
