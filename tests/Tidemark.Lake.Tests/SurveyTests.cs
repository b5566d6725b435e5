using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests;

/// <summary>
/// One bad thing in the lake takes only itself: the other tables go on, and the bad one is named with its reason.
/// </summary>
public sealed class SurveyTests : IDisposable
{
    private const string Bad = "ods.ods_bad";
    private readonly LakeFixture _lake = new();
    private readonly CatalogFile _catalog;

    public SurveyTests() => _catalog = new CatalogFile(Path.Combine(_lake.Folder, "catalog.duckdb"), _lake.Lake);

    public static TheoryData<string, string, string> BadThings { get; } =
        new()
        {
            { "a copy", "ods.ods_prices.bak", "TABLE_NAME_INVALID" },
            { "a folder of a NAS", "ods.@eaDir", "TABLE_NAME_INVALID" },
            { "an export", Bad, "TABLE_WITHOUT_LOG" },
            { "an entry cut within a line", Bad, "LOG_CORRUPT" },
            { "an entry cut between two lines", Bad, "LOG_CORRUPT" },
            { "an entry of 0 bytes", Bad, "LOG_CORRUPT" },
            { "an entry of blanks", Bad, "LOG_CORRUPT" },
            { "an entry of zeros", Bad, "LOG_CORRUPT" },
            { "a version missing in the middle", Bad, "LOG_GAP" },
            { "the first version missing", Bad, "LOG_GAP" },
            { "a schema that is none", Bad, "LOG_CORRUPT" },
            { "a partition column without type", Bad, "TABLE_UNSUPPORTED" },
            { "deletion vectors", Bad, "TABLE_UNSUPPORTED" },
            { "a deletion vector that the protocol has not", Bad, "TABLE_UNSUPPORTED" },
            { "a column mapping that the protocol has not", Bad, "TABLE_UNSUPPORTED" },
            { "a file of another place", Bad, "TABLE_UNSUPPORTED" },
            { "a file above the table", Bad, "TABLE_UNSUPPORTED" },
            { "a day that is none", Bad, "TABLE_UNSUPPORTED" },
            { "a type of its own", Bad, "TYPE_UNSUPPORTED" },
        };

    public void Dispose() => _lake.Dispose();

