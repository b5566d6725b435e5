using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Datasets;

/// <summary>What a dataset declares to be asked of its rows.</summary>
public sealed class TrustRulesTests
{
    private const string Bars = """
        dataset: tushare.bars
        title: Bars
        module: stock.bars
        bucket: stock
        api: bars
        table: ods_bars
        grain: trading_day
        calendar: XSHG
        available: { at: "16:30" }
        request: { params: { trade_date: "{dt}" }, row_cap: 6000 }
        date_column: trade_date
        unit_proof: { volume: vol, amount: amount, low: low, high: high }
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          high: { type: double, unit: CNY }
          low: { type: double, unit: CNY }
          vol: { type: long, unit: hand }
          amount: { type: double, unit: thousand CNY }
        """;

    private static DatasetDefinition Load(string from = "", string to = "")
    {
        from.ShouldBe(from.Length == 0 || Bars.Contains(from, StringComparison.Ordinal) ? from : "in the file");
        var text = from.Length == 0 ? Bars : Bars.Replace(from, to, StringComparison.Ordinal);
        using var folder = DefinitionsFolder.Empty().With("tushare.bars.yaml", text);
        return DatasetRegistry.Load(folder.Path, new HashSet<string> { "XSHG" }).Get("tushare.bars");
    }

    [Theory]
    [InlineData("unit: hand", "unit: hand", 10)]
    [InlineData("unit: hand", "unit: share", 1_000)]
    [InlineData("unit: thousand CNY", "unit: CNY", 0.01)]
    [InlineData("unit: thousand CNY", "unit: \"10,000 CNY\"", 100)]
    public void UnitProof_TakesItsScaleFromTheUnitsOfTheColumns(string from, string to, double scale)
    {
        var proof = Load(from, to).UnitProof.ShouldNotBeNull();

        proof.ShouldBe(new UnitProof("vol", "amount", "low", "high", scale, RulePolicy.Warn));
    }

    [Fact]
    public void UnitProof_ThatIsNotDeclared_IsNone() =>
        Load("unit_proof: { volume: vol, amount: amount, low: low, high: high }", "").UnitProof.ShouldBeNull();

    [Theory]
    [InlineData("volume: vol,", "volume: volume,", "'unit_proof.volume' names 'volume', which is no column")]
    [InlineData("volume: vol,", "volume: ts_code,", "'unit_proof.volume' names 'ts_code', which has no numbers")]
    [InlineData("volume: vol, ", "", "the required key 'volume' is missing in 'unit_proof'")]
    [InlineData(
        "unit: hand",
        "unit: lot",
        "'unit_proof.volume' names 'vol' with the unit 'lot', expected one of share;"
    )]
    [InlineData("unit: thousand CNY", "unit: USD", "'unit_proof.amount' names 'amount' with the unit 'USD'")]
    [InlineData("low: { type: double, unit: CNY }", "low: { type: double, unit: point }", "others prove nothing")]
    [InlineData("high: high }", "high: high, on_other: adopt }", "'unit_proof.on_other' is 'adopt'")]
    public void UnitProof_ThatCannotBe_IsRefusedWithItsLine(string from, string to, string fault)
    {
        var error = Should.Throw<InvalidDefinitionException>(() => Load(from, to));

        error.Message.ShouldContain(fault);
        error.Message.ShouldContain("tushare.bars.yaml:");
    }

    [Fact]
    public void RowCount_IsReadWithItsDefaults()
    {
        Load().RowCount.ShouldBeNull();

        Load("key: [", "row_count: { min: 7 }\nkey: [").RowCount.ShouldBe(new RowCountRule(7, null, RulePolicy.Warn));
        Load("key: [", "row_count: { fall: 0.2, on_break: block }\nkey: [")
            .RowCount.ShouldBe(new RowCountRule(null, 0.2, RulePolicy.Block));
    }

    [Theory]
    [InlineData("{ on_break: block }", "'row_count' says nothing: expected min or fall")]
    [InlineData("{ fall: 20 }", "'row_count.fall' is '20'")]
    [InlineData("{ min: 0 }", "'row_count.min' is '0'")]
    public void RowCount_ThatCannotBe_IsRefused(string rule, string fault) =>
        Should
            .Throw<InvalidDefinitionException>(() => Load("key: [", $"row_count: {rule}\nkey: ["))
            .Message.ShouldContain(fault);

