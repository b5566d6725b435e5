using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests;

/// <summary>
/// All that is declared, read once: with a workspace's own laid over the shipped, and without what has faults.
/// </summary>
public sealed class DefinitionBundleTests : IDisposable
{
    private const string Daily = "datasets/tushare.daily.yaml";
    private static readonly string s_shipped = Path.Combine(SourceTree.Root, "definitions");
    private readonly string _own = Directory.CreateTempSubdirectory("tidemark-own-").FullName;

    public void Dispose() => Directory.Delete(_own, recursive: true);

    [Fact]
    public void Shipped_Alone_IsWhole()
    {
        var bundle = Read();

        bundle.LeftOut.ShouldBeEmpty();
        bundle.Datasets.Find("tushare.daily").ShouldNotBeNull();
        bundle.Checks.All.Select(c => c.Id).ShouldContain("stock.daily_bars");
        bundle.Calendars.Keys.ShouldContain("XSHG");
        bundle.Sessions.LongestSession("XSHG").ShouldNotBeNull();
        bundle.Warehouse.Tables.Sources.Select(s => s.Id).ShouldContain("dwd.dwd_stock_daily");
    }

    [Fact]
    public void Dataset_WithAFault_IsLeftOutWithWhatNeedsItAndTheShippedOneDoesNotComeBack()
    {
        Break(Daily, "grain: trading_day", "grain: full_moon");

        var bundle = Read();

        bundle.Datasets.Find("tushare.daily").ShouldBeNull();
        bundle.Datasets.Find("tushare.adj_factor").ShouldNotBeNull();
        var fault = bundle.Datasets.LeftOut.ShouldHaveSingleItem();
        fault.Id.ShouldBe("tushare.daily");
        fault.Names.ShouldContain("ods.ods_daily");
        fault.Problems.ShouldHaveSingleItem().Origin.Source.ShouldBe(Path.Combine(_own, Daily));
        // Once: that its `values` name the dataset, too, is the same fault.
        bundle.Checks.LeftOut.Single(f => f.Id == "stock.daily_bars").Problems.ShouldHaveSingleItem();
        bundle.Checks.All.Select(c => c.Id).ShouldContain("index.list");
        Should.Throw<InvalidDefinitionException>(() => bundle.Datasets.Get("daily")).Problems.ShouldBe(fault.Problems);
    }

    [Theory]
    [InlineData("datasets", "dataset")]
    [InlineData("checks", "check")]
    [InlineData("calendars", "calendar")]
    public void Folder_InWhosePlaceAFileIs_IsNamedAndTheShippedOnesAreUsed(string folder, string kind)
    {
        Write(folder, "dataset: a");

        var bundle = Read();

        var fault = bundle.LeftOut.ShouldHaveSingleItem();
        (fault.Kind, fault.Id).ShouldBe((kind, folder));
        fault.Problems.ShouldHaveSingleItem().Origin.Source.ShouldBe(Path.Combine(_own, folder));
        bundle.Datasets.Find("tushare.daily").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("datasets/mine.yaml", "mine")]
    [InlineData("checks/mine.yaml", "mine")]
    [InlineData("calendars/XTST.csv", "XTST")]
    [InlineData("sessions.csv", "sessions.csv")]
    public void File_InWhosePlaceAFolderIs_IsNamed(string path, string id)
    {
        Directory.CreateDirectory(Path.Combine(_own, path));

        var fault = Read().LeftOut.ShouldHaveSingleItem();

        fault.Id.ShouldBe(id);
        fault.Reason.ShouldContain("is a folder");
    }

    [Theory]
    [InlineData("dataset: [")]
    [InlineData("")]
    public void Dataset_WhoseFileSaysNothing_IsKnownByTheOneThatItReplaces(string text)
    {
        Write(Daily, text);

        var fault = Read().Datasets.LeftOut.ShouldHaveSingleItem();

        fault.Names.ShouldBe(["tushare.daily", "stock.market.daily", "ods.ods_daily"]);
    }

    [Fact]
    public void Dataset_WithACopyBesideIt_StaysAndTheCopyIsLeftOut()
    {
        var text = File.ReadAllText(Path.Combine(s_shipped, Daily));
        Write(Daily, text);
        Write("datasets/old.daily.yaml", text);

        var bundle = Read();

        bundle.Datasets.Find("tushare.daily").ShouldNotBeNull();
        var fault = bundle.LeftOut.ShouldHaveSingleItem();
        fault.Id.ShouldBe("old.daily");
        fault.Names.ShouldBe(["old.daily"]);
    }

    [Fact]
    public void Dataset_WithAFaultThatIsOff_IsAnIdThatOffMayName()
    {
        Write("datasets/tushare.weekly.yaml", "dataset: [");

        var bundle = Read(new Switches([new Switch("tushare.weekly", default)]));

        bundle.LeftOut.ShouldBeEmpty();
        bundle.OffIds.ShouldContain("tushare.weekly");
    }

