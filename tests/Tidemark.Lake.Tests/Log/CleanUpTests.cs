using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tests.Log;

public sealed class CleanUpTests : IDisposable
{
    private readonly LogRig _rig = new();

    public void Dispose() => _rig.Dispose();

    /// <summary>Versions 0 … 9, a day apart, the newest of today; checkpoints at 3 and 6.</summary>
    private async Task TenDaysAsync()
    {
        _rig.WriteAdds(9);
        await _rig.NewLog().CheckpointAsync(3, default);
        await _rig.NewLog().CheckpointAsync(6, default);
        for (var version = 0; version <= 9; version++)
        {
            File.SetLastWriteTimeUtc(
                _rig.EntryPath(version),
                (_rig.Clock.Now - TimeSpan.FromDays(9 - version)).UtcDateTime
            );
        }
    }

    private int[] Entries() => [.. Enumerable.Range(0, 10).Where(v => File.Exists(_rig.EntryPath(v)))];

    [Theory]
    [InlineData(100, 0)] // nothing is as old
    [InlineData(7, 0)] // 2 stood then: read from 0 on
    [InlineData(5.5, 3)] // 3 stood then
    [InlineData(4, 3)] // 4 stood then, 3 is the checkpoint before it
    [InlineData(3, 3)] // 5 was a little older, 6 is just young enough
    [InlineData(2.5, 6)]
    [InlineData(0, 6)]
    public async Task Clean_AnyRetention_KeepsWhatTheVersionsWithinItNeed(double days, int oldest)
    {
        await TenDaysAsync();
        await _rig.NewLog().CleanAsync(TimeSpan.FromDays(days), default);

        Entries().ShouldBe(Enumerable.Range(oldest, 10 - oldest));
        File.Exists(_rig.CheckpointPath(3)).ShouldBe(oldest <= 3);
        File.Exists(_rig.CheckpointPath(6)).ShouldBeTrue();
        for (var version = oldest; version <= 9; version++)
        {
            (await _rig.NewLog().SnapshotAtAsync(version, default)).Files.Count.ShouldBe(version + 1);
        }

        if (oldest > 0)
        {
            var error = await Should.ThrowAsync<TidemarkException>(() =>
                _rig.NewLog().SnapshotAtAsync(oldest - 1, default)
            );
            error.Code.ShouldBe("VERSION_GONE");
        }
    }

    [Fact]
    public async Task Clean_NewestCheckpointIsDamaged_KeepsWhatReachesAroundIt()
    {
        await TenDaysAsync();
        await File.WriteAllTextAsync(_rig.CheckpointPath(6), "damaged");

        await _rig.NewLog().CleanAsync(TimeSpan.Zero, default);

        Entries().ShouldBe(Enumerable.Range(3, 7));
        (await _rig.NewLog().SnapshotAsync(default)).Files.Count.ShouldBe(10);
    }

    [Fact]
    public async Task Clean_StoppedInTheMiddle_LeavesALogThatIsRead()
    {
        await TenDaysAsync();
        File.Delete(_rig.EntryPath(0)); // the oldest go first
        File.Delete(_rig.EntryPath(1));

        (await _rig.NewLog().SnapshotAsync(default)).Files.Count.ShouldBe(10);
        (await _rig.NewLog().HistoryAsync(default)).Count.ShouldBe(7);
        await _rig.NewLog().CleanAsync(TimeSpan.FromDays(1), default);
        Entries().ShouldBe([6, 7, 8, 9]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task History_CleanedUpWhileItIsRead_BeginsWhereTheLogDoesNow(bool asOf)
    {
        LaggingStore? store = null;
        using var rig = new LogRig(inner => store = new LaggingStore(inner));
        rig.Write(0, LogRig.Protocol(), LogRig.Metadata());
        for (var version = 1; version < 10; version++)
        {
            rig.Write(version, LogRig.Commit(version));
        }

        await rig.NewLog().CheckpointAsync(5, default);
        var log = rig.NewLog();
        store!.IsListed = key =>
        {
            if (key == DeltaLog.EntryKey(LogRig.Table.Prefix, 9))
            {
                // All is listed, nothing is read yet: another process cleans up.
                store.IsListed = _ => true;
                for (var version = 0; version < 5; version++)
                {
                    File.Delete(rig.EntryPath(version));
                }
            }

            return true;
        };

        if (asOf)
        {
            (await log.SnapshotAsOfAsync(DateTimeOffset.MaxValue, default)).Version.ShouldBe(9);
        }
        else
        {
            (await log.HistoryAsync(default)).Select(v => v.Version).ShouldBe([9, 8, 7, 6, 5]);
        }
    }

    [Theory]
    [InlineData(null, null, false)] // 30 days
    [InlineData("interval 10 days", null, true)]
    [InlineData("interval 2 weeks", null, true)]
    [InlineData("10 Days", null, true)]
    [InlineData("interval 1 week 72 hours", null, true)]
    [InlineData("interval 1 week 14 days", null, false)]
    [InlineData("interval 3 weeks", null, false)]
    [InlineData("interval 2147483647 weeks", null, false)]
    [InlineData("whenever", null, false)]
    [InlineData("interval 10 days", "false", false)]
    public async Task Append_OfACheckpoint_CleansByTheTablesRetention(string? retention, string? enabled, bool cleaned)
    {
        var properties = new List<(string, string)>();
        if (retention is not null)
        {
            properties.Add(("delta.logRetentionDuration", retention));
        }

        if (enabled is not null)
        {
            properties.Add(("delta.enableExpiredLogCleanup", enabled));
        }

        _rig.Write(0, LogRig.Protocol(), LogRig.Metadata(LogRig.Schema, [.. properties]));
        for (var version = 1; version < 100; version++)
        {
            _rig.Write(version, LogRig.Commit(version));
        }

        await _rig.NewLog().CheckpointAsync(50, default);
        foreach (var entry in Directory.GetFiles(_rig.LogFolder, "*.json"))
        {
            File.SetLastWriteTimeUtc(entry, (_rig.Clock.Now - TimeSpan.FromDays(20)).UtcDateTime);
        }

        File.SetLastWriteTimeUtc(_rig.EntryPath(99), _rig.Clock.Now.UtcDateTime);
        var log = _rig.NewLog();
        await log.AppendAsync(_ => [new DeltaLine { Add = LogRig.Add("a") }], "x", default);

        log.CheckpointFailure.ShouldBeNull();
        File.Exists(_rig.CheckpointPath(100)).ShouldBeTrue();
        File.Exists(_rig.EntryPath(49)).ShouldBe(!cleaned);
        File.Exists(_rig.EntryPath(50)).ShouldBeTrue();
    }
}
