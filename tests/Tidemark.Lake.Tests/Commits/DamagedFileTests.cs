using Tidemark.Core;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Lake.Tests.Compaction;
using Tidemark.Testing;
using Tidemark.Testing.Stores;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// Units whose files are gone or damaged get other rows: what cannot be read counts as nothing and leaves the table.
/// </summary>
public sealed class DamagedFileTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commit_SameRowsOverAFileThatIsGone_AreWrittenAgain(bool isEmpty)
    {
        (string, double?)[] rows = isEmpty ? [] : [("a", 1.0), ("b", 2.0)];
        await _lake.CommitAsync("u/1", s_day, rows);
        File.Delete(DataFiles().Single());

        var result = await _lake.CommitAsync("u/1", s_day, rows);

        result.IsNewVersion.ShouldBeTrue();
        result
            .Counts["u/1"]
            .ShouldBe(new UnitCounts(rows.Length, 0, 0, 0) { UnreadFiles = 1, UnreadRows = rows.Length });
        (await _lake.RowsAsync("SELECT count(*) FROM ods.ods_prices")).ShouldBe([$"{rows.Length}"]);
        (await LostAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_OneBitChangedInAFileThatStillReads_IsReplaced()
    {
        await _lake.CommitAsync("u/1", s_day, ("a", 1.0));
        var file = DataFiles().Single();
        var bytes = File.ReadAllBytes(file);
        bytes[5] ^= 1;
        File.WriteAllBytes(file, bytes);

        var result = await _lake.CommitAsync("u/1", s_day, ("a", 1.0));

        result.Counts["u/1"].UnreadFiles.ShouldBe(1);
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01"]);
    }

    [Fact]
    public async Task Commit_FifoInThePlaceOfAFile_DoesNotWait()
    {
        await _lake.CommitAsync("u/1", s_day, ("a", 1.0));
        var file = DataFiles().Single();
        File.Delete(file);
        using (var made = System.Diagnostics.Process.Start("mkfifo", [file]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        (await LostAsync()).ShouldHaveSingleItem();
        (await _lake.CommitAsync("u/1", s_day, ("a", 1.0))).Counts["u/1"].UnreadFiles.ShouldBe(1);
        (await LostAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_OneUnitOfAMergedFileThatIsGone_LeavesNothingOfTheOthersAndTheTableReads()
    {
        using var rig = new CompactionRig();
        await rig.Fixture.CommitAsync("slot/1", s_day, ("a", 1.0));
        await rig.Fixture.CommitAsync("slot/2", s_day, ("b", 2.0));
        await rig.Fixture.CommitAsync("slot/3", s_day.AddDays(1), ("c", 3.0));
        await rig.CompactAsync();
        var merged = (await rig.SnapshotAsync()).FilesOf("slot/1").Single();
        File.Delete(Path.Combine(rig.Fixture.Folder, "ods/ods_prices", merged.Path));

        var result = await rig.Fixture.CommitAsync("slot/2", s_day, ("b", 2.0));

        result.Counts["slot/2"].UnreadRows.ShouldBe(2, "with that of slot/1");
        var snapshot = await rig.SnapshotAsync();
        snapshot.HasUnit("slot/1").ShouldBeFalse("its rows were in the file that is gone");
        (await rig.Fixture.RowsAsync()).ShouldBe(["b|2|2022-06-01", "c|3|2022-06-02"]);
    }

    [Fact]
    public async Task Commit_ShrinkingUnitWhoseFileIsHalfOfWhatItHad_KeepsTheRest()
    {
        await _lake.CommitAsync("u/1", s_day, ("a", 1.0), ("b", 2.0));
        await _lake.CommitAsync("u/2", s_day.AddDays(1), ("c", 3.0));
        File.Delete(DataFiles().Single(f => f.Contains("dt=2022-06-01", StringComparison.Ordinal)));

        await _lake.CommitAsync("u/2", s_day.AddDays(1), ("c", 4.0));

        (await LostAsync()).ShouldHaveSingleItem().Units.ShouldBe(["u/1"], "nobody asked for it");
    }

    [Fact]
    public async Task Damage_OfARemoteLake_IsSeenAndMendedThoughACopyIsHere()
    {
        using var store = new InMemoryObjectStore(new ManualClock(DateTimeOffset.UnixEpoch));
        var lake = Remote(store);
        await CommitAsync(lake, "u/1", 1.0);
        var snapshot = await lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default);
        await store.DeleteAsync("ods/ods_prices/" + snapshot.Files.Keys.Single(), default);

        (await lake.DamageAsync(default)).Files.ShouldHaveSingleItem().Code.ShouldBe("OBJECT_MISSING");
        var counts = await CommitAsync(lake, "u/1", 1.0);

        counts.UnreadFiles.ShouldBe(1);
        (await lake.DamageAsync(default)).Files.ShouldBeEmpty();
    }

    [Fact]
    public async Task Commit_OverAFileThatTheStoreDoesNotGive_KeepsIt()
    {
        using var store = new InMemoryObjectStore(new ManualClock(DateTimeOffset.UnixEpoch));
        var lake = Remote(store);
        await CommitAsync(lake, "u/1", 1.0);
        store.Refused = ".parquet";

        var error = await Should.ThrowAsync<Core.Errors.TidemarkException>(() => CommitAsync(lake, "u/1", 2.0));

        error.Code.ShouldBe("OBJECT_DAMAGED");
        error.Message.ShouldContain("It may be whole");
        store.Refused = null;
        (await lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default)).Version.ShouldBe(0);
        (await CommitAsync(lake, "u/1", 2.0)).Updated.ShouldBe(1);
    }

    [Fact]
    public async Task Diff_VersionWhoseFileIsGone_SaysSoInOurWords()
    {
        await _lake.CommitAsync("u/1", s_day, ("a", 1.0));
        var old = await _lake.Lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default);
        await _lake.CommitAsync("u/1", s_day, ("a", 2.0));
        File.Delete(Path.Combine(_lake.Folder, "ods/ods_prices", old.Files.Keys.Single()));
        var newest = await _lake.Lake.Table(LakeFixture.Prices().Id).SnapshotAsync(default);

        var error = await Should.ThrowAsync<Core.Errors.TidemarkException>(() =>
            new TableDiff(_lake.Lake).DiffAsync(old, newest, 3, default)
        );

        error.Code.ShouldBe("VERSION_VACUUMED");
        error.Message.ShouldContain("The oldest version that can be read is 1.");
    }

    private DataLake Remote(InMemoryObjectStore store) =>
        new(
            store,
            new StagingArea(Path.Combine(_lake.Folder, "_remote")),
            _lake.Engine,
            TimeProvider.System,
            new SystemIdSource()
        );

    private static async Task<UnitCounts> CommitAsync(DataLake lake, string unit, double price)
    {
        using var staging = lake.Stage(LakeFixture.Prices(), "run");
        staging.Append(unit, s_day, LakeFixture.Batch(("a", price)));
        return (await lake.CommitAsync(staging, new CommitRequest("TEST"), default)).Counts[unit];
    }

    private async Task<IReadOnlyList<DamagedFile>> LostAsync() => (await _lake.NewLake().DamageAsync(default)).Files;

    private string[] DataFiles() =>
        Directory.GetFiles(Path.Combine(_lake.Folder, "ods/ods_prices"), "*.parquet", SearchOption.AllDirectories);
}
