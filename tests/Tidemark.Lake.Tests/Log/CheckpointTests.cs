using System.Text.Json;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Log;

public sealed class CheckpointTests : IDisposable
{
    private readonly LogRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Append_EveryHundredthVersion_WritesACheckpointAndTheHint()
    {
        _rig.WriteAdds(98);
        var log = _rig.NewLog();
        for (var i = 99; i <= 101; i++)
        {
            await log.AppendAsync(_ => [new DeltaLine { Add = LogRig.Add($"f{i}") }], "x", default);
        }

        log.CheckpointFailure.ShouldBeNull();
        Directory
            .GetFiles(_rig.LogFolder, "*.checkpoint.parquet")
            .ShouldHaveSingleItem()
            .ShouldBe(_rig.CheckpointPath(100));
        var hint = JsonDocument.Parse(File.ReadAllBytes(_rig.HintPath)).RootElement;
        hint.GetProperty("version").GetInt64().ShouldBe(100);
        hint.GetProperty("size").GetInt64().ShouldBe(103); // 101 files, protocol, metaData
        hint.GetProperty("numOfAddFiles").GetInt64().ShouldBe(101);
        hint.GetProperty("sizeInBytes").GetInt64().ShouldBe(new FileInfo(_rig.CheckpointPath(100)).Length);
        Directory.GetFileSystemEntries(Path.Combine(_rig.Folder, "_staging")).ShouldBeEmpty();
        (await _rig.NewLog().SnapshotAsync(default)).Files.Count.ShouldBe(102);
    }

    [Fact]
    public async Task Snapshot_CheckpointAlone_HoldsEverythingThatTheEntriesSaid()
    {
        _rig.Write(
            0,
            LogRig.Protocol(),
            LogRig.Metadata(LogRig.Schema, ("tidemark.columnsAdded", "true"), ("x", "y")),
            new DeltaLine { Add = LogRig.Add("a", 3, "unit/a") },
            new DeltaLine { Add = LogRig.Add("b", 4) },
            new DeltaLine { Txn = new TransactionAction("app", 6) }
        );
        _rig.Write(
            1,
            new DeltaLine { Remove = LogRig.Remove("b") },
            new DeltaLine { Txn = new TransactionAction("app", 7, 12) },
            new DeltaLine { Txn = new TransactionAction("other", 1) },
            new DeltaLine
            {
                Add = LogRig.Add("c") with
                {
                    PartitionValues = new Dictionary<string, string?> { ["dt"] = null, ["ü"] = "é'\"\\" },
                    Stats = null,
                    Tags = null,
                },
            }
        );
        var before = await _rig.NewLog().SnapshotAsync(default);
        await _rig.NewLog().CheckpointAsync(1, default);
        File.Delete(_rig.EntryPath(0));
        File.Delete(_rig.EntryPath(1));

        var after = await _rig.NewLog().SnapshotAsync(default);
        after.Version.ShouldBe(1);
        Described(after).ShouldBe(Described(before));
        after.Units.ShouldBe(["unit/a"]);
        after.RowCount.ShouldBe(3);
        after.SchemaChanged.ShouldBeTrue();
        after.Transactions["app"].ShouldBe(new TransactionAction("app", 7, 12));
        after.Transactions["other"].ShouldBe(new TransactionAction("other", 1));
    }

