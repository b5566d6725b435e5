using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Lake.Tests.Log;

namespace Tidemark.Lake.Tests.Maintenance;

public sealed class RestoreTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private static readonly TableId s_id = LakeFixture.Prices().Id;
    private readonly LakeFixture _lake = new();

    private LakeTable Table => _lake.Lake.Table(s_id);

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Restore_AnOlderVersion_BringsItsRowsBackAsANewVersion()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", 2.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 9.0), ("b", 2.0));
        await _lake.CommitAsync("p/2", s_day.AddDays(1), ("c", 3.0));

        var result = await RestoreAsync(0);

        result.Version.ShouldBe(3);
        (result.FilesAdded, result.FilesRemoved, result.RowsBefore, result.Rows).ShouldBe((1, 2, 3, 2));
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2|2022-06-01"]);
        var history = await Table.HistoryAsync(default);
        history[0].Operation.ShouldBe("RESTORE");
        history[0].Parameters!["version"].ShouldBe("0");
        history[0].RunId.ShouldNotBeNullOrEmpty();

        // A restore is a version like any other: it can be undone in the same way.
        (await RestoreAsync(2)).Version.ShouldBe(4);
        (await _lake.RowsAsync()).ShouldBe(["a|9|2022-06-01", "b|2|2022-06-01", "c|3|2022-06-02"]);
    }

    [Fact]
    public async Task Restore_Markers_FollowThePartitions()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0), ("b", 2.0));
        await _lake.CommitAsync("p/2", s_day.AddDays(1), ("c", 3.0));

        await RestoreAsync(0);

        var manifest = Manifest.FromJson(File.ReadAllBytes(Marker(s_day, "manifest.json")))!;
        (manifest.RowCount, manifest.Version).ShouldBe((1, 3));
        File.Exists(Marker(s_day, "_SUCCESS")).ShouldBeTrue();
        File.Exists(Marker(s_day.AddDays(1), "manifest.json")).ShouldBeFalse();
        File.Exists(Marker(s_day.AddDays(1), "_SUCCESS")).ShouldBeFalse();
    }

    [Fact]
    public async Task Restore_ThePresentContent_IsNoVersion()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));

        var result = await RestoreAsync(1);

        (result.IsNewVersion, result.Version).ShouldBe((false, 1));
        (await Table.HistoryAsync(default)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Restore_OverANewColumn_BringsTheOldSchemaBackAndTheColumnCanComeAgain()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var wider = LakeFixture.Prices(new LakeColumn("volume", LakeType.Long));
        await CommitQueryAsync(wider, "p/2", "SELECT 'b' AS code, 7 AS volume, 2.5::DOUBLE AS price");

        await RestoreAsync(0);

        (await Table.SnapshotAsync(default)).Columns.Select(c => c.Name).ShouldBe(["code", "price", "dt"]);
        (await _lake.RowsAsync("SELECT * FROM ods.ods_prices")).ShouldBe(["a|1|2022-06-01"]);

        await RestoreAsync(1);
        (await _lake.RowsAsync("SELECT code, volume FROM ods.ods_prices ORDER BY ALL")).ShouldBe(["a|null", "b|7"]);
    }

    [Fact]
    public async Task Restore_AVersionWhoseFilesAreGone_IsRefusedAndNamesTheOldestWholeOne()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 2.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 3.0));
        var first = (await Table.SnapshotAtAsync(0, default)).Files.Keys.Single();
        File.Delete(Path.Combine(_lake.Folder, s_id.Prefix, first));

        var error = await Should.ThrowAsync<TidemarkException>(() => RestoreAsync(0));

        error.Code.ShouldBe("VERSION_VACUUMED");
        error.Message.ShouldContain("1 of its 1 files");
        error.Message.ShouldContain("The oldest version that can be restored is 1.");
        (await _lake.RowsAsync()).ShouldBe(["a|3|2022-06-01"]);
        (await Table.HistoryAsync(default)).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("p/2")]
    [InlineData("p/1")]
    public async Task Restore_AVacuumTakesAFileMeanwhile_IsTakenBackAndKeepsWhatOthersCommitted(string others)
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 2.0));
        var first = (await Table.SnapshotAtAsync(0, default)).Files.Keys.Single();
        var store = new LaggingStore(_lake.Store);
        store.IsListed = key =>
        {
            if (!File.Exists(Path.Combine(_lake.Folder, s_id.Prefix, "_delta_log", "00000000000000000002.json")))
            {
                return true; // the first look: all is there
            }

            // The restore stands and is about to look again.
            store.IsListed = other => !other.EndsWith(first, StringComparison.Ordinal);
            File.Delete(Path.Combine(_lake.Folder, s_id.Prefix, first));
            Task.Run(() => CommitUncomparedAsync(others)).GetAwaiter().GetResult();
            return store.IsListed(key);
        };
        var racing = new DataLake(
            store,
            new StagingArea(Path.Combine(_lake.Folder, "_staging")),
            _lake.Engine,
            TimeProvider.System,
            new SystemIdSource()
        );

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            new TableRestore(racing.Table(s_id)).RestoreAsync(0, default)
        );

        error.Code.ShouldBe("VERSION_VACUUMED");
        (await _lake.RowsAsync()).ShouldBe(others == "p/2" ? ["a|2|2022-06-01", "b|7|2022-06-01"] : ["b|7|2022-06-01"]);
    }

    [Fact]
    public async Task Restore_AVersionThatIsNotThere_IsRefused()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));

        (await Should.ThrowAsync<TidemarkException>(() => RestoreAsync(7))).Code.ShouldBe("VERSION_UNKNOWN");
    }

    [Fact]
    public async Task Restore_RacingWriters_LandsWhereNobodyWasQuickerAndIsRefusedElsewhere()
    {
        await _lake.CommitAsync("p/0", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("b", 1.0));
        var other = _lake.NewLake();
        var work = Task.Run(async () =>
        {
            for (var i = 2; i < 22; i++)
            {
                var staged = await _lake.StageAsync(other, "r", ($"p/{i}", s_day, LakeFixture.Batch(($"x{i}", i))));
                await other.Table(s_id).CommitAsync(staged, new CommitRequest("TEST"), default);
            }
        });
        for (var i = 0; i < 10; i++)
        {
            try
            {
                await RestoreAsync(i % 2);
            }
            catch (CommitConflictException)
            {
                // Rows came while it was at work: they stand.
            }
        }

        await work;
        var last = await RestoreAsync(0);

        last.Rows.ShouldBe(1);
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
        var history = await Table.HistoryAsync(default);
        history.Select(h => h.Version).ShouldBe(Enumerable.Range(0, history.Count).Select(i => (long)i).Reverse());
    }

    [Fact]
    public async Task SnapshotAsOf_AMoment_IsTheLastVersionCommittedByThen()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        var first = (await Table.HistoryAsync(default))[0].Timestamp!.Value;

        (await Table.SnapshotAsOfAsync(first, default)).Version.ShouldBe(0);
        (await Table.SnapshotAsOfAsync(first.AddDays(1), default)).Version.ShouldBe(0);
        (
            await Should.ThrowAsync<TidemarkException>(() => Table.SnapshotAsOfAsync(first.AddDays(-1), default))
        ).Code.ShouldBe("VERSION_UNKNOWN");
    }

    /// <summary>A commit of the unit that is staged against nothing, since what stands may be gone.</summary>
    private async Task CommitUncomparedAsync(string unit)
    {
        var newest = await Table.SnapshotAsync(default);
        await Table.Log.AppendAsync(
            _ =>
                [
                    .. newest
                        .FilesOf(unit)
                        .Select(f => new DeltaLine
                        {
                            Remove = new RemoveAction(f.Path, 1, true, true, f.PartitionValues, f.Size),
                        }),
                    new DeltaLine { Add = Copied() },
                ],
            "other",
            default
        );

        AddAction Copied()
        {
            var folder = Path.Combine(_lake.Folder, s_id.Prefix, $"dt={s_day:yyyy-MM-dd}");
            using var connection = _lake.Engine.Connect();
            connection.Execute($"COPY (SELECT 'b' AS code, 7.0::DOUBLE AS price) TO '{folder}/other.parquet'");
            return new AddAction(
                $"dt={s_day:yyyy-MM-dd}/other.parquet",
                new Dictionary<string, string?> { ["dt"] = $"{s_day:yyyy-MM-dd}" },
                new FileInfo(Path.Combine(folder, "other.parquet")).Length,
                1,
                true,
                """{"numRecords":1}""",
                new Dictionary<string, string> { ["unit"] = unit, ["run"] = "r" }
            );
        }
    }

    private Task<RestoreResult> RestoreAsync(long version) => new TableRestore(Table).RestoreAsync(version, default);

    private string Marker(DateOnly day, string name) =>
        Path.Combine(_lake.Folder, s_id.Prefix, $"dt={day:yyyy-MM-dd}", name);

    private async Task CommitQueryAsync(TableDefinition definition, string unit, string select)
    {
        using var staging = _lake.Lake.Stage(definition, "run");
        using var session = await _lake.Lake.OpenSessionAtAsync([], default);
        staging.AppendQuery(session, unit, s_day.AddDays(1), select, default);
        await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
    }
}