    [Fact]
    public void Check_WhoseFileIsNoYaml_TakesThePlaceOfTheShippedOne()
    {
        Write("checks/mine.yaml", "check: stock.list\ntitle: [\n");

        var bundle = Read();

        bundle.Checks.LeftOut.ShouldHaveSingleItem().Id.ShouldBe("stock.list");
        bundle.Checks.All.Select(c => c.Id).ShouldNotContain("stock.list");
    }

    [Fact]
    public void Calendar_WithAFault_LeavesOutTheDatasetsOfItsExchange()
    {
        Write("calendars/XNYS.csv", "# timezone: America/New_York\n# first: 2022-01-03\n# last: 2022-12-30\nwrong\n");
        Write(
            "datasets/mine.bars.yaml",
            File.ReadAllText(Path.Combine(s_shipped, Daily))
                .Replace("tushare.daily", "mine.bars", StringComparison.Ordinal)
                .Replace("ods_daily", "ods_mine", StringComparison.Ordinal)
                .Replace("XSHG", "XNYS", StringComparison.Ordinal)
        );

        var bundle = Read();

        bundle
            .LeftOut.Select(f => (f.Kind, f.Id, f.Code))
            .Where(f => !f.Id.StartsWith("tushare.us_", StringComparison.Ordinal))
            .ShouldBe([("calendar", "XNYS", "CALENDAR_INVALID"), ("dataset", "mine.bars", "DEFINITION_INVALID")]);
        bundle.LeftOut.Count.ShouldBe(7, "with the five shipped ones that go by New York");
        bundle.Calendars.Keys.ShouldNotContain("XNYS");
    }

    [Fact]
    public void WhatFollowsFromAFault_IsCountedBelowIt()
    {
        Write("calendars/XSHG.csv", "# timezone: Asia/Shanghai\n# first: 2022-01-04\n# last: 2022-12-30\nwrong\n");

        var error = Should.Throw<InvalidDefinitionException>(() => Read().Datasets);

        error.Code.ShouldBe("CALENDAR_INVALID");
        error.Problems.Count.ShouldBeGreaterThan(50);
        error.Message.ShouldStartWith("1 problem in the definitions:\n");
        error.Message.ShouldContain("XSHG.csv:4: ");
        error.Message.ShouldNotContain(".yaml");
        error.Message.ShouldEndWith($"({error.Problems.Count - 1} more, which only follow from the above)");
    }

    [Fact]
    public void EverythingWrong_IsToldInOneErrorWithEachFile()
    {
        Break(Daily, "grain: trading_day", "grain: full_moon");
        Break("datasets/tushare.adj_factor.yaml", "key:", "keys:");
        Break("checks/index.list.yaml", "pools: [", "pools: [nowhere, ");
        Write("sessions.csv", "exchange,board,rule,from,value\nXSHG,main,limit,2020-01-01,10\n");

        var error = DefinitionFault.ToException(Read().LeftOut);

        error
            .Problems.Select(p => Path.GetFileName(p.Origin.Source))
            .Intersect(["tushare.daily.yaml", "tushare.adj_factor.yaml", "index.list.yaml", "sessions.csv"])
            .Count()
            .ShouldBe(4, error.Message);
    }

    [Fact]
    public void Fingerprint_OfTheSameContentInAnotherFolder_IsTheSame()
    {
        Write("datasets/x.y.yaml", "a");
        var copy = Directory.CreateTempSubdirectory("tidemark-own-").FullName;
        Directory.CreateDirectory(Path.Combine(copy, "datasets"));
        File.WriteAllText(Path.Combine(copy, "datasets/x.y.yaml"), "a");

        new DefinitionBundle(new DefinitionFolders(s_shipped, copy), Switches.None).Fingerprint.ShouldBe(
            Read().Fingerprint
        );
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void Fingerprint_AfterAnyChange_IsAnother()
    {
        var prints = new List<string> { Read().Fingerprint };
        foreach (
            var file in new[]
            {
                "datasets/x.y.yaml",
                "checks/x.yaml",
                "calendars/XTST.csv",
                "warehouse/dwd/dwd_x.sql",
                "warehouse/dw_config.yaml",
                "sessions.csv",
            }
        )
        {
            Write(file, "# x\n");
            prints.Add(Read().Fingerprint);
        }

        Write("sessions.csv", "# y\n");
        prints.Add(Read().Fingerprint);
        prints.Add(Read(new Switches([new Switch("etf.list", default)])).Fingerprint);

        prints.Distinct().Count().ShouldBe(prints.Count);
    }

    [Fact]
    public void Bundle_OnceRead_IsPinned()
    {
        var bundle = Read();
        var print = bundle.Fingerprint;

        Break(Daily, "grain: trading_day", "grain: full_moon");

        bundle.Fingerprint.ShouldBe(print);
        bundle.Datasets.Find("tushare.daily").ShouldNotBeNull();
    }

    private DefinitionBundle Read(Switches? off = null) =>
        new(new DefinitionFolders(s_shipped, _own), off ?? Switches.None);

    private void Break(string file, string right, string wrong) =>
        Write(file, File.ReadAllText(Path.Combine(s_shipped, file)).Replace(right, wrong, StringComparison.Ordinal));

    private void Write(string file, string text)
    {
        var path = Path.Combine(_own, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
