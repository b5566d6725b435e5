using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;

namespace Tidemark.Lake.Tests.Catalogs;

/// <summary>Files of definitions/catalog that changed since the last refresh.</summary>
public sealed class ChangedFileTests : IDisposable
{
    private const string Bad = "CREATE VIEW bad AS SELECT nope FROM ods.ods_prices";
    private const string Good = "CREATE VIEW bad AS SELECT price FROM ods.ods_prices";

    private readonly LakeFixture _lake = new();
    private readonly string _files;
    private readonly CatalogFile _catalog;

    public ChangedFileTests()
    {
        _files = Directory.CreateDirectory(Path.Combine(_lake.Folder, "migrations")).FullName;
        _catalog = new CatalogFile(Path.Combine(_lake.Folder, "catalog.duckdb"), _lake.Lake, _files);
    }

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("101_bad.sql", Good, null)]
    [InlineData("101_bad.sql", null, null)]
    [InlineData("101_bad.sql", "SELECT * FROM nothing", "101_bad.sql")]
    [InlineData("102_fine.sql", "CREATE VIEW fine AS SELECT 2", "101_bad.sql")]
    [InlineData("103_new.sql", "CREATE VIEW later AS SELECT 3", "101_bad.sql")]
    [InlineData("103_new.sql", "SELEC 3", "101_bad.sql,103_new.sql")]
    [InlineData("no number.sql", "SELECT 3", "no number.sql,101_bad.sql")]
    public async Task LeftOut_AfterAFileChanged_IsAsTheFilesAreNowAndTheCatalogIsBehind(
        string name,
        string? sql,
        string? left
    )
    {
        await CommitAsync();
        Write("101_bad.sql", Bad);
        Write("102_fine.sql", "CREATE VIEW fine AS SELECT 1");
        (await _catalog.RefreshAsync(default)).LeftOut.ShouldHaveSingleItem().Name.ShouldBe("101_bad.sql");
        (await _catalog.IsBehindAsync(default)).ShouldBeFalse();

        Write(name, sql);

        (await _catalog.IsBehindAsync(default)).ShouldBeTrue();
        var now = await _catalog.LeftOutAsync(default);
        now.Select(l => l.Name).ShouldBe(left?.Split(',') ?? []);
        (await _catalog.RefreshAsync(default)).LeftOut.ShouldBe(now);
        (await _catalog.IsBehindAsync(default)).ShouldBeFalse();
        (await _catalog.LeftOutAsync(default)).ShouldBe(now);
    }

    [Fact]
    public async Task LeftOut_AfterTheTableThatAFileWaitsForIsWell_NamesTheFileNoMore()
    {
        await CommitAsync();
        await _lake.CommitAsync("p/2", LakeFixture.Day, [("c2", 2)]);
        Write("101_over.sql", "CREATE VIEW over_it AS FROM ods.ods_prices");
        var entry = Path.Combine(_lake.Folder, "ods/ods_prices/_delta_log/00000000000000000001.json");
        var whole = File.ReadAllBytes(entry);
        File.WriteAllBytes(entry, []);
        (await Anew().RefreshAsync(default)).LeftOut.Select(l => l.Name).ShouldBe(["ods.ods_prices", "101_over.sql"]);

        File.WriteAllBytes(entry, whole);

        (await Anew().LeftOutAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task LeftOut_WithoutACatalog_TellsOfTheFilesAllTheSame()
    {
        await CommitAsync();
        Write("101_bad.sql", Bad);

        (await _catalog.LeftOutAsync(default)).ShouldHaveSingleItem().Name.ShouldBe("101_bad.sql");
        File.Exists(_catalog.Path).ShouldBeFalse();
    }

    [Theory]
    [InlineData(
        "101_bad.sql",
        "CREATE VIEW half AS FROM ods.ods_prices; SELECT nope FROM ods.ods_prices",
        "CATALOG_MIGRATION"
    )]
    [InlineData("101_bad.sql", "CREATE MACRO half() AS TABLE SELEC 1", "CATALOG_MIGRATION")]
    [InlineData("bad.sql", "CREATE VIEW half AS FROM ods.ods_prices", "CATALOG_MIGRATION")]
    [InlineData(
        "101_bad.sql",
        "-- needs: ods.ods_volumes(code)\nCREATE VIEW half AS FROM ods.ods_volumes",
        "TABLE_UNKNOWN"
    )]
    public async Task Open_AQueryOfWhatAFileMakesThatIsNotApplied_SaysWhichAndWhy(string name, string sql, string code)
    {
        await CommitAsync();
        Write(name, sql);
        await _catalog.RefreshAsync(default);
        var query = sql.Contains("MACRO", StringComparison.Ordinal) ? "FROM half()" : "SELECT count(*) FROM half";

        using var reader = await _catalog.OpenAsync(new DuckDbSettings(), query, default);

        var error = Should.Throw<DuckDbException>(() => reader.Connection.Scalar(query));
        var why = reader.WhyMissing(query, error).ShouldNotBeNull();
        (why.Name, why.Code).ShouldBe((name, code));
        why.Reason.ShouldStartWith($"The catalog has no half, which {name} makes: ");
        reader.WhyMissing(query, new DuckDbException("Binder Error: no column half")).ShouldBeNull();
    }

    [Fact]
    public async Task Open_AQueryOfAFileThatWasMendedAfterTheRefresh_IsAnswered()
    {
        await CommitAsync();
        Write("101_bad.sql", Bad);
        await _catalog.RefreshAsync(default);
        Write("101_bad.sql", Good);

        const string Query = "SELECT price FROM bad";
        using var reader = await _catalog.OpenAsync(new DuckDbSettings(), Query, default);

        reader.Connection.Scalar(Query).ShouldBe(1.0);
    }

    private CatalogFile Anew() => new(_catalog.Path, _lake.NewLake(), _files);

    private Task CommitAsync() => _lake.CommitAsync("p/1", LakeFixture.Day, [("c1", 1)]);

    private void Write(string name, string? sql)
    {
        var path = Path.Combine(_files, name);
        if (sql is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, sql);
        }
    }
}
