using Tidemark.Core;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Testing.Crashes;

namespace Tidemark.Lake.Tests.Maintenance;

/// <summary>A restore whose process is stopped after it was asked for, while others commit.</summary>
public sealed class StoppedRestoreTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private static readonly TableId s_id = LakeFixture.Prices().Id;
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Restore_StoppedWhileRowsWereCommitted_IsRefusedAndTheyStand()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/1", s_day, ("a", 2.0));

        await Should.ThrowAsync<CommitConflictException>(() =>
            RestoreAsync(0, () => _lake.CommitAsync("p/2", s_day, ("b", 9.0)))
        );

        (await _lake.RowsAsync()).ShouldBe(["a|2|2022-06-01", "b|9|2022-06-01"]);
    }

    [Fact]
    public async Task Restore_StoppedWhileTheTableWasCompacted_Lands()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 2.0));
        await _lake.CommitAsync("p/2", s_day, ("b", 3.0));
        var compactor = new TableCompactor(_lake.NewLake(), _lake.Engine, TimeProvider.System, new SystemIdSource());

        await RestoreAsync(1, () => compactor.CompactAsync(s_id, new CompactOptions(), null, default));

        (await _lake.RowsAsync()).ShouldBe(["a|1|2022-06-01", "b|2|2022-06-01"]);
    }

    /// <summary>Restores by a process that is stopped before it writes the entry.</summary>
    private async Task RestoreAsync(long version, Func<Task> meanwhile)
    {
        var isOver = false;
        var store = new WatchedStore(
            _lake.Store,
            point =>
            {
                if (point.StartsWith("before put-if-absent", StringComparison.Ordinal) && !isOver)
                {
                    isOver = true;
                    meanwhile().GetAwaiter().GetResult();
                }
            }
        );
        var lake = new DataLake(store, _lake.Lake.Staging, _lake.Engine, TimeProvider.System, new SystemIdSource());
        await new TableRestore(lake.Table(s_id)).RestoreAsync(version, default);
        isOver.ShouldBeTrue();
    }
}
