using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Testing.Crashes;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// A batch is made while the one before it is committed. The store holds a commit at its log entry, until what the test
/// wants to see has happened to the batch that is made meanwhile.
/// </summary>
public sealed class OverlappingBatchTests : IDisposable
{
    private const string Copy =
        "/* { partition: dt, key: [code], mode: range, reach: { ods.ods_price: day } } */\n"
        + "SELECT code, price, dt FROM ods.ods_price WHERE dt BETWEEN '${RANGE_FROM}' AND '${RANGE_TO}'";

    private const string BeforeEntry = "before put-if-absent entry";

    private static readonly TableId s_copy = new("dwd", "dwd_copy");
    private readonly Workshop _shop = new();

    public OverlappingBatchTests() => _shop.Write("dwd/dwd_copy.sql", Copy);

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Build_ManyBatches_CommitsInOrderWhileTheNextIsMadeAndHoldsTwoAtMost()
    {
        await FillAsync(8);
        using var made = new Gate();
        var held = new List<int>();
        var build = Builder(At(BeforeEntry, made.Wait), unitsMax: 2);

        var result = await build.BuildAsync(
            _shop.Load(),
            new BuildRequest("run", []),
            new Watch(p =>
            {
                held.Add(StagingsHeld());
                // The rows of the second batch stand while the first has no version yet; so with those that follow.
                if (p.Done >= 4)
                {
                    made.Open();
                }
            }),
            default
        );

        result.Built.Select(b => (b.Dt, b.Version)).ShouldBe(Days(8).Select((d, i) => ((DateOnly?)d, i / 2L)));
        held.Max().ShouldBe(2);
    }

