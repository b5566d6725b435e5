using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Catalogs;

/// <summary>
/// What a catalog says of itself is kept while its file is the same, and a catalog that would become what it is stays.
/// </summary>
public sealed class KeptMarkTests : IDisposable
{
    private readonly LakeFixture _lake = new();
    private readonly KeptInMemory _memory = new();
    private readonly string _files;
    private readonly CatalogFile _catalog;

    public KeptMarkTests()
    {
        _files = Directory.CreateDirectory(Path.Combine(_lake.Folder, "migrations")).FullName;
        _catalog = new CatalogFile(
            Path.Combine(_lake.Folder, "catalog.duckdb"),
            _lake.Lake,
            () => [.. Directory.EnumerateFiles(_files, "*.sql").Order(StringComparer.Ordinal)],
            _memory
        );
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task IsBehind_SameFile_IsAnsweredFromWhatIsKept()
    {
        await CommitAsync(1);
        await _catalog.RefreshAsync(default);

        (await _catalog.IsBehindAsync(default)).ShouldBeFalse();
        (await _catalog.IsBehindAsync(default)).ShouldBeFalse();
        (await _catalog.LeftOutAsync(default)).ShouldBeEmpty();

        (_memory.Kept, _memory.Found).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData("a commit")]
    [InlineData("another engine's commit")]
    [InlineData("a new migration")]
    [InlineData("another file")]
    [InlineData("no file")]
    [InlineData("a changed file")]
    public async Task IsBehind_SomethingElseSince_IsSeen(string what)
    {
        await CommitAsync(1);
        await _catalog.RefreshAsync(default);
        (await _catalog.IsBehindAsync(default)).ShouldBeFalse();

        await ChangeAsync(what);

        (await _catalog.IsBehindAsync(default)).ShouldBeTrue(what);
        await _catalog.RefreshWhereNeededAsync(default);
        (await _catalog.IsBehindAsync(default)).ShouldBeFalse(what);
        _catalog.Fault().ShouldBeNull();
    }

    [Fact]
    public async Task LeftOut_AMigrationThatFails_IsReadFromWhatIsKeptAsItWas()
    {
        await CommitAsync(1);
        await File.WriteAllTextAsync(Path.Combine(_files, "101_bad.sql"), "SELECT nope\tFROM\n nothing\\", default);
        var left = (await _catalog.RefreshAsync(default)).LeftOut;

        (await _catalog.LeftOutAsync(default)).ShouldBe(left);
        (await _catalog.LeftOutAsync(default)).ShouldBe(left);

        left.ShouldHaveSingleItem().Name.ShouldBe("101_bad.sql");
        (_memory.Kept, _memory.Found).ShouldBe((1, 1));
    }

    [Fact]
    public async Task RefreshWhereNeeded_NothingSince_LeavesTheFile()
    {
        await CommitAsync(1);
        await _catalog.RefreshWhereNeededAsync(default);
        var made = File.GetLastWriteTimeUtc(_catalog.Path);

        await _catalog.RefreshWhereNeededAsync(default);

        File.GetLastWriteTimeUtc(_catalog.Path).ShouldBe(made);
    }

    private async Task ChangeAsync(string what)
    {
        switch (what)
        {
            case "a commit":
                await CommitAsync(2);
                break;
            case "another engine's commit":
                await _lake.AppendAsOthersAsync("('x', 1.0)");
                break;
            case "a new migration":
                await File.WriteAllTextAsync(
                    Path.Combine(_files, "102_fine.sql"),
                    "CREATE VIEW f AS SELECT 1",
                    default
                );
                break;
            case "another file":
                await File.WriteAllTextAsync(_catalog.Path, "no catalog", default);
                break;
            case "no file":
                File.Delete(_catalog.Path);
                break;
            default:
                using (var database = DuckDbDatabase.Open(_catalog.Path))
                using (var connection = database.Connect())
                {
                    connection.Execute("UPDATE catalog_meta.table_versions SET version = 7; CHECKPOINT");
                }

                break;
        }
    }

    private Task CommitAsync(int number) =>
        _lake.CommitAsync($"p/{number}", LakeFixture.Day, ($"c{number}", (double?)number));
}