    [Fact]
    public async Task Checkpoint_RemovedFiles_AreKeptUntilTheirTimeHasPassed()
    {
        var now = _rig.Clock.Now;
        long Ago(int days) => (now - TimeSpan.FromDays(days)).ToUnixTimeMilliseconds();
        _rig.WriteAdds(2);
        _rig.Write(3, new DeltaLine { Remove = LogRig.Remove("f0", Ago(8)) });
        _rig.Write(4, new DeltaLine { Remove = LogRig.Remove("f1", Ago(6)) });
        _rig.Write(5, new DeltaLine { Remove = LogRig.Remove("f2", Ago(1)) });
        await _rig.NewLog().CheckpointAsync(4, default);
        _rig.Write(6, new DeltaLine { Add = LogRig.Add("f2") }); // back again: no longer removed

        await _rig.NewLog().CheckpointAsync(6, default);
        RemovedIn(4).ShouldBe(["dt=2022-06-01/f1.parquet"]);
        RemovedIn(6).ShouldBe(["dt=2022-06-01/f1.parquet"]);

        _rig.Clock.Now += TimeSpan.FromDays(2);
        _rig.Write(7, LogRig.Commit(1));
        await _rig.NewLog().CheckpointAsync(7, default);
        RemovedIn(7).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{\"version\":")]
    [InlineData("{\"version\":3,\"size\":5}")] // older than the newest
    [InlineData("{\"version\":77,\"size\":5}")] // never was
    [InlineData("{\"version\":-4,\"size\":5}")]
    [InlineData("{\"version\":6,\"size\":5,\"sizeInBytes\":1}")]
    public async Task Snapshot_HintMissingOldOrWrong_FindsTheNewestCheckpoint(string? hint)
    {
        _rig.WriteAdds(8);
        await _rig.NewLog().CheckpointAsync(3, default);
        await _rig.NewLog().CheckpointAsync(6, default);
        File.Delete(_rig.HintPath);
        if (hint is not null)
        {
            await File.WriteAllTextAsync(_rig.HintPath, hint);
        }

        // Damaged entries before the checkpoint show that it is the newest that was read.
        for (var i = 0; i <= 5; i++)
        {
            await File.WriteAllTextAsync(_rig.EntryPath(i), "{");
        }

        var snapshot = await _rig.NewLog().SnapshotAsync(default);
        (snapshot.Version, snapshot.Files.Count).ShouldBe((8, 9));
    }

