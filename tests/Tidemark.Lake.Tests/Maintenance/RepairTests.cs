using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Maintenance;

public sealed class RepairTests : IDisposable
{
    private static readonly DateOnly s_day = LakeFixture.Day;
    private readonly LakeFixture _lake = new();
    private readonly CatalogFile _catalog;

    public RepairTests() => _catalog = new CatalogFile(Path.Combine(_lake.Folder, "catalog.duckdb"), _lake.Lake);

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Repair_MarkersOutOfStep_WritesThoseAlone()
    {
        for (var i = 0; i < 5; i++)
        {
            await _lake.CommitAsync($"p/{i}", s_day.AddDays(i), ("a", i));
        }

        await _catalog.RefreshAsync(default);
        File.Delete(Marker(0, "manifest.json"));
        File.Delete(Marker(1, "_SUCCESS"));
        File.WriteAllText(Marker(2, "manifest.json"), "{ not json");
        File.Copy(Marker(3, "manifest.json"), Marker(4, "manifest.json"), overwrite: true);
        Directory.CreateDirectory(Path.GetDirectoryName(Marker(9, "_SUCCESS"))!);
        File.WriteAllText(Marker(9, "_SUCCESS"), "");
        var untouched = File.GetLastWriteTimeUtc(Marker(3, "manifest.json"));

        var named = await new LakeRepair(_lake.Lake, _catalog).MarkersAsync(default);
        named.Count.ShouldBe(5);
        named.ShouldAllBe(f => f.Advice.Contains("doctor --repair"));

        (await RepairAsync()).ShouldBe(["ods.ods_prices: markers of 5 partitions written again"]);

        for (var i = 0; i < 5; i++)
        {
            Manifest.FromJson(File.ReadAllBytes(Marker(i, "manifest.json")))!.Dt.ShouldBe($"2022-06-0{i + 1}");
            File.Exists(Marker(i, "_SUCCESS")).ShouldBeTrue();
        }

        File.Exists(Marker(9, "_SUCCESS")).ShouldBeFalse();
        File.GetLastWriteTimeUtc(Marker(3, "manifest.json")).ShouldBe(untouched);
        (await RepairAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Repair_Leftovers_GoWhenTheyAreOldAndNotBefore()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        await _catalog.RefreshAsync(default);
        var old = Written(".tmp-old", TimeSpan.FromHours(2));
        var young = Written(".tmp-young", TimeSpan.FromMinutes(5));
        var refresh = Written("../../catalog.duckdb.tmp-4711", TimeSpan.FromHours(2));
        var orphan = Written("dt=2022-06-01/part-nobody-00000.parquet", TimeSpan.FromDays(90));
        _lake.Lake.ClaimStaging("dead").Dispose();
        using var alive = StagingClaim.Take(_lake.Lake.Staging, "alive");

        var done = await RepairAsync();

        done.Count.ShouldBe(3);
        done.ShouldContain("1 interrupted write removed from the lake");
        File.Exists(old).ShouldBeFalse();
        File.Exists(refresh).ShouldBeFalse();
        File.Exists(young).ShouldBeTrue();
        File.Exists(orphan).ShouldBeTrue("a repair deletes no data file");
        _lake.Lake.Staging.Runs().ShouldNotContain("dead");
        _lake.Lake.Staging.Runs().ShouldContain("alive");
    }

    [Fact]
    public async Task Repair_ACatalogThatIsBehindOrUnreadable_RefreshesIt()
    {
        await _lake.CommitAsync("p/1", s_day, ("a", 1.0));
        (await RepairAsync()).ShouldHaveSingleItem().ShouldEndWith("catalog.duckdb refreshed: 1 table");
        (await RepairAsync()).ShouldBeEmpty();

        await _lake.CommitAsync("p/2", s_day, ("b", 1.0));
        (await RepairAsync()).ShouldHaveSingleItem().ShouldContain("refreshed");

        await File.WriteAllTextAsync(_catalog.Path, "no database");
        (await RepairAsync()).ShouldHaveSingleItem().ShouldContain("refreshed");
    }

    private Task<IReadOnlyList<string>> RepairAsync() => new LakeRepair(_lake.Lake, _catalog).RepairAsync(default);

    private string Marker(int day, string name) =>
        Path.Combine(_lake.Folder, "ods/ods_prices", $"dt={s_day.AddDays(day):yyyy-MM-dd}", name);

    private string Written(string name, TimeSpan ago)
    {
        var file = Path.GetFullPath(Path.Combine(_lake.Folder, "ods/ods_prices", name));
        File.WriteAllText(file, "left");
        File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime - ago);
        return file;
    }
}
