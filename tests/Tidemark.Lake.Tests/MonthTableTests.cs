using System.Text.Json;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Lake.Tests.Compaction;

namespace Tidemark.Lake.Tests;

/// <summary>Tables with a folder a month: units stay days, files and folders do not.</summary>
public sealed class MonthTableTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly CompactionRig _rig = new(TablePartitioning.Month);

    private LakeFixture Lake => _rig.Fixture;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Commit_TwoMonths_HasAFolderAMonthAndTheDayInTheFiles()
    {
        await Lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", null));
        await Lake.CommitAsync("p/2", s_day.AddDays(29), ("a", 2.0));
        await Lake.CommitAsync("p/3", s_day.AddDays(30), ("a", 3.0));

        var snapshot = await _rig.SnapshotAsync();
        snapshot
            .Columns.Select(c => $"{c.Name} {c.Type.DeltaName}")
            .ShouldBe(["code string", "price double", "dt date", "month string"]);
        snapshot.Metadata!.PartitionColumns.ShouldBe(["month"]);
        snapshot
            .Files.Values.Select(f => $"{f.Path[..14]} {f.PartitionValues["month"]}")
            .Order()
            .ShouldBe(["month=2022-06/ 2022-06", "month=2022-06/ 2022-06", "month=2022-07/ 2022-07"]);
        using var stats = JsonDocument.Parse(snapshot.FilesOf("p/2").Single().Stats!);
        stats.RootElement.GetProperty("minValues").GetProperty("dt").GetString().ShouldBe("2022-06-30");
        stats.RootElement.GetProperty("nullCount").GetProperty("dt").GetInt64().ShouldBe(0);
        using var connection = Lake.Engine.Connect();
        using var columns = connection.Query(
            $"DESCRIBE SELECT * FROM read_parquet('{Lake.Folder}/ods/ods_prices/month=2022-07/*.parquet', hive_partitioning = false)"
        );
        columns.Rows().Select(r => $"{r[0]} {r[1]}").ShouldBe(["code VARCHAR", "price DOUBLE", "dt DATE"]);
        (await Lake.RowsAsync("FROM ods.ods_prices ORDER BY dt, code")).ShouldBe([
            "a|1|2022-06-01|2022-06",
            "b|null|2022-06-01|2022-06",
            "a|2|2022-06-30|2022-06",
            "a|3|2022-07-01|2022-07",
        ]);
    }

    [Fact]
    public async Task Commit_SameRowsAgain_IsNoVersionAndOthersReplaceTheirDayAlone()
    {
        await ThreeDaysAsync();
        (await Lake.CommitAsync("p/2", s_day.AddDays(1), ("a", 2.0))).IsNewVersion.ShouldBeFalse();
        await _rig.CompactAsync();
        (await Lake.CommitAsync("p/2", s_day.AddDays(1), ("a", 2.0))).IsNewVersion.ShouldBeFalse();

        (await Lake.CommitAsync("p/2", s_day.AddDays(1), ("a", 5.0), ("b", 6.0))).IsNewVersion.ShouldBeTrue();

        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|5|2022-06-02", "b|6|2022-06-02", "a|3|2022-06-03"]);
        (await _rig.SnapshotAsync()).Days.ShouldBe([s_day, s_day.AddDays(1), s_day.AddDays(2)]);
    }

    [Fact]
    public async Task Commit_FewerRowsOrAnotherDay_NeedsAReason()
    {
        await ThreeDaysAsync();
        await _rig.CompactAsync();

        var fewer = await Should.ThrowAsync<TidemarkException>(() => Lake.CommitAsync("p/2", s_day.AddDays(1)));
        var moved = await Should.ThrowAsync<TidemarkException>(() =>
            Lake.CommitAsync("p/2", s_day.AddDays(4), ("a", 2.0))
        );

        (fewer.Code, moved.Code).ShouldBe(("COMMIT_SHRINKS", "COMMIT_SHRINKS"));
        moved.Message.ShouldContain("none on 2022-06-02");
        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "a|2|2022-06-02", "a|3|2022-06-03"]);
    }

    [Fact]
    public async Task Commit_OfAQuery_HasTheDayAndLeavesOthersOut()
    {
        var lake = Lake.NewLake();
        using var session = await lake.OpenSessionAtAsync([], default);
        using (var staging = lake.Stage(Lake.Table, "run"))
        {
            staging.AppendQuery(session, "q/1", s_day, "SELECT 'a' AS code, 1 AS price", default);
            staging.AppendQuery(
                session,
                "q/2",
                s_day.AddDays(1),
                "SELECT 2 AS price, 'b' AS code, DATE '1999-01-01' AS dt",
                default
            );
            staging.AppendQuery(session, "q/3", s_day.AddDays(2), "SELECT 'c' AS code, 3 AS price LIMIT 0", default);
            await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        }

        (await RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2|2022-06-02"]);
        (await _rig.SnapshotAsync()).SlicesOf("q/3").Single().Day.ShouldBe(s_day.AddDays(2));
    }

    [Fact]
    public async Task Commit_TwoWritersToDaysOfOneMergedMonth_BothLand()
    {
        await ThreeDaysAsync();
        await _rig.CompactAsync();
        var (first, second) = (Lake.NewLake(), Lake.NewLake());
        var one = await Lake.StageAsync(first, "one", ("p/1", s_day, LakeFixture.Batch(("a", 10.0))));
        var two = await Lake.StageAsync(second, "two", ("p/2", s_day.AddDays(1), LakeFixture.Batch(("a", 20.0))));

        await first.Table(Lake.Table.Id).CommitAsync(one, new CommitRequest("TEST"), default);
        await second.Table(Lake.Table.Id).CommitAsync(two, new CommitRequest("TEST"), default);

        (await RowsAsync()).ShouldBe(["a|10|2022-06-01", "a|20|2022-06-02", "a|3|2022-06-03"]);
        (await ManifestAsync("2022-06")).RowCount.ShouldBe(3);
    }

    [Fact]
    public async Task Commit_DeclaredInAnotherWay_IsRefusedEvenWhereNothingChanges()
    {
        await ThreeDaysAsync();
        foreach (var other in new[] { TablePartitioning.Day, TablePartitioning.None })
        {
            var lake = Lake.NewLake();
            using var staging = lake.Stage(Lake.Table with { Partitioning = other }, "run");
            staging.Append("p/1", other == TablePartitioning.None ? null : s_day, LakeFixture.Batch(("a", 1.0)));

            var refused = await Should.ThrowAsync<TidemarkException>(() =>
                lake.CommitAsync(staging, new CommitRequest("TEST", ShrinkReason: "so be it"), default)
            );

            refused.Code.ShouldBe("SCHEMA_MISMATCH");
            refused.Message.ShouldContain("partitioned by month in the lake");
            refused.Message.ShouldContain("another name");
        }

        (await _rig.SnapshotAsync()).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Compact_SmallDays_AreOneFileAMonthAndARestoreUndoesIt()
    {
        await ThreeDaysAsync();
        await Lake.CommitAsync("p/4", s_day.AddDays(3));
        await Lake.CommitAsync("p/9", s_day.AddDays(40), ("a", 9.0));
        var before = await RowsAsync();

        var done = await _rig.CompactAsync();

        (done.Partitions, done.FilesBefore, done.FilesAfter).ShouldBe((1, 4, 1));
        (await _rig.CompactAsync()).FilesBefore.ShouldBe(0);
        var merged = (await _rig.SnapshotAsync()).Files.Values.Single(f => f.PartitionValues["month"] == "2022-06");
        UnitSlice
            .Of(merged)
            .Select(s => $"{s.Unit} {s.Day:dd} {s.Rows}")
            .ShouldBe(["p/1 01 1", "p/2 02 1", "p/3 03 1", "p/4 04 0"]);
        (await RowsAsync()).ShouldBe(before);

        var table = Lake.NewLake().Table(Lake.Table.Id);
        var restored = await new TableRestore(table).RestoreAsync(4, default);
        (restored.FilesAdded, restored.FilesRemoved, restored.Partitions).ShouldBe((4, 1, 1));
        (await RowsAsync()).ShouldBe(before);
        await VerifiedAsync();
    }

    [Fact]
    public async Task Compact_IsColdWhenItsLastDayIs()
    {
        // Enough to gain something by compressing it better.
        (string, double?)[] rows = [.. Enumerable.Range(0, 2_000).Select(i => ($"code {i:00000}", (double?)(i % 7)))];
        await Lake.CommitAsync("p/1", s_day, rows);
        await Lake.CommitAsync("p/3", s_day.AddDays(29), rows);
        _rig.Clock.Advance(TimeSpan.FromDays(38)); // 13 July
        await _rig.CompactAsync();
        Codecs((await _rig.SnapshotAsync()).Files.Keys.Single()).ShouldBe("SNAPPY");

        _rig.Clock.Advance(TimeSpan.FromDays(3));
        await _rig.CompactAsync();

        Codecs((await _rig.SnapshotAsync()).Files.Keys.Single()).ShouldBe("ZSTD");
    }

    [Fact]
    public async Task Markers_AreTheMonthsAndNameTheDaysThatAreThere()
    {
        await Lake.CommitAsync("p/4", s_day.AddDays(3));
        Exists("_SUCCESS").ShouldBeFalse("no rows yet");
        (await ManifestAsync("2022-06")).Days.ShouldBe(["2022-06-04"]);

        await ThreeDaysAsync();

        Exists("_SUCCESS").ShouldBeTrue();
        var manifest = await ManifestAsync("2022-06");
        (manifest.Dt, manifest.Month, manifest.RowCount, manifest.Files.Count).ShouldBe((null, "2022-06", 3, 4));
        manifest.Days.ShouldBe(["2022-06-01", "2022-06-02", "2022-06-03", "2022-06-04"]);
        await _rig.CompactAsync();
        (await ManifestAsync("2022-06")).Files.Count.ShouldBe(1);
        (await ManifestAsync("2022-06")).Days!.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("month=2022-06/_SUCCESS", "it is missing")]
    [InlineData("month=2022-06/manifest.json", "it is missing")]
    public async Task Verify_AMarkerThatIsGone_IsANoteAndRepairMakesIt(string path, string what)
    {
        await ThreeDaysAsync();
        File.Delete(Path.Combine(Lake.Folder, "ods/ods_prices", path));

        var lake = Lake.NewLake();
        var found = await new LakeVerifier(lake).VerifyAsync(lake.Table(Lake.Table.Id), false, null, default);
        found.Ok.ShouldBeTrue();
        found
            .Notes.ShouldHaveSingleItem()
            .ShouldBe(new VerifyFinding($"ods/ods_prices/{path}", what, found.Notes[0].Advice));
        var catalog = new CatalogFile(Path.Combine(Lake.Folder, "catalog.duckdb"), lake);
        await new LakeRepair(lake, catalog).RepairAsync(default);

        await VerifiedAsync();
    }

    [Fact]
    public async Task Verify_AMarkerOfAMonthWithoutFiles_IsANote()
    {
        await ThreeDaysAsync();
        var folder = Path.Combine(Lake.Folder, "ods/ods_prices/month=2023-01");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "_SUCCESS"), "");

        var lake = Lake.NewLake();
        var found = await new LakeVerifier(lake).VerifyAsync(lake.Table(Lake.Table.Id), false, null, default);

        found.Notes.ShouldHaveSingleItem().Path.ShouldBe("ods/ods_prices/month=2023-01/_SUCCESS");
    }

    [Fact]
    public async Task Retention_AMonth_LeavesAsAWholeWhenItsLastDayIsPast()
    {
        await ThreeDaysAsync();
        await Lake.CommitAsync("p/9", s_day.AddDays(40), ("a", 9.0));
        var table = Lake.NewLake().Table(Lake.Table.Id);

        var nothing = await Retention.DropAsync(table, 10, new DateOnly(2022, 7, 10), apply: true, default);
        var june = await Retention.DropAsync(table, 10, new DateOnly(2022, 7, 11), apply: true, default);

        (nothing.Files, nothing.Version).ShouldBe((0, null));
        (june.Partitions, june.Files, june.Version).ShouldBe((1, 3, 4));
        (await RowsAsync()).ShouldBe(["a|9|2022-07-11"]);
        Exists("manifest.json").ShouldBeFalse();
        await VerifiedAsync();
    }

    [Fact]
    public async Task Vacuum_AfterACompaction_LeavesTheMonthsOneFile()
    {
        await ThreeDaysAsync();
        await _rig.CompactAsync();
        _rig.Clock.Advance(TimeSpan.FromDays(40_000)); // later than the files by the machine's clock
        var aged = DataLake.OnDisk(Lake.Folder, Lake.Engine, _rig.Clock, new SystemIdSource());
        var vacuum = new Vacuum(aged);
        var plan = await vacuum.PlanAsync(aged.Table(Lake.Table.Id), vacuum.Cutoff(TimeSpan.FromHours(1)), default);

        await vacuum.ApplyAsync(plan, default);

        plan.Files.ShouldBe(3);
        Directory.GetFiles(Path.Combine(Lake.Folder, "ods/ods_prices/month=2022-06"), "*.parquet").Length.ShouldBe(1);
        (await RowsAsync()).Count.ShouldBe(3);
        await VerifiedAsync();
    }

    [Fact]
    public async Task Diff_OfMergedMonths_TellsTheDayAndNotTheMonth()
    {
        await ThreeDaysAsync();
        await _rig.CompactAsync();
        await Lake.CommitAsync("p/2", s_day.AddDays(1), ("a", 7.0), ("b", 8.0));
        var lake = Lake.NewLake();
        var table = lake.Table(Lake.Table.Id);

        var diff = await new TableDiff(lake).DiffAsync(
            await table.SnapshotAtAsync(2, default),
            await table.SnapshotAsync(default),
            10,
            default
        );

        diff.Partitions.ShouldBe([new PartitionDiff(s_day.AddDays(1), 1, 0, 1)]);
        diff.Rows.Select(r => $"{r.Kind} {r.Dt:dd} {string.Join(',', r.Key.Values)} {r.Changes.Count}")
            .ShouldBe(["added 02 b 0", "changed 02 a 1"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Catalog_MacroOfADay_ReadsThatDayFromItsMonthAlone(bool compacted)
    {
        await ThreeDaysAsync();
        await Lake.CommitAsync("p/9", s_day.AddDays(40), ("a", 9.0));
        if (compacted)
        {
            await _rig.CompactAsync();
        }

        // Were the other month's file opened, reading would fail.
        var other = (await _rig.SnapshotAsync()).FilesIn(s_day.AddDays(40)).Single().Path;
        await File.WriteAllTextAsync(Path.Combine(Lake.Folder, "ods/ods_prices", other), "no Parquet");

        (await Lake.RowsAsync("SELECT code, price, dt FROM ods.ods_prices_dt('2022-06-02')")).ShouldBe([
            "a|2|2022-06-02",
        ]);
        await Should.ThrowAsync<Tidemark.DuckDb.DuckDbException>(RowsAsync);
        (await Lake.RowsAsync("SELECT code FROM ods.ods_prices_dt('2022-06-09')")).ShouldBeEmpty();
        (await Lake.RowsAsync("SELECT code FROM ods.ods_prices_dt('2021-01-01')")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Catalog_ColumnsAdded_OlderFilesAndTheDayStayReadable()
    {
        await ThreeDaysAsync();
        var wider = LakeFixture.Prices(new LakeColumn("note", LakeType.Text)) with
        {
            Partitioning = TablePartitioning.Month,
        };
        var lake = Lake.NewLake();
        using var session = await lake.OpenSessionAtAsync([], default);
        using (var staging = lake.Stage(wider, "run"))
        {
            staging.AppendQuery(
                session,
                "p/4",
                s_day.AddDays(3),
                "SELECT 'a' AS code, 4 AS price, 'x' AS note",
                default
            );
            await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        }

        await _rig.CompactAsync();

        (await Lake.RowsAsync("FROM ods.ods_prices_dt('2022-06-01')")).ShouldBe(["a|1|null|2022-06-01|2022-06"]);
        (await Lake.RowsAsync("FROM ods.ods_prices_dt('2022-06-04')")).ShouldBe(["a|4|x|2022-06-04|2022-06"]);
    }

    [Fact]
    public async Task Days_OfAFileThatAnotherProgramWrote_AreAllOfItsMonth()
    {
        await ThreeDaysAsync();
        var file = (await _rig.SnapshotAsync()).FilesOf("p/1").Single() with { Tags = null };

        TablePartition.DaysOf(file).Count.ShouldBe(30);
        TablePartition.DaysOf(file)[^1].ShouldBe(new DateOnly(2022, 6, 30));
    }

    [Theory]
    [InlineData("month=2022-06/", "month=2022-06/")]
    [InlineData("dt=2024-02-29/", "dt=2024-02-29/")]
    [InlineData("", "")]
    [InlineData("month=2022-13/", null)]
    [InlineData("month=2022-06-01/", null)]
    [InlineData("month=2022-6/", null)]
    [InlineData("dt=2023-02-29/", null)]
    [InlineData("dt=2022-06-01/x=1/", null)]
    [InlineData("other/", null)]
    public void OfFolder_KnowsOwnFoldersOnly(string folder, string? expected) =>
        (TablePartition.OfFolder(folder)?.Folder).ShouldBe(expected);

    private async Task ThreeDaysAsync()
    {
        for (var i = 1; i <= 3; i++)
        {
            await Lake.CommitAsync($"p/{i}", s_day.AddDays(i - 1), ("a", i));
        }
    }

    private Task<List<string>> RowsAsync() =>
        Lake.RowsAsync("SELECT code, price, dt FROM ods.ods_prices ORDER BY dt, code");

    private async Task VerifiedAsync()
    {
        var lake = Lake.NewLake();
        var verified = await new LakeVerifier(lake).VerifyAsync(lake.Table(Lake.Table.Id), false, null, default);
        verified.Faults.ShouldBeEmpty();
    }

    private async Task<Manifest> ManifestAsync(string month) =>
        Manifest.FromJson((await Lake.Store.GetAsync($"ods/ods_prices/month={month}/manifest.json", default))!)!;

    private bool Exists(string marker) =>
        File.Exists(Path.Combine(Lake.Folder, "ods/ods_prices/month=2022-06", marker));

    private string Codecs(string path)
    {
        using var connection = Lake.Engine.Connect();
        return (string)
            connection.Scalar($"SELECT min(compression) FROM parquet_metadata('{Lake.Folder}/ods/ods_prices/{path}')")!;
    }
}
