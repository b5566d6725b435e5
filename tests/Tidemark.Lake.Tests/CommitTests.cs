using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests;

public sealed class CommitTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_FirstUnit_MakesTheTableAndIsReadBack()
    {
        var result = await _lake.CommitAsync("p/2022-06-01", s_day, ("000001.SZ", 8.7), ("600519.SH", null));

        result.Version.ShouldBe(0);
        result.Counts["p/2022-06-01"].Inserted.ShouldBe(2);
        (await _lake.RowsAsync()).ShouldBe(["000001.SZ|8.7|2022-06-01", "600519.SH|null|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_SameUnitAgain_ChangesNothing()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var again = await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        again.IsNewVersion.ShouldBeFalse();
        again.Version.ShouldBe(0);
        again.Counts["p/1"].Unchanged.ShouldBe(1);
    }

    [Fact]
    public async Task Commit_ChangedUnit_ReplacesExactlyItsOwnFiles()
    {
        await _lake.CommitAsync("slot/1", s_day, ("a", 1.0), ("b", 2.0));
        await _lake.CommitAsync("slot/2", s_day, ("c", 3.0));
        var result = await _lake.CommitAsync("slot/1", s_day, ("a", 1.5), ("b", 2.0), ("d", 4.0));

        var counts = result.Counts["slot/1"];
        (counts.Inserted, counts.Updated, counts.Unchanged, counts.Deleted).ShouldBe((1, 1, 1, 0));
        (await _lake.RowsAsync()).ShouldBe(["a|1.5|2022-06-01", "b|2|2022-06-01", "c|3|2022-06-01", "d|4|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_ManyUnits_IsOneVersionWithOneFileAPartition()
    {
        var units = Enumerable
            .Range(0, 300)
            .Select(i => ($"p/{i}", s_day.AddDays(i), LakeFixture.Batch(("a", i), ("b", null))))
            .ToArray();
        var result = await _lake.CommitAsync("run", units);

        result.Version.ShouldBe(0);
        var snapshot = await _lake.NewLake().Table(LakeFixture.Prices().Id).SnapshotAsync(default);
        snapshot.Files.Count.ShouldBe(300);
        snapshot.RowCount.ShouldBe(600);
        snapshot.Units.Count.ShouldBe(300);
        (await _lake.RowsAsync("SELECT sum(price), count(DISTINCT dt) FROM ods.ods_prices")).ShouldBe(["44850|300"]);
    }

    [Fact]
    public async Task Commit_EmptyUnit_IsRecordedWithoutSuccessMarker()
    {
        var result = await _lake.CommitAsync("p/empty", s_day);

        result.IsNewVersion.ShouldBeTrue();
        (await _lake.Lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default)).HasUnit("p/empty").ShouldBeTrue();
        (await _lake.RowsAsync()).ShouldBeEmpty();
        var folder = Path.Combine(_lake.Folder, "ods/ods_prices/dt=2022-06-01");
        File.Exists(Path.Combine(folder, "_SUCCESS")).ShouldBeFalse();
        JsonDocument
            .Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")))
            .RootElement.GetProperty("row_count")
            .GetInt64()
            .ShouldBe(0);
        (await _lake.CommitAsync("p/empty", s_day)).IsNewVersion.ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_FewerRowsThanBefore_IsRefusedAndNothingChanges()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", 2.0));

        var error = await Should.ThrowAsync<TidemarkException>(() => _lake.CommitAsync("p/1", s_day, ("a", 9.0)));

        error.Code.ShouldBe("COMMIT_SHRINKS");
        error.Message.ShouldContain("p/1");
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_UnitThatAnotherWriterChanged_IsAConflict()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var other = _lake.NewLake();
        var mine = await _lake.StageAsync(_lake.Lake, "mine", ("p/1", s_day, LakeFixture.Batch(("a", 2.0))));
        var theirs = await _lake.StageAsync(other, "theirs", ("p/1", s_day, LakeFixture.Batch(("a", 3.0))));
        var table = LakeFixture.Prices().Id;
        await other.Table(table).CommitAsync(theirs, new CommitRequest("TEST"), default);

        await Should.ThrowAsync<CommitConflictException>(() =>
            _lake.Lake.Table(table).CommitAsync(mine, new CommitRequest("TEST"), default)
        );
        (await _lake.RowsAsync()).ShouldBe(["a|3|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_RacingWritersOfDifferentUnits_AllLandInALogWithoutGaps()
    {
        const int Writers = 4;
        const int Commits = 25;
        var table = LakeFixture.Prices().Id;
        var work = Enumerable
            .Range(0, Writers)
            .Select(w =>
                Task.Run(async () =>
                {
                    var lake = _lake.NewLake();
                    for (var i = 0; i < Commits; i++)
                    {
                        var staged = await _lake.StageAsync(
                            lake,
                            $"run{w}",
                            ($"w{w}/{i}", s_day.AddDays(i), LakeFixture.Batch(($"{w}-{i}", i)))
                        );
                        await lake.Table(table).CommitAsync(staged, new CommitRequest("TEST"), default);
                    }
                })
            );
        await Task.WhenAll(work);

        var snapshot = await _lake.NewLake().Table(table).SnapshotAsync(default);
        snapshot.Version.ShouldBe((Writers * Commits) - 1);
        snapshot.Units.Count.ShouldBe(Writers * Commits);
        (await _lake.RowsAsync("SELECT count(DISTINCT code) FROM ods.ods_prices")).ShouldBe(["100"]);
    }

    [Fact]
    public async Task Commit_NewNullableColumn_IsAddedAndOldRowsReadNull()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var wider = LakeFixture.Prices(new LakeColumn("volume", LakeType.Long));
        using (var staging = _lake.Lake.Stage(wider, "run"))
        {
            using var session = await _lake.Lake.OpenSessionAtAsync([], default);
            staging.AppendQuery(
                session,
                "p/2",
                s_day.AddDays(1),
                "SELECT 'b' AS code, 7 AS volume, 2.5::DOUBLE AS price",
                default
            );
            var table = _lake.Lake.Table(wider.Id);
            var staged = await staging.StageAsync(await table.SnapshotAsync(default), default);
            (await table.CommitAsync(staged, new CommitRequest("TEST"), default)).Version.ShouldBe(1);
        }

        (await _lake.RowsAsync("SELECT code, price, volume, dt FROM ods.ods_prices ORDER BY ALL")).ShouldBe([
            "a|1|null|2022-06-01",
            "b|2.5|7|2022-06-02",
        ]);
    }

    [Theory]
    [InlineData("p/2", "SELECT 'b' AS code, 7::BIGINT AS price")]
    [InlineData("p/1", "SELECT 'a' AS code, 1::BIGINT AS price")] // no row changes
    public async Task Commit_RetypedColumn_IsRefusedByName(string unit, string rows)
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var retyped = LakeFixture.Prices() with
        {
            Columns = [new LakeColumn("code", LakeType.Text), new LakeColumn("price", LakeType.Long)],
        };
        using var staging = _lake.Lake.Stage(retyped, "run");
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        staging.AppendQuery(session, unit, unit == "p/1" ? s_day : s_day.AddDays(1), rows, default);
        var table = _lake.Lake.Table(retyped.Id);
        var staged = await staging.StageAsync(await table.SnapshotAsync(default), default);

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            table.CommitAsync(staged, new CommitRequest("TEST"), default)
        );
        error.Code.ShouldBe("SCHEMA_MISMATCH");
        error.Message.ShouldContain("price is DOUBLE in the table and declared as BIGINT");
    }

    [Fact]
    public async Task Manifest_OfACommit_NamesFilesRowsHashesAndVersion()
    {
        await _lake.CommitAsync("run-7", ("p/1", s_day, LakeFixture.Batch(("a", 1.0), ("b", 2.0))));

        var folder = Path.Combine(_lake.Folder, "ods/ods_prices/dt=2022-06-01");
        File.Exists(Path.Combine(folder, "_SUCCESS")).ShouldBeTrue();
        var manifest = Manifest.FromJson(File.ReadAllBytes(Path.Combine(folder, "manifest.json")))!;
        manifest.Table.ShouldBe("ods.ods_prices");
        manifest.Dt.ShouldBe("2022-06-01");
        manifest.RunId.ShouldBe("run-7");
        manifest.RowCount.ShouldBe(2);
        var file = manifest.Files.ShouldHaveSingleItem();
        var bytes = File.ReadAllBytes(Path.Combine(_lake.Folder, "ods/ods_prices", file.Path));
        file.Bytes.ShouldBe(bytes.Length);
        file.Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    [Fact]
    public async Task SnapshotAt_AnOlderVersion_SeesItsRowsAndHistoryNamesBoth()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 2.0));
        var table = _lake.Lake.Table(LakeFixture.Prices().Id);

        using var session = await _lake.Lake.OpenSessionAtAsync([await table.SnapshotAtAsync(0, default)], default);
        session.Connection.Scalar("SELECT price FROM ods.ods_prices").ShouldBe(1.0);
        (await table.HistoryAsync(default)).Select(h => (h.Version, h.Rows)).ShouldBe([(1, 1), (0, 1)]);
        (await Should.ThrowAsync<TidemarkException>(() => table.SnapshotAtAsync(9, default))).Code.ShouldBe(
            "VERSION_UNKNOWN"
        );
    }
}
