using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tests.Log;
using Tidemark.Testing;

namespace Tidemark.Lake.Tests.Catalogs;

public sealed class CatalogTests : IDisposable
{
    private readonly LakeFixture _lake = new();
    private readonly string _migrations;
    private readonly CatalogFile _catalog;

    public CatalogTests()
    {
        _migrations = Directory.CreateDirectory(Path.Combine(_lake.Folder, "migrations")).FullName;
        _catalog = new CatalogFile(Path.Combine(_lake.Folder, "catalog.duckdb"), _lake.Lake, _migrations);
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Refresh_Migrations_AreAppliedInOrderOfTheirNumbersAfterTheViews()
    {
        await CommitAsync(1);
        Migration("010_second.sql", "CREATE VIEW cheap AS SELECT * FROM base WHERE price < 3;");
        Migration("9_first.sql", "-- a comment; with a semicolon\nCREATE VIEW base AS FROM ods.ods_prices;\n;\n");

        var refresh = await _catalog.RefreshAsync(default);

        refresh.Migrations.Select(m => (m.Version, m.Name)).ShouldBe([(9, "first"), (10, "second")]);
        Scalar("SELECT count(*) FROM cheap").ShouldBe(1L);
        Scalar("SELECT string_agg(version || name, ',' ORDER BY version) FROM catalog_meta.schema_migrations")
            .ShouldBe("9first,10second");
        Scalar(
                "SELECT count(*) FROM catalog_meta.schema_migrations WHERE length(sha256) = 64 AND applied_at IS NOT NULL"
            )
            .ShouldBe(2L);
    }

    [Fact]
    public async Task Refresh_AChangedOrRemovedMigration_IsWhatTheNextFileHas()
    {
        await CommitAsync(1);
        Migration("001_a.sql", "CREATE VIEW a AS SELECT 1 AS x;");
        Migration("002_b.sql", "CREATE VIEW b AS SELECT 1 AS x;");
        await _catalog.RefreshAsync(default);
        var before = _catalog.AppliedMigrations();

        Migration("001_a.sql", "CREATE VIEW a AS SELECT 2 AS x;");
        File.Delete(Path.Combine(_migrations, "002_b.sql"));
        await _catalog.RefreshAsync(default);

        Convert.ToInt64(Scalar("SELECT x FROM a")).ShouldBe(2);
        var after = _catalog.AppliedMigrations();
        before.Keys.Order().ShouldBe([1, 2]);
        after.Keys.ShouldBe([1]);
        after[1].ShouldNotBe(before[1]);
    }

    [Theory]
    [InlineData("SELECT 1;\n\nCREATE VIEW x AS\n  SELECT nope FROM ods.ods_prices;", ":4: Binder Error")]
    [InlineData("SELECT 1;\n\nCREATE VIEW x AS SELEC 1;", ":3: Parser Error")]
    [InlineData("SELECT ';';\n-- why\nDROP VIEW nothing;\nSELECT 1;", ":3: Catalog Error")]
    public async Task Refresh_AFailingMigration_IsNamedByFileAndLineAndTakesOnlyItself(string sql, string expected)
    {
        await CommitAsync(1);
        await _catalog.RefreshAsync(default);
        await CommitAsync(2);
        Migration("001_bad.sql", sql);
        Migration("002_fine.sql", "CREATE VIEW fine AS SELECT count(*) AS n FROM ods.ods_prices");

        var refresh = await _catalog.RefreshAsync(default);

        var left = refresh.LeftOut.ShouldHaveSingleItem();
        (left.Name, left.Code, left.IsTable).ShouldBe(("001_bad.sql", "CATALOG_MIGRATION", false));
        left.Reason.ShouldContain("001_bad.sql" + expected);
        (await _catalog.LeftOutAsync(default)).ShouldBe(refresh.LeftOut);
        refresh.Migrations.Select(m => m.Version).ShouldBe([2]);
        Scalar("SELECT n FROM fine").ShouldBe(2L, "of the newest version");
        Directory.GetFiles(_lake.Folder, "catalog.duckdb*").Length.ShouldBe(1);
    }

    [Fact]
    public async Task Refresh_DiskThatIsFullDuringAMigration_BlamesTheDiskAndLeavesTheCatalog()
    {
        await CommitAsync(1);
        await _catalog.RefreshAsync(default);
        Migration("001_mine.sql", "SELECT error('No space left on device')");

        var error = await Should.ThrowAsync<TidemarkException>(() => _catalog.RefreshAsync(default));

        error.Code.ShouldBe("DISK_FULL");
        Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(1L);
        Directory.GetFiles(_lake.Folder, "catalog.duckdb*").Length.ShouldBe(1);
    }

    [Fact]
    public async Task Refresh_AMigrationThatBuildsOnAFailingOne_WaitsForIt()
    {
        await CommitAsync(1);
        Migration("001_bad.sql", "CREATE VIEW x AS SELECT nope FROM ods.ods_prices");
        Migration("002_on_it.sql", "CREATE VIEW y AS SELECT * FROM x");

        var refresh = await _catalog.RefreshAsync(default);

        refresh.LeftOut.Select(l => l.Name).ShouldBe(["001_bad.sql", "002_on_it.sql"]);
        refresh.LeftOut[1].Reason.ShouldContain("it reads x, which is left out");
        Migration("001_bad.sql", "CREATE VIEW x AS SELECT count(*) AS n FROM ods.ods_prices");
        (await _catalog.RefreshAsync(default)).LeftOut.ShouldBeEmpty();
        Scalar("SELECT n FROM y").ShouldBe(1L);
    }

    [Theory]
    [InlineData("views.sql")]
    [InlineData("x01_views.sql")]
    [InlineData("001-views.sql")]
    [InlineData("01_again.sql")]
    public async Task Refresh_AMigrationWithABadNameOrATakenNumber_IsLeftOut(string name)
    {
        Migration("001_fine.sql", "SELECT 1");
        Migration(name, "SELECT 1");

        var refresh = await _catalog.RefreshAsync(default);

        refresh.Migrations.Count.ShouldBe(1);
        var left = refresh.LeftOut.ShouldHaveSingleItem();
        left.Code.ShouldBe("CATALOG_MIGRATION");
        left.Reason.ShouldContain(":1: ");
    }

    [Fact]
    public async Task Refresh_WhileAReaderHasTheFileOpen_NeitherDisturbsItNorWaitsForIt()
    {
        await CommitAsync(1);
        await _catalog.RefreshAsync(default);
        using var database = DuckDbDatabase.Open(_catalog.Path, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        for (var rows = 2; rows <= 6; rows++)
        {
            await CommitAsync(rows);
            await _catalog.RefreshAsync(default);

            connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(1L, "the reader keeps its version");
            Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe((long)rows);
        }
    }

    [Fact]
    public async Task Refresh_OvertakenByAnotherProcess_StillEndsWithTheNewestVersions()
    {
        await CommitAsync(1);
        var store = new LaggingStore(_lake.Store);
        var slow = new DataLake(
            store,
            new StagingArea(Path.Combine(_lake.Folder, "_staging")),
            _lake.Engine,
            TimeProvider.System,
            new SystemIdSource()
        );
        store.Reading = () =>
        {
            // It has read the versions and is writing its file: another process commits, refreshes and is done first.
            store.Reading = () => { };
            Task.Run(async () =>
                {
                    await CommitAsync(2);
                    await _catalog.RefreshAsync(default);
                })
                .GetAwaiter()
                .GetResult();
        };

        var refresh = await new CatalogFile(_catalog.Path, slow, _migrations).RefreshAsync(default);

        refresh.Versions["ods.ods_prices"].ShouldBe(1);
        Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(2L);
        (await _catalog.IsBehindAsync(default)).ShouldBeFalse();
        Directory.GetFiles(_lake.Folder, "catalog.duckdb.tmp-*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ods")]
    [InlineData("ods/ods_prices")]
    public async Task Open_FolderThatIsALinkToAnotherDisk_CanBeRead(string link)
    {
        using var elsewhere = new LakeFixture();
        await CommitAsync(3);
        var path = Path.Combine(_lake.Folder, link);
        var target = Path.Combine(elsewhere.Folder, "there");
        Directory.Move(path, target);
        Directory.CreateSymbolicLink(path, target);
        await _catalog.RefreshAsync(default);

        using var reader = await _catalog.OpenAsync(new DuckDbSettings(), "", default);
        var connection = reader.Connection;

        connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(3L);
        connection.Scalar("SELECT count(*) FROM ods.ods_prices_dt('2022-06-01')").ShouldBe(3L);
        var other = Path.Combine(elsewhere.Folder, "other.csv");
        File.WriteAllText(other, "a");
        Should.Throw<DuckDbException>(() => connection.Scalar($"SELECT * FROM '{other}'"));
    }

    [Fact]
    public async Task Refresh_FolderThatIsReadOnly_SaysSo()
    {
        using var disk = SmallDisk.TryMount("8m");
        Assert.SkipWhen(disk is null, "mounting a small tmpfs needs root");
        await CommitAsync(1);
        disk.MakeReadOnly();

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            new CatalogFile(Path.Combine(disk.Folder, "catalog.duckdb"), _lake.Lake).RefreshAsync(default)
        );

        error.Code.ShouldBe("STORE_READ_ONLY");
    }

    [Fact]
    public async Task Catalog_CopiedElsewhere_IsReadByAnyDuckDb()
    {
        await CommitAsync(3);
        await _catalog.RefreshAsync(default);
        using var elsewhere = new LakeFixture();
        var copy = Path.Combine(elsewhere.Folder, "copy.duckdb");
        File.Copy(_catalog.Path, copy);

        using var database = DuckDbDatabase.Open(copy);
        using var connection = database.Connect();

        connection.Scalar("SELECT count(*) FROM ods.ods_prices_dt('2022-06-01')").ShouldBe(3L);
    }

    [Fact]
    public async Task ShippedMigrations_OnALakeWithAndWithoutTables_ShowWhatIsThere()
    {
        var shipped = Path.Combine(SourceTree.Root, "definitions", "catalog");
        var catalog = new CatalogFile(_catalog.Path, _lake.Lake, shipped);
        (await catalog.RefreshAsync(default)).Migrations.ShouldNotBeEmpty();
        Scalar("SELECT count(*) FROM catalog_meta.tables").ShouldBe(0L);

        await CommitAsync(3);
        await catalog.RefreshAsync(default);

        Scalar("SELECT table_name || ' ' || version || ' ' || row_count || ' ' || files FROM catalog_meta.tables")
            .ShouldBe("ods.ods_prices 0 3 1");
    }

    [Fact]
    public async Task Refresh_AMigrationWhoseNeedsAreNotMet_WaitsForThem()
    {
        Migration(
            "001_a.sql",
            "-- needs: ods.ods_prices(code, price)\nCREATE VIEW a AS SELECT price FROM ods.ods_prices;"
        );
        Migration("002_b.sql", "-- needs: ods.ods_prices(volume)\nCREATE VIEW b AS SELECT volume FROM ods.ods_prices;");

        (await _catalog.RefreshAsync(default)).Migrations.ShouldBeEmpty();
        await CommitAsync(1);
        var refresh = await _catalog.RefreshAsync(default);

        refresh.Migrations.Select(m => m.Version).ShouldBe([1]);
        _catalog.AppliedMigrations().Keys.ShouldBe([1]);
        Scalar("SELECT count(*) FROM a").ShouldBe(1L);
    }

    private Task CommitAsync(int rows) =>
        _lake.CommitAsync("p/1", LakeFixture.Day, [.. Enumerable.Range(1, rows).Select(i => ($"c{i}", (double?)i))]);

    private void Migration(string name, string sql) => File.WriteAllText(Path.Combine(_migrations, name), sql);

    private object? Scalar(string sql)
    {
        using var database = DuckDbDatabase.Open(_catalog.Path, new DuckDbSettings(ReadOnly: true));
        using var connection = database.Connect();
        return connection.Scalar(sql);
    }
}
