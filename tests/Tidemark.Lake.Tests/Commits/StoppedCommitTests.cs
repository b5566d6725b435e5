using Tidemark.Core;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing;
using Tidemark.Testing.Crashes;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// A writer that is stopped between publishing its files and writing the entry, for hours, while a vacuum goes over the
/// table: before the put, or within it.
/// </summary>
public sealed class StoppedCommitTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private static readonly TableId s_id = LakeFixture.Prices().Id;
    private readonly LakeFixture _lake = new();
    private readonly ManualClock _clock = new(TimeProvider.System.GetUtcNow());
    private bool _isOver;

    public void Dispose() => _lake.Dispose();

    public static TheoryData<string> Moments => ["after publish", "before put-if-absent"];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Commit_StoppedUntilAVacuumTookItsFiles_NamesNoneOfThem(string moment)
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        var lake = Stopped(moment);

        await Should.ThrowAsync<CommitConflictException>(async () =>
        {
            using var staging = lake.Stage(LakeFixture.Prices(), "run");
            staging.Append("p/1", s_day, LakeFixture.Batch(("a", 2.0)));
            await lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        });

        await ShouldBeWholeAsync();
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Compact_StoppedUntilAVacuumTookItsFiles_NamesNoneOfThem(string moment)
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        var lake = Stopped(moment);
        var compactor = new TableCompactor(lake, _lake.Engine, _clock, new SystemIdSource());

        await Should.ThrowAsync<CommitConflictException>(() =>
            compactor.CompactAsync(s_id, new CompactOptions(), null, default)
        );

        await ShouldBeWholeAsync();
    }

    private async Task ShouldBeWholeAsync()
    {
        _isOver.ShouldBeTrue();
        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|1|2022-06-01"]);
        var snapshot = await _lake.NewLake().Table(s_id).SnapshotAsync(default);
        snapshot.Files.Keys.ShouldAllBe(f => File.Exists(Path.Combine(_lake.Folder, s_id.Prefix, f)));
        snapshot.Units.ShouldBe(["p/1", "p/2"], ignoreOrder: true);
    }

    /// <summary>
    /// The lake of a process that is stopped at a moment for two hours, in which a vacuum removes what nobody names.
    /// </summary>
    private DataLake Stopped(string moment)
    {
        var store = new WatchedStore(
            _lake.Store,
            point =>
            {
                if (point.StartsWith(moment, StringComparison.Ordinal) && !_isOver)
                {
                    _isOver = true;
                    _clock.Advance(TimeSpan.FromHours(2));
                    VacuumAsync().GetAwaiter().GetResult();
                }
            }
        );
        return new DataLake(store, _lake.Lake.Staging, _lake.Engine, _clock, new SystemIdSource());
    }

    private async Task VacuumAsync()
    {
        var other = new DataLake(_lake.Store, _lake.Lake.Staging, _lake.Engine, _clock, new SystemIdSource());
        var vacuum = new Vacuum(other);
        var plan = await vacuum.PlanAsync(other.Table(s_id), vacuum.Cutoff(Vacuum.Shortest), default);
        plan.Files.ShouldBeGreaterThan(0);
        await vacuum.ApplyAsync(plan, default);
    }
}
