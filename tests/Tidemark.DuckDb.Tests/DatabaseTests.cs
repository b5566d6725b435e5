namespace Tidemark.DuckDb.Tests;

public sealed class DatabaseTests
{
    [Fact]
    public void EngineVersion_OfTheLoadedLibrary_IsOneDotFive() =>
        DuckDbDatabase.EngineVersion.ShouldStartWith("v1.5.");

    [Fact]
    public void Open_WithSettings_HonoursThem()
    {
        using var folder = new TemporaryFolder();
        var settings = new DuckDbSettings(Threads: 3, MemoryLimit: "512MiB", TempDirectory: folder.File("spill"));

        using var database = DuckDbDatabase.Open(settings: settings);
        using var connection = database.Connect();

        Setting(connection, "threads").ShouldBe("3");
        Setting(connection, "memory_limit").ShouldBe("512.0 MiB");
        Setting(connection, "temp_directory").ShouldBe(folder.File("spill"));
        Setting(connection, "autoinstall_known_extensions").ShouldBe("false");
        Setting(connection, "autoload_known_extensions").ShouldBe("false");
    }

    [Fact]
    public void Open_MemoryAsAShare_IsThatShareOfTheMachine()
    {
        using var database = DuckDbDatabase.Open(settings: new DuckDbSettings(MemoryLimit: "12.5%"));
        using var connection = database.Connect();

        // DuckDB prints one decimal of a unit: compare at that precision.
        var text = Setting(connection, "memory_limit").Split(' ');
        var bytes = double.Parse(text[0]) * Math.Pow(1024, Array.IndexOf(["KiB", "MiB", "GiB", "TiB"], text[1]) + 1);
        bytes.ShouldBe(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8.0, bytes * 0.05);
    }

    [Fact]
    public void Open_WithoutATempDirectory_SpillsNowhere()
    {
        using var folder = new TemporaryFolder();
        using var database = DuckDbDatabase.Open(
            folder.File("a.db"),
            new DuckDbSettings(Threads: 1, MemoryLimit: "30MB")
        );
        using var connection = database.Connect();

        Setting(connection, "temp_directory").ShouldBe("");
        Should
            .Throw<DuckDbException>(() =>
                connection.Scalar(
                    "SELECT max(b) FROM (SELECT md5(range::VARCHAR) b, range a FROM range(3000000) ORDER BY b, a OFFSET 10)"
                )
            )
            .Message.ShouldContain("temp_directory");
    }

    [Theory]
    [InlineData("much")]
    [InlineData("much%")]
    [InlineData("0%")]
    [InlineData("101%")]
    public void Open_MemoryLimitThatIsNone_IsRefusedAndLeavesTheFileFree(string limit)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("a.db");

        Should.Throw<DuckDbException>(() => DuckDbDatabase.Open(file, new DuckDbSettings(MemoryLimit: limit)));

        using var database = DuckDbDatabase.Open(file);
        using var connection = database.Connect();
        connection.Execute("CREATE TABLE t (a INTEGER)");
    }

    [Fact]
    public void Open_ReadOnly_ReadsAndRefusesToWrite()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("a.db");
        using (var database = DuckDbDatabase.Open(file))
        using (var connection = database.Connect())
        {
            connection.Execute("CREATE TABLE t AS SELECT 42 AS a");
        }

        using var reading = DuckDbDatabase.Open(file, new DuckDbSettings(ReadOnly: true));
        using var reader = reading.Connect();

        reader.Scalar("SELECT a FROM t").ShouldBe(42L);
        Should
            .Throw<DuckDbException>(() => reader.Execute("INSERT INTO t VALUES (1)"))
            .Message.ShouldContain("read-only");
        reading.Path.ShouldBe(file);
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_SaysSoAndNamesIt()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("a.db");
        File.WriteAllText(file, new string('x', 100_000));

        Should.Throw<DuckDbException>(() => DuckDbDatabase.Open(file)).Message.ShouldContain(file);
    }

    [Fact]
    public void Open_FolderThatIsMissing_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("nowhere/a.db");

        Should.Throw<DuckDbException>(() => DuckDbDatabase.Open(file)).Message.ShouldContain(file);
    }

    [Fact]
    public void Extensions_ThatTidemarkNeeds_AreLinkedIn()
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        using var result = connection.Query(
            "SELECT extension_name FROM duckdb_extensions() WHERE loaded AND install_mode = 'STATICALLY_LINKED'"
        );

        var linked = result.Rows().Select(row => (string)row[0]!).ToList();

        linked.ShouldContain("parquet");
        linked.ShouldContain("json");
        linked.ShouldContain("icu");
    }

    private static string Setting(DuckDbConnection connection, string name) =>
        (string)connection.Scalar($"SELECT current_setting('{name}')::VARCHAR")!;
}