    [Fact]
    public async Task Snapshot_CheckpointInParts_IsReadWhenAllOfThemAreThere()
    {
        _rig.WriteAdds(6);
        await _rig.NewLog().CheckpointAsync(4, default);
        Split(4, 3);
        File.Delete(_rig.HintPath);
        File.Delete(_rig.EntryPath(2)); // without the checkpoint this is a gap

        (await _rig.NewLog().SnapshotAsync(default)).Files.Count.ShouldBe(7);

        File.Delete(PartPath(4, 2, 3));
        (await Should.ThrowAsync<TidemarkException>(() => _rig.NewLog().SnapshotAsync(default))).Code.ShouldBe(
            "LOG_GAP"
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Snapshot_DamagedCheckpoint_FallsBackToWhatIsWhole(bool olderCheckpoint)
    {
        _rig.WriteAdds(8);
        if (olderCheckpoint)
        {
            await _rig.NewLog().CheckpointAsync(3, default);
            File.Delete(_rig.EntryPath(1));
        }

        await _rig.NewLog().CheckpointAsync(6, default);
        var bytes = await File.ReadAllBytesAsync(_rig.CheckpointPath(6));
        await File.WriteAllBytesAsync(_rig.CheckpointPath(6), bytes[..(bytes.Length / 2)]);

        var snapshot = await _rig.NewLog().SnapshotAsync(default);
        (snapshot.Version, snapshot.Files.Count).ShouldBe((8, 9));
    }

    [Fact]
    public async Task Snapshot_DamagedCheckpointAndNoWayAround_NamesTheFile()
    {
        _rig.WriteAdds(8);
        await _rig.NewLog().CheckpointAsync(6, default);
        await File.WriteAllTextAsync(_rig.CheckpointPath(6), "PAR1 this is none PAR1");
        File.Delete(_rig.EntryPath(0));

        var error = await Should.ThrowAsync<TidemarkException>(() => _rig.NewLog().SnapshotAsync(default));
        error.Code.ShouldBe("LOG_CORRUPT");
        error.Message.ShouldContain("00000000000000000006.checkpoint.parquet");
        error.Message.ShouldContain("backup");
    }

    [Fact]
    public async Task Snapshot_V2Checkpoint_IsRefusedOnlyWhenThereIsNoOtherWay()
    {
        _rig.WriteAdds(4);
        await File.WriteAllTextAsync(
            Path.Combine(_rig.LogFolder, "00000000000000000003.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json"),
            "{}"
        );
        (await _rig.NewLog().SnapshotAsync(default)).Version.ShouldBe(4);

        File.Delete(_rig.EntryPath(0));
        var error = await Should.ThrowAsync<TidemarkException>(() => _rig.NewLog().SnapshotAsync(default));
        error.Code.ShouldBe("TABLE_UNSUPPORTED");
        error.Message.ShouldContain("v2Checkpoint");
    }

    [Fact]
    public async Task Append_CheckpointThatFails_LeavesTheCommitAndSaysWhy()
    {
        _rig.WriteAdds(99);
        // Where the checkpoint would be staged there is a file.
        await File.WriteAllTextAsync(Path.Combine(_rig.Folder, "_staging"), "");
        var log = _rig.NewLog();

        var (snapshot, isNew) = await log.AppendAsync(_ => [new DeltaLine { Add = LogRig.Add("x") }], "x", default);

        (snapshot.Version, isNew).ShouldBe((100, true));
        log.CheckpointFailure.ShouldNotBeNull().Message.ShouldContain("_staging");
        (await _rig.NewLog().SnapshotAsync(default)).Version.ShouldBe(100);
    }

    [Fact]
    public async Task LacksCheckpoint_AfterTwoThatFailed_UntilOneIsWritten()
    {
        _rig.WriteAdds(198);
        var lake = new DataLake(_rig.Store, _rig.Staging, _rig.Engine, _rig.Clock, new Core.SystemIdSource());
        var table = lake.Table(LogRig.Table);
        (await table.LacksCheckpointAsync(default)).ShouldBeFalse();
        _rig.Write(199, LogRig.Commit(1));
        (await table.LacksCheckpointAsync(default)).ShouldBeTrue();

        await table.CheckpointAsync(default);

        (await table.LacksCheckpointAsync(default)).ShouldBeFalse();
        File.Exists(_rig.CheckpointPath(199)).ShouldBeTrue();
    }

    [Fact]
    public async Task Snapshot_GapAfterTheCheckpoint_IsFound()
    {
        _rig.WriteAdds(8);
        await _rig.NewLog().CheckpointAsync(4, default);
        File.Delete(_rig.EntryPath(6));

        (await Should.ThrowAsync<TidemarkException>(() => _rig.NewLog().SnapshotAsync(default))).Code.ShouldBe(
            "LOG_GAP"
        );
    }

    [Fact]
    public async Task Snapshot_ProcessThatSleptThroughACleanUp_ReadsTheLogAnew()
    {
        _rig.WriteAdds(3);
        var sleeper = _rig.NewLog();
        (await sleeper.SnapshotAsync(default)).Version.ShouldBe(3);
        for (var i = 4; i <= 9; i++)
        {
            _rig.Write(i, new DeltaLine { Add = LogRig.Add($"f{i}") });
        }

        await _rig.NewLog().CheckpointAsync(8, default);
        for (var i = 0; i <= 7; i++)
        {
            File.Delete(_rig.EntryPath(i));
        }

        // Entry 4 is not there, yet 3 is not the newest version: nothing may be written at 4.
        var (snapshot, _) = await sleeper.AppendAsync(_ => [new DeltaLine { Add = LogRig.Add("x") }], "x", default);
        snapshot.Version.ShouldBe(10);
        snapshot.Files.Count.ShouldBe(11);
        File.Exists(_rig.EntryPath(4)).ShouldBeFalse();
    }

    internal static string Described(TableSnapshot snapshot) =>
        JsonSerializer.Serialize(
            new
            {
                snapshot.Version,
                snapshot.Protocol,
                snapshot.Metadata,
                Files = snapshot
                    .Files.Values.OrderBy(f => f.Path, StringComparer.Ordinal)
                    .Select(f => f with { DataChange = false }),
                Transactions = snapshot.Transactions.OrderBy(t => t.Key, StringComparer.Ordinal),
            }
        );

    private string PartPath(long version, int part, int parts) =>
        Path.Combine(_rig.LogFolder, $"{version:D20}.checkpoint.{part:D10}.{parts:D10}.parquet");

    private void Split(long version, int parts)
    {
        using var connection = _rig.Engine.Connect();
        for (var part = 1; part <= parts; part++)
        {
            connection.Execute(
                $"COPY (SELECT * FROM read_parquet('{_rig.CheckpointPath(version)}', file_row_number = true) WHERE file_row_number % {parts} = {part - 1}) TO '{PartPath(version, part, parts)}' (FORMAT parquet)"
            );
        }

        File.Delete(_rig.CheckpointPath(version));
    }

    private List<string> RemovedIn(long version)
    {
        using var connection = _rig.Engine.Connect();
        using var result = connection.Query(
            $"SELECT remove.path FROM '{_rig.CheckpointPath(version)}' WHERE remove.path IS NOT NULL ORDER BY 1"
        );
        return [.. result.Rows().Select(r => (string)r[0]!)];
    }
}