    [Theory]
    [MemberData(nameof(BadThings))]
    public async Task Survey_OneBadThing_IsLeftOutWithItsReasonAndTheOthersAreThere(
        string what,
        string name,
        string code
    )
    {
        await GoodAsync();
        Spoil(what);

        var survey = await _lake.NewLake().SurveyAsync(default);

        survey.Tables.Select(t => t.Table.ToString()).ShouldBe(["ods.ods_prices"]);
        var left = survey.LeftOut.ShouldHaveSingleItem();
        (left.Name, left.Code).ShouldBe((name, code));
        left.Reason.ShouldContain(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
    }

    [Theory]
    [MemberData(nameof(BadThings))]
    public async Task Refresh_OneBadThing_ShowsTheOthersAndSaysWhyWhenItIsAskedFor(
        string what,
        string name,
        string code
    )
    {
        await GoodAsync();
        Spoil(what);
        var catalog = new CatalogFile(_catalog.Path, _lake.NewLake());

        var refresh = await catalog.RefreshAsync(default);

        refresh.Versions.Keys.ShouldBe(["ods.ods_prices"]);
        refresh.LeftOut.ShouldHaveSingleItem().Code.ShouldBe(code);
        (await catalog.IsBehindAsync(default)).ShouldBeFalse();
        using var reader = await catalog.OpenAsync(new DuckDbSettings(), "", default);
        reader.Connection.Scalar("SELECT count(*) FROM ods.ods_prices").ShouldBe(2L);
        reader.WhyMissing("SELECT * FROM ods.ods_prices").ShouldBeNull();
        if (name == Bad)
        {
            const string Query = "SELECT count(*) FROM ods.ods_bad";
            Should.Throw<DuckDbException>(() => reader.Connection.Scalar(Query));
            reader.WhyMissing(Query).ShouldNotBeNull().Code.ShouldBe(code);
        }
    }

    [Fact]
    public async Task Survey_TableOfAnotherEngineDividedByItsOwnColumn_IsReadWithTheValuesOfTheLog()
    {
        await GoodAsync();
        using (var connection = _lake.Engine.Connect())
        {
            Directory.CreateDirectory(Path.Combine(_lake.Folder, "ods/ods_ext/anywhere"));
            connection.Execute(
                $"COPY (SELECT 7::BIGINT AS n) TO '{_lake.Folder}/ods/ods_ext/anywhere/a.parquet' (FORMAT parquet)"
            );
        }

        Log(
            "ods_ext",
            0,
            """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""",
            Metadata(Field("n", "long") + "," + Field("region", "string"), "region"),
            """{"add":{"path":"anywhere/a.parquet","partitionValues":{"region":"emea"},"size":1,"modificationTime":1,"dataChange":true}}"""
        );
        await _catalog.RefreshAsync(default);

        using var reader = await _catalog.OpenAsync(new DuckDbSettings(), "", default);

        reader.LeftOut.ShouldBeEmpty();
        reader.Connection.Scalar("SELECT n || region FROM ods.ods_ext").ShouldBe("7emea");
    }

    [Fact]
    public async Task Refresh_TableWhoseFilesAreGone_IsLeftOutAndTheOthersAreThere()
    {
        await GoodAsync();
        await BadAsync(commits: 1);
        foreach (var file in Directory.GetFiles(At("ods_bad"), "*.parquet", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        var refresh = await _catalog.RefreshAsync(default);

        refresh.Versions.Keys.ShouldBe(["ods.ods_prices"]);
        var left = refresh.LeftOut.ShouldHaveSingleItem();
        (left.Name, left.Code, left.Version).ShouldBe((Bad, "TABLE_UNREADABLE", 0));
        (await _catalog.IsBehindAsync(default)).ShouldBeFalse();
    }

    [Fact]
    public async Task Open_TableThatWasMendedAfterTheRefresh_IsRead()
    {
        await GoodAsync();
        await BadAsync(commits: 1);
        var taken = Directory.CreateDirectory(Path.Combine(At("ods_bad"), "_delta_log", "00000000000000000001.json"));
        var catalog = new CatalogFile(_catalog.Path, _lake.NewLake());
        (await catalog.RefreshAsync(default)).LeftOut.ShouldHaveSingleItem().Code.ShouldBe("LOG_CORRUPT");
        taken.Delete();

        const string Query = "SELECT count(*) FROM ods.ods_bad";
        using var reader = await catalog.OpenAsync(new DuckDbSettings(), Query, default);

        reader.Connection.Scalar(Query).ShouldBe(1L);
        reader.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public async Task Refresh_MigrationThatNamesWhatIsLeftOut_WaitsAndIsAppliedWhenItIsWell()
    {
        await GoodAsync();
        await BadAsync(commits: 2);
        var folder = Directory.CreateDirectory(Path.Combine(_lake.Folder, "migrations")).FullName;
        File.WriteAllText(Path.Combine(folder, "1_a.sql"), "CREATE VIEW over_bad AS FROM ods.ods_bad");
        File.WriteAllText(Path.Combine(folder, "2_b.sql"), "CREATE VIEW over_view AS FROM over_bad");
        File.WriteAllText(Path.Combine(folder, "3_c.sql"), "CREATE VIEW fine AS FROM ods.ods_prices");
        var entry = Entry("ods_bad", 1);
        var whole = File.ReadAllBytes(entry);
        File.WriteAllBytes(entry, []);

        var without = await new CatalogFile(_catalog.Path, _lake.NewLake(), folder).RefreshAsync(default);
        File.WriteAllBytes(entry, whole);
        var with = await new CatalogFile(_catalog.Path, _lake.NewLake(), folder).RefreshAsync(default);

        without.Migrations.Select(m => m.Name).ShouldBe(["c"]);
        without.LeftOut.Select(l => l.Name).ShouldBe([Bad, "1_a.sql", "2_b.sql"]);
        with.Migrations.Select(m => m.Name).ShouldBe(["a", "b", "c"]);
        with.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public async Task Survey_FirstCommitThatWasInterrupted_IsNothingToTellOf()
    {
        await GoodAsync();
        await BadAsync(commits: 1);
        Directory.Delete(Path.Combine(At("ods_bad"), "_delta_log"), recursive: true);
        foreach (var marker in (string[])["manifest.json", "_SUCCESS"])
        {
            File.Delete(Path.Combine(At("ods_bad"), "dt=2022-06-01", marker));
        }

        var survey = await _lake.NewLake().SurveyAsync(default);

        survey.LeftOut.ShouldBeEmpty();
        survey.Tables.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Find_TableWhoseLogIsDamaged_SaysWhy()
    {
        await BadAsync(commits: 2);
        File.WriteAllBytes(Entry("ods_bad", 1), []);

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _lake.NewLake().FindAsync(new TableId("ods", "ods_bad"), default)
        );

        error.Code.ShouldBe("LOG_CORRUPT");
        error.Message.ShouldContain("ods/ods_bad/_delta_log/00000000000000000001.json");
    }

    private Task<CommitResult> GoodAsync() => _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1), ("b", 2));

    private async Task BadAsync(int commits)
    {
        var table = LakeFixture.Prices() with { Id = new TableId("ods", "ods_bad") };
        for (var i = 0; i < commits; i++)
        {
            using var staging = _lake.Lake.Stage(table, "r");
            staging.Append($"u/{i}", LakeFixture.Day, LakeFixture.Batch(("a", i)));
            await _lake.Lake.CommitAsync(staging, new CommitRequest("TEST"), default);
        }
    }

    private void Spoil(string what)
    {
        const string Protocol = """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""";
        switch (what)
        {
            case "a copy":
                Copy(At("ods_prices"), At("ods_prices.bak"));
                break;
            case "a folder of a NAS":
                Directory.CreateDirectory(At("@eaDir"));
                File.WriteAllText(Path.Combine(At("@eaDir"), "SYNO@.fileindexdb"), "x");
                break;
            case "an export":
                Directory.CreateDirectory(At("ods_bad"));
                File.WriteAllText(Path.Combine(At("ods_bad"), "export.csv"), "x");
                break;
            case "a schema that is none":
                Log("ods_bad", 0, Protocol, Metadata("7", "dt"));
                break;
            case "a partition column without type":
                Log("ods_bad", 0, Protocol, Metadata(Field("n", "long"), "p"));
                break;
            case "deletion vectors":
                Log(
                    "ods_bad",
                    0,
                    """{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}""",
                    Metadata(Field("n", "long"))
                );
                break;
            case "a deletion vector that the protocol has not":
                Log(
                    "ods_bad",
                    0,
                    Protocol,
                    Metadata(Field("n", "long")),
                    Add(
                        "a.parquet",
                        "",
                        ""","deletionVector":{"storageType":"i","pathOrInlineDv":"x","sizeInBytes":1,"cardinality":1}"""
                    )
                );
                break;
            case "a column mapping that the protocol has not":
                Log(
                    "ods_bad",
                    0,
                    Protocol,
                    Metadata(Field("n", "long"))
                        .Replace(
                            "\"configuration\":{",
                            "\"configuration\":{\"delta.columnMapping.mode\":\"name\"",
                            StringComparison.Ordinal
                        )
                );
                break;
            case "a file of another place":
                Log("ods_bad", 0, Protocol, Metadata(Field("n", "long")), Add("file:///a.parquet", "", ""));
                break;
            case "a file above the table":
                Log("ods_bad", 0, Protocol, Metadata(Field("n", "long")), Add("../a.parquet", "", ""));
                break;
            case "a day that is none":
                Log(
                    "ods_bad",
                    0,
                    Protocol,
                    Metadata(Field("n", "long") + "," + Field("dt", "date"), "dt"),
                    Add("dt=x/a.parquet", "\"dt\":\"not-a-date\"", "")
                );
                break;
            case "a type of its own":
                Log("ods_bad", 0, Protocol, Metadata(Field("n", "variant")));
                break;
            default:
                BadAsync(commits: 3).GetAwaiter().GetResult();
                Damage(what);
                break;
        }
    }

    private void Damage(string what)
    {
        var entry = Entry("ods_bad", 1);
        var content = File.ReadAllBytes(entry);
        var lastLine = content.AsSpan(..^1).LastIndexOf((byte)'\n') + 1;
        switch (what)
        {
            case "an entry cut within a line":
                File.WriteAllBytes(entry, content[..^20]);
                break;
            case "an entry cut between two lines":
                File.WriteAllBytes(entry, content[..lastLine]);
                break;
            case "an entry of 0 bytes":
                File.WriteAllBytes(entry, []);
                break;
            case "an entry of blanks":
                File.WriteAllText(entry, " \n\n");
                break;
            case "an entry of zeros":
                File.WriteAllBytes(entry, new byte[content.Length]);
                break;
            case "a version missing in the middle":
                File.Delete(entry);
                break;
            case "the first version missing":
                File.Delete(Entry("ods_bad", 0));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "Unknown damage");
        }
    }

    private static string Add(string path, string partition, string more) =>
        $$$"""{"add":{"path":"{{{path}}}","partitionValues":{{{{partition}}}},"size":1,"modificationTime":1,"dataChange":true{{{more}}}}}""";

    private string At(string table) => Path.Combine(_lake.Folder, "ods", table);

    private string Entry(string table, int version) => Path.Combine(At(table), $"_delta_log/{version:D20}.json");

    private void Log(string table, int version, params string[] lines)
    {
        Directory.CreateDirectory(Path.Combine(At(table), "_delta_log"));
        File.WriteAllLines(Entry(table, version), lines);
    }

    private static string Metadata(string fields, params string[] partition)
    {
        var schema = System.Text.Json.JsonSerializer.Serialize("{\"type\":\"struct\",\"fields\":[" + fields + "]}");
        var columns = System.Text.Json.JsonSerializer.Serialize(partition);
        return """{"metaData":{"id":"a","format":{"provider":"parquet","options":{}},"schemaString":"""
            + schema
            + ",\"partitionColumns\":"
            + columns
            + ",\"configuration\":{}}}";
    }

    private static string Field(string name, string type) =>
        "{\"name\":\"" + name + "\",\"type\":\"" + type + "\",\"nullable\":true,\"metadata\":{}}";

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
