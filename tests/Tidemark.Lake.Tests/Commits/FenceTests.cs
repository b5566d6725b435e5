using System.Globalization;
using System.Text.Json;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Testing.Crashes;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>What a table's log does with the epochs of those who hold a lease: <c>txn</c> actions.</summary>
public sealed class FenceTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private static readonly TableId s_id = LakeFixture.Prices().Id;
    private static readonly DateTimeOffset s_taken = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private readonly LakeFixture _lake = new();
    private int _code;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Commit_UnderALease_CarriesATxnInItsOwnEntry()
    {
        await CommitAsync(Holder(7));

        var entry = await File.ReadAllLinesAsync(EntryPath(0));
        var txn = entry
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Single(line => line.TryGetProperty("txn", out _))
            .GetProperty("txn");
        txn.GetProperty("appId").GetString().ShouldBe("tidemark/control-a/china");
        txn.GetProperty("version").GetInt64().ShouldBe(7);
        txn.GetProperty("lastUpdated").GetInt64().ShouldBe(s_taken.ToUnixTimeMilliseconds());
        File.Exists(EntryPath(1)).ShouldBeFalse();
    }

    [Fact]
    public async Task Commit_OfAnOlderEpoch_IsRefusedWhateverItTouches()
    {
        await CommitAsync(Holder(7));
        await CommitAsync(Holder(8));

        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(Holder(7)));
        await CommitAsync(Holder(8));
        await CommitAsync(Holder(7) with { Lane = Lane.Options }); // another lane's affair
        await CommitAsync(fence: null); // builds have no lease
    }

    /// <summary>Nothing would be written; and yet the holder must hear that he is none any more.</summary>
    [Fact]
    public async Task Commit_OfAnOlderEpochThatChangesNothing_IsRefused()
    {
        await CommitAsync(Holder(7), "p/1", 1.0);
        await CommitAsync(Holder(8), "p/2", 1.0);

        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(Holder(7), "p/1", 1.0));
    }

    /// <summary>
    /// A control database that was made anew, or of which there is a copy, does not go around the fence of the other.
    /// </summary>
    [Fact]
    public async Task Commit_OfAnotherControlDatabase_IsHeldToTheSameEpochs()
    {
        await CommitAsync(Holder(7));

        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(Holder(6) with { Control = "control-b" }));
        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(Holder(7) with { Control = "control-b" }));
        await Should.ThrowAsync<CommitFencedException>(() =>
            CommitAsync(Holder(7) with { TakenAt = s_taken.AddMilliseconds(1) })
        );
        await CommitAsync(Holder(8) with { Control = "control-b" });
        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(Holder(7)));
    }

    /// <summary>
    /// After the last look at the lease, a moment before the entry: the put loses the race for its version and reads
    /// who has come.
    /// </summary>
    [Fact]
    public async Task Commit_StoppedBeforeThePutWhileItsPoolWasTakenOver_IsRefused()
    {
        await CommitAsync(Holder(7), "p/1", 1.0);
        var taken = false;
        var store = new WatchedStore(
            _lake.Store,
            point =>
            {
                if (point.StartsWith("before put-if-absent", StringComparison.Ordinal) && !taken)
                {
                    taken = true;
                    new LaneFences(_lake.NewLake()).FenceAsync(Holder(8), default).GetAwaiter().GetResult();
                }
            }
        );
        var stale = new DataLake(store, _lake.Lake.Staging, _lake.Engine, TimeProvider.System, new SystemIdSource());

        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(stale, Holder(7), "p/2", 9.0));

        (await _lake.RowsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Commit_WhoseLeaseIsGone_PublishesNothing()
    {
        await CommitAsync(Holder(7));
        var files = Directory.GetFiles(_lake.Folder, "part-*", SearchOption.AllDirectories).Length;
        var staged = await _lake.StageAsync(_lake.Lake, "run", ("p/9", s_day, LakeFixture.Batch(("z", 1.0))));
        var request = new CommitRequest("TEST")
        {
            Fence = Holder(7),
            EnsureAllowed = _ => throw new InvalidOperationException("the lease is gone"),
        };

        await Should.ThrowAsync<InvalidOperationException>(() =>
            _lake.Lake.Table(s_id).CommitAsync(staged, request, default)
        );

        Directory.GetFiles(_lake.Folder, "part-*", SearchOption.AllDirectories).Length.ShouldBe(files);
    }

    /// <summary>
    /// Nobody can fence a table that is not there: who makes it within the put, after he was overtaken, takes his rows
    /// back.
    /// </summary>
    [Fact]
    public async Task Commit_ThatMakesATableWhileItsPoolWasTakenOver_LeavesNoRows()
    {
        var asked = 0;
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run");
        staging.Append("p/1", s_day, LakeFixture.Batch(("a", 1.0)));
        var request = new CommitRequest("TEST")
        {
            Fence = Holder(7),
            EnsureAllowed = _ => ++asked < 3 ? Task.CompletedTask : throw new CommitFencedException("overtaken"),
        };

        await Should.ThrowAsync<CommitFencedException>(() => _lake.Lake.CommitAsync(staging, request, default));

        (await _lake.NewLake().Table(s_id).SnapshotAsync(default)).RowCount.ShouldBe(0);
        asked.ShouldBe(3); // before publishing, before the put, after it
        await CommitAsync(Holder(8), "p/1", 2.0);
        (await _lake.RowsAsync()).ShouldBe(["a|2|2022-06-01"]);
    }

    [Fact]
    public async Task Fence_EveryTableOfOursOnce_AndNoneOfOthers()
    {
        await CommitAsync(Holder(7));
        await CommitAsync(fence: null, table: "ods_never_leased");
        await CommitAsync(fence: null, table: "ods_foreign");
        var foreign = Path.Combine(_lake.Folder, "ods/ods_foreign/_delta_log/00000000000000000000.json");
        await File.WriteAllTextAsync(
            foreign,
            (await File.ReadAllTextAsync(foreign))
                .Replace("tidemark.key", "others.key", StringComparison.Ordinal)
                .Replace("\"unit\"", "\"others\"", StringComparison.Ordinal)
        );
        Directory.CreateDirectory(Path.Combine(_lake.Folder, "ods/@eaDir"));
        var fences = new LaneFences(_lake.NewLake());

        await fences.FenceAsync(Holder(8), default);
        await fences.FenceAsync(Holder(8), default);

        (await VersionsAsync("ods_prices", "ods_never_leased", "ods_foreign")).ShouldBe([1, 1, 0]);
        (await fences.NewestEpochAsync(Lane.China, default)).ShouldBe(8);
        (await fences.NewestEpochAsync(Lane.Options, default)).ShouldBe(0);
        await Should.ThrowAsync<CommitFencedException>(() => fences.FenceAsync(Holder(7), default));
        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(Holder(7), table: "ods_never_leased"));
    }

    /// <summary>Rows, files and what readers see stay as they are; so builds find nothing out of date.</summary>
    [Fact]
    public async Task Fence_ChangesNoRows()
    {
        await CommitAsync(Holder(7), "p/1", 1.0);
        var seen = await _lake.Lake.Table(s_id).SnapshotAsync(default);

        await new LaneFences(_lake.NewLake()).FenceAsync(Holder(8), default);

        (await _lake.Lake.Table(s_id).SnapshotAsync(default)).Files.Keys.ShouldBe(seen.Files.Keys);
        using var staging = _lake.Lake.Stage(LakeFixture.Prices(), "run", seen);
        staging.Append("p/1", s_day, LakeFixture.Batch(("a", 2.0)));
        (await _lake.Lake.CommitAsync(staging, new CommitRequest("BUILD"), default)).Version.ShouldBe(2);
        (await _lake.Lake.Table(s_id).HistoryAsync(default))
            .Select(h => h.Operation)
            .ShouldBe(["BUILD", "FENCE", "TEST"]);
    }

    [Fact]
    public async Task Epochs_OutliveCheckpointsCleanUpAndRestore()
    {
        await CommitAsync(Holder(7), "p/1", 1.0);
        var table = _lake.Lake.Table(s_id);
        await new LaneFences(_lake.Lake).FenceAsync(Holder(8), default);
        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        await new TableRestore(table).RestoreAsync(0, default);
        await table.CheckpointAsync(default);
        var newest = (await table.SnapshotAsync(default)).Version;
        for (var version = 0L; version < newest; version++)
        {
            File.Delete(EntryPath(version)); // as a clean-up does
        }

        var late = _lake.NewLake();

        WriterFence.NewestEpoch(await late.Table(s_id).SnapshotAsync(default), Lane.China).ShouldBe(8);
        await Should.ThrowAsync<CommitFencedException>(() => CommitAsync(late, Holder(7), "p/3", 9.0));
        await CommitAsync(late, Holder(8), "p/3", 9.0);
    }

    private static WriterFence Holder(long epoch) => new("control-a", Lane.China, epoch, s_taken);

    private string EntryPath(long version) =>
        Path.Combine(
            _lake.Folder,
            s_id.Prefix,
            $"_delta_log/{version.ToString("D20", CultureInfo.InvariantCulture)}.json"
        );

    private async Task<List<long>> VersionsAsync(params string[] tables)
    {
        var versions = new List<long>();
        foreach (var table in tables)
        {
            var snapshot = await _lake.NewLake().Table(new TableId("ods", table)).SnapshotAsync(default);
            versions.Add(snapshot.Version);
        }

        return versions;
    }

    private Task<CommitResult> CommitAsync(
        WriterFence? fence,
        string? unit = null,
        double price = 1.0,
        string? table = null
    ) => CommitAsync(_lake.Lake, fence, unit, price, table);

    private async Task<CommitResult> CommitAsync(
        DataLake lake,
        WriterFence? fence,
        string? unit = null,
        double price = 1.0,
        string? table = null
    )
    {
        var definition = LakeFixture.Prices() with { Id = new TableId("ods", table ?? s_id.Name) };
        using var staging = lake.Stage(definition, "run");
        staging.Append(unit ?? $"u/{++_code}", s_day, LakeFixture.Batch(("a", price)));
        return await lake.CommitAsync(staging, new CommitRequest("TEST") { Fence = fence }, default);
    }
}