    [Fact]
    public void DriftAndRules_AreReadWithTheirDefaults()
    {
        Load().Drift.ShouldBe(new DriftPolicies(NewColumnPolicy.Warn, RulePolicy.Block, RulePolicy.Block));
        Load().Rules.ShouldBeEmpty();

        var said = Load(
            "key: [",
            "drift: { on_missing: warn, on_retyped: warn }\nrules: { low: { above: 0, not_above: high }, ts_code: { nulls: 0, on_break: block } }\nkey: ["
        );

        said.Drift.ShouldBe(new DriftPolicies(NewColumnPolicy.Warn, RulePolicy.Warn, RulePolicy.Warn));
        said.Rules.ShouldBe([
            new ColumnRule
            {
                Column = "low",
                Above = 0,
                NotAbove = "high",
            },
            new ColumnRule
            {
                Column = "ts_code",
                NullsMax = 0,
                OnBreak = RulePolicy.Block,
            },
        ]);
    }

    [Theory]
    [InlineData("{ lwo: { min: 0 } }", "'rules' names 'lwo', which is no column; did you mean 'low'?")]
    [InlineData("{ ts_code: { min: 0 } }", "'rules' gives 'ts_code' a range, which has no numbers")]
    [InlineData("{ low: { on_break: block } }", "'rules' says nothing of 'low'")]
    [InlineData("{ low: { not_above: ts_code } }", "'rules.low.not_above' names 'ts_code', which has no numbers")]
    [InlineData("{ low: { nulls: 5 } }", "'rules.low.nulls'")]
    [InlineData("{ low: { min: much } }", "'rules.low.min' is 'much'")]
    [InlineData("{ low: { min: 0, on_break: fail } }", "'rules.low.on_break' is 'fail'")]
    public void Rules_ThatCannotBe_AreRefusedWithTheirLine(string rules, string fault)
    {
        var error = Should.Throw<InvalidDefinitionException>(() => Load("key: [", $"rules: {rules}\nkey: ["));

        error.Message.ShouldContain(fault);
        error.Message.ShouldContain("tushare.bars.yaml:");
    }

    /// <summary>A column that is needed to tell rows apart or to file them is never lacking.</summary>
    [Fact]
    public void ColumnsUntil_WhereMissingOnesWarn_MayLackWhatNothingDependsOn()
    {
        var columns = Load("key: [", "drift: { on_missing: warn }\nkey: [").ColumnsUntil(new DateOnly(2024, 6, 11));

        columns.Where(c => c.Optional).Select(c => c.Name).ShouldBe(["high", "low", "vol", "amount"]);
        Load().ColumnsUntil(new DateOnly(2024, 6, 11)).ShouldAllBe(c => !c.Optional);
    }

    [Theory]
    [InlineData("on_missing", "'drift.on_missing' is 'adopt', but nobody can adopt a column that is not there")]
    [InlineData("on_retyped", "'drift.on_retyped' is 'adopt', but nobody can adopt another type")]
    [InlineData("on_new_column", "'drift.on_new_column' is 'adopt', but tushare is asked for columns by name")]
    public void Adopt_OfWhatCannotBeAdopted_IsRefusedWithTheReason(string key, string fault)
    {
        var error = Should.Throw<InvalidDefinitionException>(() =>
            Load("key: [", $"drift: {{ {key}: adopt }}\nkey: [")
        );

        error.Message.ShouldContain(fault);
        error.Message.ShouldMatch(@"tushare\.bars\.yaml:\d+");
    }

    /// <summary>The same may be of another type.</summary>
    [Fact]
    public void ColumnsUntil_WhereOtherTypesWarn_AreNullWhereNothingDependsOnThem()
    {
        var columns = Load("key: [", "drift: { on_retyped: warn }\nkey: [").ColumnsUntil(new DateOnly(2024, 6, 11));

        columns.Where(c => c.UnreadableIsNull).Select(c => c.Name).ShouldBe(["high", "low", "vol", "amount"]);
        columns.ShouldAllBe(c => !c.Optional);
        Load().ColumnsUntil(new DateOnly(2024, 6, 11)).ShouldAllBe(c => !c.UnreadableIsNull);
    }

    /// <summary>No adjusted price and no index may prove anything.</summary>
    [Fact]
    public void Shipped_UnadjustedPricesWithVolumeAndTurnover_AreThoseThatProveTheirUnits()
    {
        var shipped = DatasetRegistry.Load(DefinitionsFolder.Shipped, SourceTree.Calendars);

        shipped
            .All.Where(each => each.UnitProof is not null)
            .Select(each => $"{each.Id} {each.UnitProof!.Scale:G6}")
            .ShouldBe([
                "akshare.fund_etf_hist_em 0.01",
                "akshare.stock_zh_a_daily 1",
                "akshare.stock_zh_a_hist 0.01",
                "akshare.stock_zh_a_hist_tx 1",
                "tushare.block_trade 1",
                "tushare.daily 10",
                "tushare.fund_daily 10",
                "tushare.monthly 1",
                "tushare.rt_etf_k 1",
                "tushare.rt_min 1",
                "tushare.stk_mins 1",
                "tushare.weekly 1",
            ]);
    }
}
