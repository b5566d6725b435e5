using Tidemark.Core.Datasets;
using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Completeness.Tests;

/// <summary>A workspace's checks over those shipped, and without some of them.</summary>
public sealed class CheckOverlayTests : IDisposable
{
    private static readonly string s_shipped = Path.Combine(Observatory.Repository, "definitions", "checks");

    private readonly Observatory _watch = new();
    private readonly string _own = Directory.CreateTempSubdirectory("tidemark-own-checks-").FullName;

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_own, recursive: true);
    }

    [Fact]
    public void Load_AnOwnCheckOfANewId_IsAdded()
    {
        Write("mine.yaml", "mine.bars", "tushare.daily");

        Load().All.Count.ShouldBe(_watch.Checks.Count + 1);
    }

    [Fact]
    public void Load_AnOwnCheckOfAShippedId_ReplacesItWhateverItsFileIsCalled()
    {
        Write("quite-another-name.yaml", "stock.daily_bars", "tushare.daily");

        var checks = Load();

        checks.All.Count.ShouldBe(_watch.Checks.Count);
        checks.All.Single(c => c.Id == "stock.daily_bars").Title.ShouldBe("Mine");
    }

    [Fact]
    public void Load_AFaultInAnOwnFile_NamesItWithItsFolder()
    {
        Write("mine.yaml", "mine.bars", "tushare.dayly");

        Should
            .Throw<InvalidDefinitionException>(() => Load())
            .Message.ShouldContain($"{Path.Combine(_own, "mine.yaml")}:6: 'required' names the unknown dataset");
    }

    [Fact]
    public void Load_AMisspeltEnding_IsNamed()
    {
        Write("mine.yml", "mine.bars", "tushare.daily");

        Should.Throw<InvalidDefinitionException>(() => Load()).Message.ShouldContain("mine.yml: rename it");
    }

    [Fact]
    public void Load_OffByItsId_IsNotAsked()
    {
        var checks = Load("etf.list");

        checks.All.ShouldNotContain(c => c.Id == "etf.list");
        checks.Off.ShouldBe([new CheckOff("etf.list", "'off' names it")]);
    }

    [Fact]
    public void Load_ARequiredDatasetOrTheListIsOff_IsNotAskedEither()
    {
        var checks = Load("tushare.fund_basic");

        checks.All.ShouldNotContain(c => c.Bucket == Bucket.Etf);
        checks.Off.ShouldBe([
            new CheckOff("etf.daily_bars", "it requires tushare.fund_basic, which is off"),
            new CheckOff("etf.list", "it requires tushare.fund_basic, which is off"),
        ]);
    }

    [Fact]
    public void Load_OnlyTheSuspensionsAreOff_IsStillAsked() =>
        Load("tushare.suspend_d").All.ShouldContain(c => c.Id == "stock.daily_bars");

    private CheckRegistry Load(params string[] off)
    {
        var switches = new Switches([.. off.Select(id => new Switch(id, default))]);
        return CheckRegistry.Load(
            DefinitionFiles.Read(s_shipped, _own, CheckRegistry.Kind),
            [.. _watch.Datasets.Where(d => !switches.IsOff(d))],
            [.. _watch.Datasets.Where(switches.IsOff)],
            switches
        );
    }

    private void Write(string file, string id, string required) =>
        File.WriteAllText(
            Path.Combine(_own, file),
            $"check: {id}\ntitle: Mine\npools: [source_pool]\nbucket: stock\nentity: a:list\nrequired: [{required}]\n"
        );
}
