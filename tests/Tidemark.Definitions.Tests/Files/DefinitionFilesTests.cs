using Tidemark.Core.Errors;
using Tidemark.Definitions.Files;

namespace Tidemark.Definitions.Tests.Files;

public sealed class DefinitionFilesTests : IDisposable
{
    private static readonly DefinitionKind s_datasets = new("datasets", [".yaml", ".yml"]);
    private static readonly DefinitionKind s_tables = new("warehouse", [".sql"], ByLayer: true);
    private static readonly DefinitionKind s_checks = new("checks", [".yaml"], ReadId: File.ReadAllText);

    private readonly string _root = Directory.CreateTempSubdirectory("tidemark-definitions-").FullName;

    private DefinitionFolders Folders => new(Path.Combine(_root, "shipped"), Path.Combine(_root, "own"));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_OneOwnFile_IsAddedToThoseShipped()
    {
        Write("shipped/datasets/tushare.daily.yaml");
        Write("shipped/datasets/tushare.adj_factor.yaml");
        Write("own/datasets/tushare.weekly.yaml");

        var files = Folders.Read(s_datasets);

        files.All.Select(f => f.Id).ShouldBe(["tushare.adj_factor", "tushare.daily", "tushare.weekly"]);
        (files.Shipped, files.Own, files.Replaced.Count).ShouldBe((2, 1, 0));
        files
            .All[2]
            .ShouldBe(
                new DefinitionFile(
                    "tushare.weekly",
                    Path.Combine(_root, "own", "datasets", "tushare.weekly.yaml"),
                    DefinitionOrigin.Own
                )
            );
    }

    [Fact]
    public void Read_AnOwnFileOfTheSameId_TakesThePlaceOfTheShippedOne()
    {
        Write("shipped/datasets/tushare.daily.yaml");
        Write("own/datasets/tushare.daily.yaml");

        var files = Folders.Read(s_datasets);

        files.All.Single().Origin.ShouldBe(DefinitionOrigin.Own);
        files.Replaced.Single().Path.ShouldBe(Path.Combine(_root, "shipped", "datasets", "tushare.daily.yaml"));
    }

    [Fact]
    public void Read_TablesOfLayers_AreToldApartByTheirLayer()
    {
        Write("shipped/warehouse/dwd/dwd_a.sql");
        Write("shipped/warehouse/dws/dws_a.sql");
        Write("shipped/warehouse/dw_config.yaml");
        Write("own/warehouse/dwd/dwd_a.sql");
        Write("own/warehouse/ads/ads_mine.sql");

        var files = Folders.Read(s_tables);

        files
            .All.Select(f => (f.Id, f.Origin))
            .ShouldBe([
                ("ads.ads_mine", DefinitionOrigin.Own),
                ("dwd.dwd_a", DefinitionOrigin.Own),
                ("dws.dws_a", DefinitionOrigin.Shipped),
            ]);
        Folders.Layers("warehouse/dw_config.yaml").Count.ShouldBe(1);
    }

    [Fact]
    public void Read_TheIdStandsInTheFile_ItsNameDoesNotMatter()
    {
        Write("shipped/checks/daily.yaml", "stock.daily");
        Write("own/checks/my-rules.yaml", "stock.daily");

        var files = Folders.Read(s_checks);

        files.All.Single().Name.ShouldBe("my-rules.yaml");
        files.Replaced.Single().Name.ShouldBe("daily.yaml");
    }

    [Fact]
    public void Read_TwoOwnFilesOfOneId_AreBothThere()
    {
        Write("shipped/checks/a.yaml", "one");
        Write("own/checks/b.yaml", "one");
        Write("own/checks/c.yaml", "one");

        Folders.Read(s_checks).All.Select(f => f.Name).ShouldBe(["b.yaml", "c.yaml"]);
    }

    [Theory]
    [InlineData("own/datasets/.tushare.daily.yaml")]
    [InlineData("own/datasets/._tushare.daily.yaml")]
    [InlineData("own/datasets/tushare.daily.yaml~")]
    [InlineData("own/datasets/notes.md")]
    public void Read_WhatEditorsAndSystemsLeave_IsNoDefinition(string stray)
    {
        Write("shipped/datasets/tushare.daily.yaml");
        Write(stray);

        Folders.Read(s_datasets).All.Single().Origin.ShouldBe(DefinitionOrigin.Shipped);
    }

    [Fact]
    public void Read_NoOwnFolderOrNoneOfTheKind_IsWhatIsShipped()
    {
        Write("shipped/datasets/tushare.daily.yaml");
        (Folders with { Own = null }).Read(s_datasets).All.Count.ShouldBe(1);
        Write("own/checks/a.yaml", "one");

        var files = Folders.Read(s_datasets);

        files.All.Count.ShouldBe(1);
        files.Folders.Count.ShouldBe(1);
    }

    [Fact]
    public void Read_NothingShipped_SaysWhere() =>
        Should
            .Throw<TidemarkException>(() => Folders.Read(s_datasets))
            .Message.ShouldContain(Path.Combine(_root, "shipped", "datasets"));

    private void Write(string path, string text = "")
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
