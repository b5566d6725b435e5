using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tests.Log;

/// <summary>What the log asks of listings, and what it does not.</summary>
public sealed class ListingTests : IDisposable
{
    private readonly LogRig _rig = new(store => new LaggingStore(store));

    private LaggingStore Store => (LaggingStore)_rig.Store;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Snapshot_ListThatLags_ReadsWhatCanBeGot()
    {
        _rig.WriteAdds(6);
        Store.IsListed = key =>
            !key.Contains("0005.json", StringComparison.Ordinal) && !key.Contains("0006", StringComparison.Ordinal);

        (await _rig.NewLog().SnapshotAsync(default)).Version.ShouldBe(6);

        // One in the middle that is not listed is there all the same.
        Store.IsListed = key => !key.Contains("0003.json", StringComparison.Ordinal);
        (await _rig.NewLog().SnapshotAsync(default)).Version.ShouldBe(6);
    }

    [Fact]
    public async Task Append_ListThatLags_NeverOverwritesWhatItDoesNotShow()
    {
        _rig.WriteAdds(6);
        Store.IsListed = key => !key.Contains("0006", StringComparison.Ordinal);
        var six = await File.ReadAllBytesAsync(_rig.EntryPath(6));

        var (snapshot, _) = await _rig.NewLog()
            .AppendAsync(_ => [new DeltaLine { Add = LogRig.Add("x") }], "x", default);

        snapshot.Version.ShouldBe(7);
        (await File.ReadAllBytesAsync(_rig.EntryPath(6))).ShouldBe(six);
    }

    [Fact]
    public async Task SnapshotAndAppend_OfAKnownVersion_ListNothing()
    {
        _rig.WriteAdds(6);
        var log = _rig.NewLog();
        await log.SnapshotAsync(default);
        var lists = Store.Lists;

        for (var i = 0; i < 20; i++)
        {
            await log.AppendAsync(_ => [new DeltaLine { Add = LogRig.Add($"x{i}") }], "x", default);
            _rig.Write(8 + (2 * i), new DeltaLine { Add = LogRig.Add($"y{i}") }); // another process
            (await log.SnapshotAsync(default)).Version.ShouldBe(8 + (2 * i));
        }

        Store.Lists.ShouldBe(lists);
    }

    [Fact]
    public async Task Clean_Entries_GoOldestFirst()
    {
        _rig.WriteAdds(12);
        await _rig.NewLog().CheckpointAsync(4, default);
        await _rig.NewLog().CheckpointAsync(11, default);
        _rig.Clock.Now = DateTimeOffset.MaxValue.AddDays(-1);

        await _rig.NewLog().CleanAsync(TimeSpan.Zero, default);

        Store.Deleted.ShouldBe([
            ".json",
            "1.json",
            "2.json",
            "3.json",
            "4.checkpoint.parquet",
            "4.json",
            "5.json",
            "6.json",
            "7.json",
            "8.json",
            "9.json",
            "10.json",
        ]);
    }

    [Fact]
    public async Task Snapshot_SiblingWhoseNameBeginsAlike_IsAnotherTable()
    {
        _rig.WriteAdds(2);
        var sibling = Path.Combine(_rig.Folder, "ods/ods_log_2/_delta_log");
        Directory.CreateDirectory(sibling);
        await File.WriteAllTextAsync(Path.Combine(sibling, "00000000000000000007.json"), "{");
        Directory.CreateDirectory(Path.Combine(_rig.LogFolder, "_sidecars"));
        await File.WriteAllTextAsync(Path.Combine(_rig.LogFolder, "_sidecars", "00000000000000000009.json"), "{");

        (await _rig.NewLog().SnapshotAsync(default)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Snapshot_CheckpointBeyondTheEntries_IsTheNewestVersion()
    {
        _rig.WriteAdds(5);
        await _rig.NewLog().CheckpointAsync(5, default);
        File.Delete(_rig.EntryPath(5));
        var log = _rig.NewLog();

        (await log.SnapshotAsync(default)).Version.ShouldBe(5);
        (await log.SnapshotAsync(default)).Version.ShouldBe(5);
        (await log.AppendAsync(_ => [new DeltaLine { Add = LogRig.Add("x") }], "x", default)).Snapshot.Version.ShouldBe(
            6
        );
        (await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAtAsync(7, default))).Code.ShouldBe(
            "VERSION_UNKNOWN"
        );
    }
}
