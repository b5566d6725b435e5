using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests;

/// <summary>
/// What lies in a layer and is no table of its own is named, and is never read, compacted, vacuumed or counted as one.
/// </summary>
public sealed class LayerLinkTests : IDisposable
{
    private readonly LakeFixture _lake = new();
    private readonly string _disk = Directory.CreateTempSubdirectory("tidemark-disk-").FullName;

    public void Dispose()
    {
        _lake.Dispose();
        Directory.Delete(_disk, recursive: true);
    }

    [Theory]
    [InlineData("ods/ods_link", "ods_prices", "ods.ods_link", "a link to ods.ods_prices")]
    [InlineData("ods/a_link", "ods_prices", "ods.a_link", "a link to ods.ods_prices")]
    [InlineData("dwd/dwd_link", "../ods/ods_prices", "dwd.dwd_link", "a link to ods.ods_prices")]
    [InlineData("ods/loop", ".", "ods.loop", "a link to the lake itself")]
    [InlineData("ods/up", "../..", "ods.up", "a link to the lake itself")]
    [InlineData("ods/part", "ods_prices/dt=2022-06-01", "ods.part", "a part of ods.ods_prices")]
    [InlineData("dim", "ods", "dim.ods_prices", "a link to ods.ods_prices")]
    public async Task Survey_LinkWithinTheLake_IsNoSecondTable(string link, string target, string name, string what)
    {
        await FillAsync();
        Link(link, target);

        var survey = await _lake.NewLake().SurveyAsync(default);

        survey.Tables.Select(t => t.Table.ToString()).ShouldBe(["ods.ods_prices"]);
        var left = survey.LeftOut.ShouldHaveSingleItem();
        (left.Name, left.Code).ShouldBe((name, "TABLE_IS_LINK"));
        left.Reason.ShouldContain(what);
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("readme.txt")]
    [InlineData("odd\u0001 name*?")]
    public async Task Survey_NoFolderInATablesPlace_IsNamed(string name)
    {
        await FillAsync();
        if (name == "broken")
        {
            Link("ods/broken", "nowhere");
        }
        else
        {
            await File.WriteAllTextAsync(At($"ods/{name}"), "x", TestContext.Current.CancellationToken);
        }

        var survey = await _lake.NewLake().SurveyAsync(default);

        var left = survey.LeftOut.ShouldHaveSingleItem();
        (left.Name, left.Code).ShouldBe(($"ods.{name}", "TABLE_NO_FOLDER"));
        survey.Tables.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Survey_LayerOnADiskThatIsNotThere_IsNamed()
    {
        await FillAsync();
        Link("dws", Path.Combine(_disk, "not-mounted"));

        (await _lake.NewLake().SurveyAsync(default)).LeftOut.ShouldHaveSingleItem().Name.ShouldBe("dws");
    }

    [Fact]
    public async Task Survey_TableAndLayerOnAnotherDisk_AreTablesUnderTheirOwnNames()
    {
        await FillAsync();
        Directory.Move(At("ods/ods_prices"), Path.Combine(_disk, "prices"));
        Link("ods/ods_prices", Path.Combine(_disk, "prices"));
        Link("ods/a_second_name", Path.Combine(_disk, "prices"));
        Directory.Move(At("ods"), Path.Combine(_disk, "ods"));
        Link("ods", Path.Combine(_disk, "ods"));
        var lake = _lake.NewLake();

        var survey = await lake.SurveyAsync(default);

        survey.Tables.Select(t => t.Table.ToString()).ShouldBe(["ods.ods_prices"], "its log knows it by this name");
        survey.LeftOut.ShouldHaveSingleItem().Name.ShouldBe("ods.a_second_name");
        (await _lake.RowsAsync("SELECT count(*) FROM ods.ods_prices")).ShouldBe(["2"]);
        (await lake.FindAsync(new TableId("ods", "ods_prices"), default)).Id.Name.ShouldBe("ods_prices");
    }

    [Fact]
    public async Task Link_ThatIsNamed_IsRefusedEverywhereAndQueriesAreToldWhy()
    {
        await FillAsync();
        Link("ods/ods_link", "ods_prices");
        var lake = _lake.NewLake();
        var id = new TableId("ods", "ods_link");
        var catalog = new CatalogFile(At("catalog.duckdb"), lake);

        await catalog.RefreshAsync(default);
        using var reader = await catalog.OpenAsync(new DuckDbSettings(), "", default);

        reader.WhyMissing("SELECT * FROM ods.ods_link").ShouldNotBeNull().Code.ShouldBe("TABLE_IS_LINK");
        (await Should.ThrowAsync<TidemarkException>(() => lake.FindAsync(id, default))).Code.ShouldBe("TABLE_IS_LINK");
        (
            await Should.ThrowAsync<TidemarkException>(() =>
                new LakeVerifier(lake).TablesAsync(["ods.ods_link"], default)
            )
        ).Code.ShouldBe("TABLE_IS_LINK");
        (await new LakeVerifier(lake).TablesAsync([], default)).Count.ShouldBe(1);
        (await lake.FindOwnAsync([], default)).Own.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Retention_LinkAmongThePayloads_TakesNoFilesOfTables()
    {
        await FillAsync();
        Directory.CreateDirectory(At("raw/tushare"));
        await File.WriteAllTextAsync(At("raw/tushare/old"), "x", TestContext.Current.CancellationToken);
        Link("raw/loop", "../ods");
        Link("raw/all", "..");

        var done = await new Retention(_lake.NewLake()).DropRawAsync(TimeSpan.FromDays(-1), apply: true, default);

        done.Files.ShouldBe(1);
        (await _lake.NewLake().DamageAsync(default)).Files.ShouldBeEmpty();
        (await _lake.RowsAsync("SELECT count(*) FROM ods.ods_prices")).ShouldBe(["2"]);
    }

    private Task<CommitResult> FillAsync() => _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1), ("b", 2));

    private void Link(string link, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(link))!);
        Directory.CreateSymbolicLink(At(link), target);
    }

    private string At(string path) => Path.Combine(_lake.Folder, path);
}
