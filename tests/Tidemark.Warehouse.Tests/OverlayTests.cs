using Tidemark.Core.Errors;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Tests;

/// <summary>A workspace's tables over those shipped, and without some of them.</summary>
public sealed class OverlayTests : IDisposable
{
    private const string Whole = "-- partition: none\n-- key: code\n";
    private readonly Workshop _shop = new();
    private readonly string _own = Directory.CreateTempSubdirectory("tidemark-own-tables-").FullName;

    public OverlayTests()
    {
        _shop.Write("dwd/dwd_a.sql", Whole + "SELECT code FROM ods.ods_list");
        _shop.Write("dws/dws_b.sql", Whole + "SELECT code FROM dwd.dwd_a");
        _shop.Write("ads/ads_c.sql", Whole + "SELECT code FROM dws.dws_b");
        _shop.Write("ads/ads_d.sql", Whole + "SELECT code, ${FLAG} AS flag FROM ods.ods_list");
        _shop.Write("dw_config.yaml", "variables: { FLAG: \"1\", LEAST: \"2\" }");
    }

    public void Dispose()
    {
        _shop.Dispose();
        Directory.Delete(_own, recursive: true);
    }

    [Fact]
    public void Load_OwnTables_ReplaceByLayerAndNameAndAreAdded()
    {
        Write("dwd/dwd_a.sql", Whole + "SELECT code, name FROM ods.ods_list");
        Write("dwd/dwd_mine.sql", Whole + "SELECT code FROM dwd.dwd_a");

        var project = Load();

        Names(project).ShouldBe(["dwd.dwd_a", "dwd.dwd_mine", "dws.dws_b", "ads.ads_c", "ads.ads_d"]);
        project.Tables[0].File.ShouldBe(Path.Combine(_own, "dwd", "dwd_a.sql"));
    }

    [Fact]
    public void Load_AnOwnConfig_IsLaidOverTheShippedOneNameByName()
    {
        Write("dw_config.yaml", "variables: { LEAST: \"3\", MINE: \"4\" }");
        Write("dwd/dwd_mine.sql", Whole + "SELECT code, ${FLAG} AS f, ${LEAST} AS l, ${MINE} AS m FROM ods.ods_list");

        Load().Tables.Single(t => t.Id.Name == "dwd_mine").Sql.ShouldContain("1 AS f, 3 AS l, 4 AS m");
    }

    [Fact]
    public void Load_AFaultOfAnOwnFile_NamesItWithItsFolder()
    {
        Write("dwd/dwd_a.sql", Whole + "SELECT kode FROM ods.ods_list");

        Should
            .Throw<InvalidDefinitionException>(() => Load())
            .Message.ShouldContain($"{Path.Combine(_own, "dwd", "dwd_a.sql")}:3:");
    }

    [Fact]
    public void Load_ATableThatIsOff_TakesWhatReadsItAndNothingElse()
    {
        var project = Load("dwd.dwd_a");

        Names(project).ShouldBe(["ads.ads_d"]);
        project
            .Off.Select(t => $"{t.Id}: {t.Because}")
            .ShouldBe([
                "ads.ads_c: it reads dws.dws_b, which is off",
                "dwd.dwd_a: 'off' names it",
                "dws.dws_b: it reads dwd.dwd_a, which is off",
            ]);
    }

    [Fact]
    public void Load_AFaultyTableThatIsOff_IsNobodysConcern()
    {
        Write("dwd/dwd_broken.sql", "SELEKT");
        Write("dws/dws_reader.sql", Whole + "SELECT code FROM dwd.dwd_broken");
        Should.Throw<InvalidDefinitionException>(() => Load());

        Load("dwd.dwd_broken").Off.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Build_ATableThatIsOff_SaysSo()
    {
        var error = await Should.ThrowAsync<TidemarkException>(() =>
            _shop.Builder.BuildAsync(Load("dwd.dwd_a"), new BuildRequest("run", ["dws_b"]), null, default)
        );

        error.Code.ShouldBe("BUILD_TARGET_OFF");
        error.Message.ShouldContain("it reads dwd.dwd_a, which is off");
    }

    private static string[] Names(WarehouseProject project) => [.. project.Tables.Select(t => t.Id.ToString())];

    private WarehouseProject Load(params string[] off) =>
        WarehouseProject.Load(
            DefinitionFiles.Read(_shop.Sql, _own, WarehouseProject.Kind),
            new Dictionary<string, string>(),
            Workshop.Sources,
            new Switches([.. off.Select(id => new Switch(id, default))])
        );

    private void Write(string path, string text)
    {
        var full = Path.Combine(_own, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
