using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Storage;

/// <summary>
/// A disk that fills up while something is under way: page by page less is free, so that it happens in turn while files
/// are staged, while they are published, while the log's entry is written and after that.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class FullDiskTests(ITestOutputHelper output) : IDisposable
{
    private const int Page = 4096;
    private static readonly DateOnly[] s_days = [.. Enumerable.Range(0, 4).Select(i => LakeFixture.Day.AddDays(i))];
    private readonly SmallDisk? _disk = SmallDisk.TryMount("4m");

    public void Dispose() => _disk?.Dispose();

    [Fact]
    public Task Commit_DiskFullAtAnyMoment_SaysSoAndIsAllOrNothing() =>
        AtAnyMomentAsync(
            async (lake, price) =>
                await lake.CommitAsync("run", [.. s_days.Select(d => (Unit(d), d, Prices(price, 40)))]),
            changesRows: true
        );

    [Fact]
    public Task Compact_DiskFullAtAnyMoment_SaysSoAndChangesNoRow() =>
        AtAnyMomentAsync(
            async (lake, price) =>
                await new TableCompactor(
                    lake.NewLake(),
                    lake.Engine,
                    TimeProvider.System,
                    new SystemIdSource()
                ).CompactAsync(LakeFixture.Prices().Id, new CompactOptions(), null, default),
            changesRows: false
        );

    [Fact]
    public async Task Vacuum_FullDisk_MakesSpace()
    {
        Assert.SkipWhen(_disk is null, "mounting a small tmpfs needs root");
        using var lake = new LakeFixture(Path.Combine(_disk.Folder, "lake"));
        for (var price = 0; price < 4; price++)
        {
            await lake.CommitAsync("p/1", LakeFixture.Day, ("a", price));
        }

        _disk.FillBut(0);
        var free = new DriveInfo(_disk.Folder).AvailableFreeSpace;
        var later = new ManualClock(TimeProvider.System.GetUtcNow().AddHours(2));
        var aged = DataLake.OnDisk(lake.Folder, lake.Engine, later, new SystemIdSource());
        var vacuum = new Vacuum(aged);
        var plan = await vacuum.PlanAsync(aged.Table(LakeFixture.Prices().Id), vacuum.Cutoff(Vacuum.Shortest), default);

        await vacuum.ApplyAsync(plan, default);

        plan.Files.ShouldBe(3);
        new DriveInfo(_disk.Folder).AvailableFreeSpace.ShouldBeGreaterThan(free);
        (await lake.RowsAsync()).ShouldBe(["a|3|2022-06-01"]);
    }

    private async Task AtAnyMomentAsync(Func<LakeFixture, double, Task> change, bool changesRows)
    {
        Assert.SkipWhen(_disk is null, "mounting a small tmpfs needs root");
        var moments = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var succeeded = false;
        for (var pages = 0; !succeeded; pages++)
        {
            pages.ShouldBeLessThan(100, "it never succeeds");
            var folder = Path.Combine(_disk.Folder, "lake");
            using (var lake = new LakeFixture(folder))
            {
                foreach (var (day, name) in s_days.SelectMany(d => new[] { (d, "/a"), (d, "/b") }))
                {
                    // Two files a day, so that there is something to merge; the first of them is what is replaced.
                    var unit = name == "/a" ? Unit(day) : Unit(day) + name;
                    await lake.CommitAsync("run", (unit, day, Prices(1, 40, name)));
                }

                var before = await lake.RowsAsync();
                _disk.FillBut(pages * Page);

                succeeded = await SucceedsAsync(() => change(lake, 2));

                var rows = await lake.RowsAsync();
                var moment = succeeded ? "none" : Moment(lake, rows.SequenceEqual(before));
                moments[moment] = moments.GetValueOrDefault(moment) + 1;
                var changed = changesRows && (succeeded || moment == "after the entry");
                (await lake.RowsAsync("SELECT sum(price) FROM ods.ods_prices")).ShouldBe(
                    [changed ? "480" : "320"],
                    $"{pages} pages free, {moment}"
                );

                _disk.Free();
                lake.Lake.Staging.Sweep("run");
                var repaired = lake.NewLake();
                await new LakeRepair(
                    repaired,
                    new CatalogFile(Path.Combine(_disk.Folder, "catalog.duckdb"), repaired)
                ).RepairAsync(default);
                var verified = await new LakeVerifier(lake.NewLake()).VerifyAsync(
                    lake.NewLake().Table(LakeFixture.Prices().Id),
                    false,
                    null,
                    default
                );
                verified.Faults.ShouldBeEmpty($"{pages} pages free, {moment}");
                await change(lake, 2);
                (await lake.RowsAsync("SELECT sum(price) FROM ods.ods_prices")).ShouldBe([changesRows ? "480" : "320"]);
            }

            Directory.Delete(folder, recursive: true);
        }

        output.WriteLine(
            "proof: a disk that fills up: " + string.Join(", ", moments.Select(m => $"{m.Key}: {m.Value}"))
        );
        moments.Keys.Count(m => m.StartsWith("while", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2);
    }

    private static async Task<bool> SucceedsAsync(Func<Task> change)
    {
        try
        {
            await change();
            return true;
        }
        catch (TidemarkException e)
        {
            e.Code.ShouldBe("DISK_FULL", e.ToString());
            e.Message.ShouldContain("Free some space");
            return false;
        }
    }

    private static string Moment(LakeFixture lake, bool rowsStand)
    {
        var entries = Directory.GetFiles(Path.Combine(lake.Folder, "ods/ods_prices/_delta_log"), "0*.json").Length;
        var files = Directory.GetFiles(lake.Folder, "part-*.parquet", SearchOption.AllDirectories).Length;
        return entries > 2 * s_days.Length ? "after the entry"
            : files > 2 * s_days.Length ? "while the entry was written"
            : rowsStand ? "while files were staged or published"
            : "unknown";
    }

    private static string Unit(DateOnly day) => $"p/{day.ToIso()}";

    private static Core.Columns.ColumnBatch Prices(double price, int rows, string prefix = "/a") =>
        LakeFixture.Batch([.. Enumerable.Range(0, rows).Select(i => ($"{prefix}{i}", (double?)price))]);
}
