using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Datasets;

/// <summary>The symbols without which a day is not believed, and the datasets that their key names.</summary>
public sealed class CanaryRulesTests
{
    private const string Flows = """
        dataset: tushare.flows
        title: Flows
        module: stock.flows
        bucket: stock
        api: flows
        table: ods_flows
        grain: trading_day
        calendar: XSHG
        available: { at: "16:30" }
        request: { params: { trade_date: "{dt}" }, row_cap: 6000 }
        axes: { symbol: { params: { ts_code: "{part}", start_date: "{from}", end_date: "{to}" }, part: { symbols_of: tushare.list } } }
        date_column: trade_date
        canaries: { symbols: [600519.SH, 689009.SH], symbols_of: tushare.list, trades: tushare.bars }
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
        """;

    private const string List = """
        dataset: tushare.list
        title: Stocks
        module: stock.list
        bucket: stock
        api: stock_basic
        table: ods_list
        grain: snapshot
        calendar: XSHG
        available: { at: "18:00" }
        request: { row_cap: 100 }
        key: [ts_code]
        columns: { ts_code: { type: text }, list_date: { type: date }, delist_date: { type: date } }
        """;

    private static readonly string s_bars = Flows.Replace("flows", "bars").Replace(", trades: tushare.bars", "");

    private static DatasetDefinition Load(string from = "", string to = "")
    {
        Flows.ShouldContain(from);
        using var folder = DefinitionsFolder
            .Empty()
            .With("tushare.list.yaml", List)
            .With("tushare.bars.yaml", s_bars)
            .With("tushare.flows.yaml", from.Length == 0 ? Flows : Flows.Replace(from, to, StringComparison.Ordinal));
        return DatasetRegistry.Load(folder.Path, new HashSet<string> { "XSHG" }).Get("tushare.flows");
    }

    [Fact]
    public void Canaries_HaveTheDaysOfTheirListAndTheTradesThatTellHalts()
    {
        var flows = Load();

        var canaries = flows.Canaries.ShouldNotBeNull();
        canaries.Symbols.ShouldBe(["600519.SH", "689009.SH"]);
        canaries.Column.ShouldBe("ts_code");
        canaries.List.ShouldBe(new SymbolSource("tushare.list", "ts_code", "list_date", "delist_date"));
        canaries.Trades.ShouldNotBeNull().Id.ShouldBe("tushare.bars");
        flows.BySymbol.ShouldNotBeNull().Canaries.ShouldBeNull("an answer about one symbol has no other");
    }

    [Theory]
    [InlineData("symbols: [600519.SH, 689009.SH], ", "", "the required key 'symbols' is missing in 'canaries'")]
    [InlineData("[600519.SH, 689009.SH]", "[a, a]", "'canaries.symbols' must name at least one, and none twice")]
    [InlineData(
        "symbols_of: tushare.list, trades",
        "symbols_of: tushare.bars, trades",
        "'canaries.symbols_of' is 'tushare.bars', which is no dataset with grain snapshot; did you mean 'tushare.list'?"
    )]
    [InlineData(
        "trades: tushare.bars",
        "trades: tushare.barz",
        "'canaries.trades' is 'tushare.barz', which is no dataset with 'canaries'; did you mean 'tushare.bars'?"
    )]
    [InlineData("key: [ts_code, trade_date]", "key: none", "'canaries' needs a key that begins with the text column")]
    [InlineData("trades:", "trade:", "unknown key 'canaries.trade'; did you mean 'trades'?")]
    [InlineData(
        "grain: trading_day",
        "grain: events\nper: month",
        "'canaries' makes no sense without grain trading_day"
    )]
    public void Canaries_ThatCannotBe_AreRefused(string from, string to, string fault)
    {
        var error = Should.Throw<InvalidDefinitionException>(() => Load(from, to));

        error.Message.ShouldContain(fault);
    }
}
