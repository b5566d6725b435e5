using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Completeness.Tests;

public sealed class CheckRegistryTests : IDisposable
{
    private readonly Observatory _watch = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-checks-").FullName;

    [Fact]
    public void Shipped_Always_Loads()
    {
        _watch
            .Checks.Select(c => c.Id)
            .ShouldBe([
                "etf.daily_bars",
                "etf.list",
                "index.daily_bars",
                "index.list",
                "stock.adj_factor",
                "stock.daily_bars",
                "stock.list",
                "stock.valuation",
            ]);
        _watch.Check("stock.daily_bars").Calendar.ShouldBe("XSHG");
        _watch.Check("stock.adj_factor").Suspensions.ShouldBeNull();
        _watch.Check("stock.list").EntityType.ShouldBe("global");
    }

    [Fact]
    public void Load_ManyFaults_ReportsAllWithFileAndLine()
    {
        File.WriteAllText(
            Path.Combine(_folder, "a.yaml"),
            """
            check: a
            title: A
            pools: [source_pool, everywhere]
            bucket: stocks
            entities: { dataset: tushare.stock_basik, symbol: ts_code }
            required: [tushare.dayly]
            colour: red
            """
        );
        File.WriteAllText(
            Path.Combine(_folder, "b.yaml"),
            """
            check: b
            title: B
            pools: [source_pool]
            bucket: stock
            entities: { dataset: tushare.stock_basic, symbol: ts_kode, listed: name }
            entity: b:list
            required: [tushare.daily, tushare.stock_basic]
            """
        );

        var error = Should.Throw<InvalidDefinitionException>(() => CheckRegistry.Load(_folder, _watch.Datasets));

        error.Code.ShouldBe("DEFINITION_INVALID");
        var found = error.Problems.Select(p => p.ToString()).ToArray();
        (string Where, string What)[] expected =
        [
            ("a.yaml:3", "'everywhere'"),
            ("a.yaml:4", "'stocks'"),
            ("a.yaml:5", "did you mean 'tushare.stock_basic'"),
            ("a.yaml:6", "did you mean 'tushare.daily'"),
            ("a.yaml:7", "unknown key 'colour'"),
            ("b.yaml:1", "either 'entities'"),
            ("b.yaml:5", "did you mean 'ts_code'"),
            ("b.yaml:5", "to be date, it is text"),
            ("b.yaml:7", "mixes daily datasets and snapshots"),
        ];
        foreach (var (where, what) in expected)
        {
            found.ShouldContain(
                f => f.StartsWith(Path.Combine(_folder, where)) && f.Contains(what),
                $"{where} {what}\n{string.Join('\n', found)}"
            );
        }
    }

    [Fact]
    public void Load_ADatasetWithRowsOnOneDayAWeek_CannotBeRequired()
    {
        File.WriteAllText(
            Path.Combine(_folder, "a.yaml"),
            "check: a\ntitle: A\npools: [source_pool]\nbucket: stock\nentity: a:all\nrequired: [tushare.daily]\n"
        );

        var error = Should.Throw<InvalidDefinitionException>(() =>
            CheckRegistry.Load(_folder, [.. _watch.Datasets.Select(d => d with { IsWeekly = d.Id == "tushare.daily" })])
        );

        error.Problems.ShouldHaveSingleItem().ToString().ShouldContain("a.yaml:6: 'required' has tushare.daily");
    }

    [Fact]
    public void Load_SameIdTwiceOrNothing_SaysSo()
    {
        Should
            .Throw<Core.Errors.TidemarkException>(() => CheckRegistry.Load(_folder, _watch.Datasets))
            .Code.ShouldBe("DEFINITIONS_MISSING");
        var text =
            "check: a\ntitle: A\npools: [source_pool]\nbucket: stock\nentity: a:list\nrequired: [tushare.daily]\n";
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), text);
        File.WriteAllText(Path.Combine(_folder, "b.yaml"), text);

        Should
            .Throw<InvalidDefinitionException>(() => CheckRegistry.Load(_folder, _watch.Datasets))
            .Message.ShouldContain("two files");
    }

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
