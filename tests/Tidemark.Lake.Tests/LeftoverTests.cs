using Tidemark.Lake.Catalog;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tests;

/// <summary>
/// What killed processes leave is removed by the next one, and what a living one uses is not: the lock falls with the
/// process.
/// </summary>
public sealed class LeftoverTests : IDisposable
{
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Refresh_FilesOfARefreshThatWasKilled_AreRemovedAndThoseOfALivingOneStay()
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1));
        var path = Path.Combine(_lake.Folder, "catalog.duckdb");
        foreach (
            var name in (string[])[".tmp-dead", ".tmp-dead.wal", ".tmp-dead.claim", ".tmp-alive", ".tmp-unclaimed"]
        )
        {
            File.WriteAllText(path + name, "x");
        }

        using var alive = ClaimFile.Take(path + ".tmp-alive.claim");

        await new CatalogFile(path, _lake.Lake).RefreshAsync(default);

        string[] left =
        [
            .. Directory
                .GetFiles(_lake.Folder, "catalog.duckdb*")
                .Select(f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal),
        ];
        left.ShouldBe([
            "catalog.duckdb",
            "catalog.duckdb.tmp-alive",
            "catalog.duckdb.tmp-alive.claim",
            "catalog.duckdb.tmp-unclaimed", // an earlier version's, perhaps at work
        ]);
        File.SetLastWriteTimeUtc(path + ".tmp-unclaimed", TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2));
        await new CatalogFile(path, _lake.Lake).RefreshAsync(default);
        File.Exists(path + ".tmp-unclaimed").ShouldBeFalse();
        File.Exists(path + ".tmp-alive").ShouldBeTrue();
    }

    [Fact]
    public void Sweep_SpillFolders_OnlyThoseOfProcessesThatAreNoMore()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_lake.Folder, "tmp")).FullName;
        string Folder(string name) => Directory.CreateDirectory(Path.Combine(temporary, name)).FullName;
        var dead = Folder("tidemark-spill-dead");
        File.WriteAllText(Path.Combine(dead, ".claim"), "");
        File.WriteAllText(Path.Combine(dead, "duckdb_temp_storage-0.tmp"), "rows");
        var unclaimed = Folder("tidemark-spill-unclaimed");
        var other = Folder("somebody-elses");
        File.WriteAllText(Path.Combine(other, ".claim"), "");
        Directory.CreateSymbolicLink(Path.Combine(temporary, "tidemark-spill-link"), other);
        using var alive = SpillFolder.TryMake(Path.Combine(temporary, "tidemark-spill-alive"));

        SpillFolder.Sweep(temporary).ShouldBe([dead]);

        Directory.Exists(alive!.Path).ShouldBeTrue();
        Directory.Exists(unclaimed).ShouldBeTrue();
        File.Exists(Path.Combine(other, ".claim")).ShouldBeTrue();
    }

    [Fact]
    public void Engine_ThatIsOpened_SweepsBesideItAndTakesItsOwnFolderAway()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_lake.Folder, "tmp")).FullName;
        var dead = Directory.CreateDirectory(Path.Combine(temporary, "tidemark-spill-dead")).FullName;
        File.WriteAllText(Path.Combine(dead, ".claim"), "");
        var own = SpillFolder.NewPath(temporary, "own");

        using (var engine = new LakeEngine(new EngineOptions(1, "100MB"), own))
        {
            using var connection = engine.Connect();
            Directory.GetDirectories(temporary).ShouldBe([own]);
        }

        Directory.GetDirectories(temporary).ShouldBeEmpty();
    }

    [Fact]
    public void Engine_WhereNothingMayBeMade_WorksInMemory()
    {
        var file = Path.Combine(_lake.Folder, "a-file");
        File.WriteAllText(file, "");

        using var engine = new LakeEngine(new EngineOptions(1, "100MB"), Path.Combine(file, "tidemark-spill-x"));
        using var connection = engine.Connect();

        connection.Scalar("SELECT 1 + 1").ShouldBe(2);
    }
}
