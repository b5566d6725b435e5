using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Datasets;

/// <summary>A workspace's datasets over those shipped, and without some of them.</summary>
public sealed class DatasetOverlayTests : IDisposable
{
    private static readonly IReadOnlySet<string> s_calendars = SourceTree.Calendars;
    private static readonly string s_daily = File.ReadAllText(
        Path.Combine(DefinitionsFolder.Shipped, "tushare.daily.yaml")
    );

    private readonly DefinitionsFolder _own = DefinitionsFolder.Empty();

    public void Dispose() => _own.Dispose();

    [Fact]
    public void Load_OneOwnFile_AddsToThoseShipped()
    {
        _own.With("tushare.yearly.yaml", Yearly());

        var registry = Load();

        registry.All.Count.ShouldBe(DatasetRegistry.Load(DefinitionsFolder.Shipped, s_calendars).All.Count + 1);
        registry.Get("yearly").Table.ShouldBe("ods_yearly");
    }

    [Fact]
    public void Load_AnOwnFileOfAShippedId_Replaces()
    {
        _own.With("tushare.daily.yaml", s_daily.Replace("row_cap: 6000", "row_cap: 5000", StringComparison.Ordinal));

        Load().Get("daily").RowCap.ShouldBe(5000);
    }

    [Fact]
    public void Load_ACopyOfEverythingShipped_IsTheSame()
    {
        using var copy = DefinitionsFolder.CopyOfShipped();

        Load(copy)
            .All.Select(d => d.Id)
            .ShouldBe(DatasetRegistry.Load(DefinitionsFolder.Shipped, s_calendars).All.Select(d => d.Id));
    }

    [Fact]
    public void Load_AFaultInAnOwnFile_NamesItWithItsFolder()
    {
        _own.With("tushare.daily.yaml", s_daily.Replace("bucket: stock", "bucket: stokc", StringComparison.Ordinal));

        Should
            .Throw<InvalidDefinitionException>(() => Load())
            .Message.ShouldContain($"  {Path.Combine(_own.Path, "tushare.daily.yaml")}:");
    }

    [Fact]
    public void Load_ANewIdWithAShippedTable_NamesBothAndAWayOut()
    {
        _own.With(
            "mine.daily.yaml",
            s_daily
                .Replace("dataset: tushare.daily", "dataset: mine.daily", StringComparison.Ordinal)
                .Replace("module: stock.market.daily", "module: mine.daily", StringComparison.Ordinal)
        );

        var message = Should.Throw<InvalidDefinitionException>(() => Load()).Message;

        message.ShouldContain(Path.Combine(_own.Path, "mine.daily.yaml"));
        message.ShouldContain(Path.Combine(DefinitionsFolder.Shipped, "tushare.daily.yaml"));
        message.ShouldContain("`off: [tushare.daily]`");

        // Doing what it says removes the error.
        Load(_own, "tushare.daily").Get("mine.daily").Table.ShouldBe("ods_daily");
    }

    [Theory]
    [InlineData("tushare.fund_daily")]
    [InlineData("etf.daily_quote")]
    [InlineData("ods.ods_fund_daily")]
    public void Load_OffByIdModuleOrTable_LeavesTheDatasetOut(string id)
    {
        var registry = Load(_own, id);

        registry.Find("tushare.fund_daily").ShouldBeNull();
        registry.Off.Single().Id.ShouldBe("tushare.fund_daily");
        var error = Should.Throw<TidemarkException>(() => registry.Get("fund_daily"));
        error.Code.ShouldBe("DATASET_OFF");
        error.Message.ShouldContain("'off' in tidemark.yaml");
    }

    [Fact]
    public void Load_AFaultyDatasetThatIsOff_IsNobodysConcern()
    {
        _own.With("tushare.yearly.yaml", "dataset: [");
        Should.Throw<InvalidDefinitionException>(() => Load());

        Load(_own, "tushare.yearly").Off.ShouldBeEmpty();
    }

    private DatasetRegistry Load() => Load(_own);

    private static DatasetRegistry Load(DefinitionsFolder own, params string[] off) =>
        DatasetRegistry.Load(
            DefinitionFiles.Read(DefinitionsFolder.Shipped, own.Path, DatasetRegistry.Kind),
            s_calendars,
            new Switches([.. off.Select(id => new Switch(id, default))])
        );

    private static string Yearly() =>
        s_daily
            .Replace("tushare.daily", "tushare.yearly", StringComparison.Ordinal)
            .Replace("ods_daily", "ods_yearly", StringComparison.Ordinal)
            .Replace("api: daily", "api: yearly", StringComparison.Ordinal)
            .Replace("module: stock.market.daily", "module: stock.yearly", StringComparison.Ordinal);
}
