using System.Globalization;
using Tidemark.Definitions.Files;
using Tidemark.Lake.Catalog;

namespace Tidemark.Lake.Tests.Catalogs;

/// <summary>A workspace's migrations of the catalog over those shipped.</summary>
public sealed class MigrationOverlayTests : IDisposable
{
    private readonly LakeFixture _lake = new();
    private readonly CatalogFile _catalog;

    public MigrationOverlayTests()
    {
        Write("shipped", "001_tables.sql", "CREATE VIEW shipped AS SELECT 1 AS x;");
        _catalog = new CatalogFile(
            Path.Combine(_lake.Folder, "catalog.duckdb"),
            _lake.Lake,
            () => DefinitionFiles.Read(Folder("shipped"), Folder("own"), CatalogScripts.Kind).Paths
        );
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Refresh_AnOwnFileOfANewNumber_IsAppliedToo()
    {
        Write("own", "100_mine.sql", "CREATE VIEW mine AS FROM shipped;");

        (await _catalog.RefreshAsync(default)).Migrations.Select(m => m.Name).ShouldBe(["tables", "mine"]);
    }

    [Fact]
    public async Task Refresh_AnOwnFileOfAShippedNumber_TakesItsPlace()
    {
        Write("own", "1_mine.sql", "CREATE VIEW mine AS SELECT 2 AS x;");

        (await _catalog.RefreshAsync(default)).Migrations.Select(m => m.Name).ShouldBe(["mine"]);
    }

    [Fact]
    public async Task Refresh_TwoOwnFilesOfOneNumber_LeaveOutTheSecond()
    {
        Write("own", "100_mine.sql", "SELECT 1;");
        Write("own", "0100_again.sql", "SELECT 1;");

        var refresh = await _catalog.RefreshAsync(default);

        refresh.Migrations.Count(m => m.Version == 100).ShouldBe(1);
        refresh.LeftOut.ShouldHaveSingleItem().Reason.ShouldContain("has the same number");
    }

    [Theory]
    [InlineData("COPY (SELECT 1) TO '{0}/written.csv'")]
    [InlineData("/* /* */ CREATE VIEW v AS */ COPY (SELECT 1) TO '{0}/written.csv'")]
    [InlineData("CREATE VIEW v AS SELECT 1 --\rCOPY (SELECT 1) TO '{0}/written.csv'")]
    [InlineData("ATTACH '{0}/other.duckdb'")]
    [InlineData("SET threads = 1")]
    [InlineData("PRAGMA enable_logging")]
    [InlineData("COMMIT")]
    [InlineData("CREATE TABLE t AS SELECT * FROM read_text('/etc/hostname')")]
    [InlineData("CREATE VIEW v AS SELECT * FROM glob('/etc/*')")]
    public async Task Refresh_AMigrationThatReachesOutOfTheCatalog_IsRefused(string sql)
    {
        Write("own", "100_mine.sql", string.Format(CultureInfo.InvariantCulture, sql, _lake.Folder));

        var left = (await _catalog.RefreshAsync(default)).LeftOut.ShouldHaveSingleItem();

        left.Code.ShouldBe("CATALOG_MIGRATION");
        left.Reason.ShouldContain("100_mine.sql:");
        Directory.GetFiles(_lake.Folder).ShouldBe([_catalog.Path]);
    }

    private string Folder(string name) => Path.Combine(_lake.Folder, "definitions", name);

    private void Write(string folder, string name, string sql)
    {
        Directory.CreateDirectory(Folder(folder));
        File.WriteAllText(Path.Combine(Folder(folder), name), sql);
    }
}