    [Fact]
    public async Task Build_ABatchFailsAfterOneThatIsBeingCommitted_TheFirstIsPublishedAndTheRestOfTheSecond()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("price, dt", "CASE WHEN price = 3 THEN error('no') ELSE price END AS price, dt")
        );
        await FillAsync(4);

        var result = await Builder(_shop.Lake.Store, unitsMax: 2)
            .BuildAsync(_shop.Load(), new("run", []), null, default);

        result.Failed.Select(f => (f.Dt, f.Code)).ShouldBe([(Days(4)[2], "BUILD_SQL")]);
        result
            .Built.Select(b => (b.Dt!.Value, b.Version))
            .ShouldBe([(Days(4)[0], 0), (Days(4)[1], 0), (Days(4)[3], 1)]);
    }

    [Fact]
    public async Task Build_MoreFailingDaysThanAreTried_PublishesTheGoodOnesOfTheirBatch()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("price, dt", "CASE WHEN price % 2 = 0 THEN error('no') ELSE price END AS price, dt")
        );
        await FillAsync(12);
        var builder = new WarehouseBuilder(_shop.Lake, TimeProvider.System, new BuildLimits(FailuresMax: 3));

        var result = await builder.BuildAsync(_shop.Load(), new("run", []), null, default);

        result.Failed.Select(f => f.Code).ShouldBe(["BUILD_SQL", "BUILD_SQL", "BUILD_SQL", "BUILD_GIVEN_UP"]);
        result.Built.Select(b => b.Dt!.Value).ShouldBe([Days(12)[0], Days(12)[2], Days(12)[4]]);
        result.Failed[^1].Error.ShouldContain("6 of its days");
    }

    [Fact]
    public async Task Build_MoreDaysBreakTheKeyThanAreTried_PublishesTheOthersOfTheirBatch()
    {
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("SELECT code", "SELECT CASE WHEN price > 2 THEN 'x' ELSE code END AS code")
        );
        await FillAsync(6);
        var builder = new WarehouseBuilder(_shop.Lake, TimeProvider.System, new BuildLimits(FailuresMax: 3));

        var result = await builder.BuildAsync(_shop.Load(), new("run", []), null, default);

        result.Failed.Select(f => f.Code).ShouldBe(["BUILD_KEY", "BUILD_KEY", "BUILD_KEY", "BUILD_KEY"]);
        result.Built.Select(b => b.Dt!.Value).ShouldBe(Days(2));
        (await RowsAsync("DISTINCT price")).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Build_CancelledWhileABatchIsBeingCommitted_PublishesThatAndNoMore()
    {
        await FillAsync(6);
        using var stop = new CancellationTokenSource();
        using var made = new Gate();
        var build = Builder(At(BeforeEntry, made.Wait), unitsMax: 2);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            build.BuildAsync(
                _shop.Load(),
                new BuildRequest("run", []),
                new Watch(p =>
                {
                    if (p.Done >= 4)
                    {
                        stop.Cancel();
                        made.Open();
                    }
                }),
                stop.Token
            )
        );

        (await RowsAsync("DISTINCT dt")).ShouldBe(Days(2).Select(d => d.ToIso()));
        StagingsHeld().ShouldBe(0);
        (await _shop.BuildAsync(_shop.Load())).Built.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Build_CommitFailsWhileTheNextBatchIsMade_PublishesNothingOfTheNext()
    {
        await FillAsync(6);
        using var made = new Gate();
        var full = new TidemarkException(ErrorKind.Storage, "DISK_FULL", "no space");
        var store = At(
            BeforeEntry,
            () =>
            {
                made.Wait();
                throw full;
            }
        );

        var result = await Builder(store, unitsMax: 2)
            .BuildAsync(
                _shop.Load(),
                new BuildRequest("run", []),
                new Watch(p =>
                {
                    if (p.Done >= 4)
                    {
                        made.Open();
                    }
                }),
                default
            );

        result.Failed.Select(f => f.Code).ShouldBe(["DISK_FULL"]);
        result.Built.ShouldBeEmpty();
        (await _shop.Lake.Table(s_copy).SnapshotAsync(default)).Exists.ShouldBeFalse();
        StagingsHeld().ShouldBe(0);
    }

    [Fact]
    public async Task Build_AnotherBuiltNewerRowsWhileABatchIsBeingCommitted_PutsNeitherBatchOverThem()
    {
        await FillAsync(6);
        var project = _shop.Load();
        using var made = new Gate();
        var build = Builder(At(BeforeEntry, made.Wait), unitsMax: 2);

        var result = await build.BuildAsync(
            project,
            new BuildRequest("run", []),
            new Watch(p =>
            {
                if (p.Done < 4 || made.IsOpen)
                {
                    return;
                }

                _shop.FillPricesAsync(Days(1)[0], "('a', 100)").GetAwaiter().GetResult();
                _shop.FillPricesAsync(Days(3)[2], "('a', 300)").GetAwaiter().GetResult();
                _shop.BuildAsync(project).GetAwaiter().GetResult().Built.Count.ShouldBe(6);
                made.Open();
            }),
            default
        );

        result.IsSuccess.ShouldBeTrue();
        result.Built.ShouldBeEmpty(); // all of it stood when it was looked at again
        (await RowsAsync("price")).ShouldBe(["100", "2", "2", "300", "4", "4", "5", "5", "6", "6"], ignoreOrder: true);
        (await _shop.BuildAsync(project)).Built.ShouldBeEmpty();
    }

    [Fact]
    public async Task Build_AnInputChangesWhileABatchIsBeingCommitted_BothAreOfWhatWasSeenAndStaleAfterwards()
    {
        await FillAsync(4);
        var project = _shop.Load();
        using var made = new Gate();
        var build = Builder(At(BeforeEntry, made.Wait), unitsMax: 2);

        var result = await build.BuildAsync(
            project,
            new BuildRequest("run", []),
            new Watch(p =>
            {
                if (p.Done >= 4 && !made.IsOpen)
                {
                    _shop.FillPricesAsync(Days(1)[0], "('a', 100)").GetAwaiter().GetResult();
                    _shop.FillPricesAsync(Days(4)[3], "('a', 400)").GetAwaiter().GetResult();
                    made.Open();
                }
            }),
            default
        );

        result.Built.Count.ShouldBe(4);
        (await RowsAsync("price")).ShouldBe(["1", "1", "2", "2", "3", "3", "4", "4"]);
        (await _shop.BuildAsync(project)).Built.Select(b => b.Dt!.Value).ShouldBe([Days(1)[0], Days(4)[3]]);
    }

    [Fact]
    public async Task Build_AnInputFileOfTheSecondBatchCannotBeRead_FailsItsDayAloneAndBuildsTheOthersInOrder()
    {
        await FillAsync(12);
        var input = await _shop.Lake.Table(Workshop.Sources[0].Id).SnapshotAsync(default);
        var file = input.Files.Values.Single(f => f.PartitionValues.Values.Contains(Days(12)[5].ToIso()));
        var path = _shop.Lake.Store.ReadablePath($"ods/ods_price/{file.Path}");
        await File.WriteAllBytesAsync(path, new byte[file.Size], default);

        // By another engine, as in another process: one that has read a file's footer does not look again.
        using var fresh = new Workshop(_shop);
        var builder = new WarehouseBuilder(fresh.Lake, TimeProvider.System, new BuildLimits(UnitsMax: 4));
        var result = await builder.BuildAsync(_shop.Load(), new BuildRequest("run", []), null, default);

        result.Failed.ShouldHaveSingleItem().Dt.ShouldBe(Days(12)[5]);
        result.Built.Select(b => b.Dt!.Value).ShouldBe(Days(12).Except([Days(12)[5]]));
        result.Built.Select(b => b.Version).ShouldBeInOrder();
    }

    private static DateOnly[] Days(int count) => [.. Enumerable.Range(0, count).Select(Workshop.Day1.AddDays)];

    /// <summary>Two codes a day; the n-th day has the price n.</summary>
    private async Task FillAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _shop.FillPricesAsync(Days(count)[i], $"('a', {i + 1}), ('b', {i + 1})");
        }
    }

    private Task<List<string>> RowsAsync(string what) =>
        _shop.RowsAsync($"SELECT {what} FROM dwd.dwd_copy ORDER BY ALL");

    private WatchedStore At(string point, Action action) =>
        new(
            _shop.Lake.Store,
            passing =>
            {
                if (passing == point)
                {
                    action();
                }
            }
        );

    private WarehouseBuilder Builder(IObjectStore store, int unitsMax) =>
        new(_shop.LakeOn(store), TimeProvider.System, new BuildLimits(UnitsMax: unitsMax));

    /// <summary>Batches whose rows the engine holds.</summary>
    private int StagingsHeld()
    {
        using var connection = _shop.Engine.Connect();
        using var result = connection.Query(
            "SELECT count(*) FROM duckdb_tables() WHERE starts_with(table_name, 'stage_')"
        );
        return (int)(long)result.Rows().Single()[0]!;
    }

    private sealed class Watch(Action<BuildProgress> seen) : IProgress<BuildProgress>
    {
        public void Report(BuildProgress value) => seen(value);
    }

    /// <summary>Holds who comes before it is opened; never longer than a test may hang.</summary>
    private sealed class Gate : IDisposable
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
        private readonly ManualResetEventSlim _open = new();

        public bool IsOpen => _open.IsSet;

        public void Open() => _open.Set();

        public void Dispose() => _open.Dispose();

        public void Wait() =>
            _open.Wait(s_patience).ShouldBeTrue("nothing was made while the batch before was committed");
    }
}
