using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tests.Log;

public sealed class TimeTravelTests : IDisposable
{
    private readonly LogRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    [Fact]
    public async Task SnapshotAsOf_AMoment_IsTheNewestVersionCommittedByThen()
    {
        _rig.WriteAdds(5); // version N at 1,000 × (N + 1)
        var log = _rig.NewLog();

        (await log.SnapshotAsOfAsync(At(3_000), default)).Version.ShouldBe(2);
        (await log.SnapshotAsOfAsync(At(3_999), default)).Version.ShouldBe(2);
        (await log.SnapshotAsOfAsync(At(4_000), default)).Version.ShouldBe(3);
        (await log.SnapshotAsOfAsync(At(99_000), default)).Version.ShouldBe(5);
        var error = await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAsOfAsync(At(999), default));
        error.Code.ShouldBe("VERSION_UNKNOWN");
        error.Message.ShouldContain("1970-01-01 00:00:01");
    }

    [Fact]
    public async Task SnapshotAsOf_ClocksThatDiffer_NeverGoBackwards()
    {
        _rig.WriteAdds(0);
        _rig.Write(1, LogRig.Commit(50_000)); // a writer whose clock is ahead
        _rig.Write(2, LogRig.Commit(2_000));
        _rig.Write(3, LogRig.Commit(60_000));
        var log = _rig.NewLog();

        (await log.SnapshotAsOfAsync(At(2_000), default)).Version.ShouldBe(0);
        (await log.SnapshotAsOfAsync(At(50_000), default)).Version.ShouldBe(1);
        (await log.SnapshotAsOfAsync(At(50_001), default)).Version.ShouldBe(2);
        (await log.SnapshotAsOfAsync(At(60_000), default)).Version.ShouldBe(3);
    }

    [Fact]
    public async Task SnapshotAsOf_EntryThatDoesNotSayWhen_TakesWhenItWasWritten()
    {
        _rig.Write(0, LogRig.Protocol(), LogRig.Metadata());
        _rig.Write(1, new DeltaLine { Add = LogRig.Add("a") });
        File.SetLastWriteTimeUtc(_rig.EntryPath(0), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_rig.EntryPath(1), new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var then = new DateTimeOffset(2020, 6, 1, 0, 0, 0, TimeSpan.Zero);
        (await _rig.NewLog().SnapshotAsOfAsync(then, default)).Version.ShouldBe(0);
    }

    [Fact]
    public async Task SnapshotAt_AnyVersion_StartsFromTheNearestCheckpoint()
    {
        _rig.WriteAdds(9);
        await _rig.NewLog().CheckpointAsync(3, default);
        await _rig.NewLog().CheckpointAsync(6, default);
        await File.WriteAllTextAsync(_rig.EntryPath(1), "damaged"); // only who replays from 0 sees it
        var log = _rig.NewLog();

        for (var version = 3; version <= 9; version++)
        {
            var snapshot = await log.SnapshotAtAsync(version, default);
            (snapshot.Version, snapshot.Files.Count).ShouldBe((version, version + 1));
        }

        (await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAtAsync(2, default))).Code.ShouldBe(
            "LOG_CORRUPT"
        );
    }

    [Fact]
    public async Task SnapshotAt_VersionsThatAreGoneOrNeverWere_AreToldApart()
    {
        _rig.WriteAdds(9);
        await _rig.NewLog().CheckpointAsync(4, default);
        for (var version = 0; version < 4; version++)
        {
            File.Delete(_rig.EntryPath(version));
        }

        var log = _rig.NewLog();
        var gone = await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAtAsync(3, default));
        gone.Code.ShouldBe("VERSION_GONE");
        gone.Message.ShouldContain("is 4");
        (await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAsOfAsync(At(4_000), default))).Code.ShouldBe(
            "VERSION_GONE"
        );
        (await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAtAsync(10, default))).Code.ShouldBe(
            "VERSION_UNKNOWN"
        );
        (await Should.ThrowAsync<TidemarkException>(() => log.SnapshotAtAsync(-1, default))).Code.ShouldBe(
            "VERSION_UNKNOWN"
        );
        (await log.SnapshotAtAsync(4, default)).Files.Count.ShouldBe(5);
        (await log.SnapshotAsOfAsync(At(5_500), default)).Version.ShouldBe(4);
    }

    [Fact]
    public async Task History_AfterTheLogWasCleaned_TellsOfWhatRemains()
    {
        _rig.WriteAdds(3);
        _rig.Write(
            4,
            LogRig.Commit(5_000),
            new DeltaLine { Remove = LogRig.Remove("f1") },
            new DeltaLine { Remove = LogRig.Remove("never") },
            new DeltaLine { Add = LogRig.Add("f9", rows: 7) }
        );
        _rig.Write(5, LogRig.Commit(6_000), new DeltaLine { Add = LogRig.Add("f9", rows: 8) });
        var whole = await _rig.NewLog().HistoryAsync(default);
        whole
            .Select(h => (h.Version, h.Rows, h.Files, h.Bytes, h.Timestamp!.Value.ToUnixTimeMilliseconds()))
            .ShouldBe([
                (5, 11, 4, 400, 6_000),
                (4, 10, 4, 400, 5_000),
                (3, 4, 4, 400, 4_000),
                (2, 3, 3, 300, 3_000),
                (1, 2, 2, 200, 2_000),
                (0, 1, 1, 100, 1_000),
            ]);

        await _rig.NewLog().CheckpointAsync(3, default);
        for (var version = 0; version < 3; version++)
        {
            File.Delete(_rig.EntryPath(version));
        }

        (await _rig.NewLog().HistoryAsync(default)).ShouldBe(whole.Take(3));
    }
}
