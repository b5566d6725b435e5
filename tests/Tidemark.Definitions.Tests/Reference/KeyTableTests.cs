using Tidemark.Definitions.Calendars;
using Tidemark.Definitions.Checks;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Warehouse;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Reference;

/// <summary>
/// Each kind of file has the keys that are declared for it, and no other: a reader that asks for another fails, the
/// specimens here have every one of them, and one that is mistyped is refused wherever it stands.
/// </summary>
public sealed class KeyTableTests : IDisposable
{
    private const string BySymbol = """
        dataset: tushare.minutes
        title: Bars of a minute
        title_zh: 分钟行情
        batch: P2
        flag: universeMoneyflowEnabled
        points: purchased
        history: 2009-01-01
        standby: true
        retired: false
        module: stock.minutes
        bucket: stock
        api: stk_mins
        table: ods_minutes
        partition: dt
        grain: symbol
        expected: instrument_day
        per: month
        part:
          symbols_of: tushare.list
          column: ts_code
          symbol: ts_code
          listed: list_date
          delisted: delist_date
          where: "true"
          sample: 000001.SZ
        calendar: XSHG
        available:
          at: "18:00"
          grace: 2h
          days_later: 0
        request:
          params: { ts_code: "{part}", start_date: "{from}", end_date: "{to}" }
          fan_out: { freq: [1min, 5min] }
          row_cap: 8000
          limit: 100/min
          rows_a_day: 241
          all_days: false
        date_column: day
        empty_is_ordinary: true
        unit_proof:
          volume: vol
          amount: amount
          low: close
          high: close
          on_other: block
        drift: { on_new_column: block, on_missing: warn, on_retyped: warn }
        rules:
          close: { min: 1, above: 0, max: 9999, not_above: vol, nulls: 0.5, on_break: block }
        key: [ts_code, day]
        columns:
          ts_code:
            type: text
            nullable: false
          day:
            type: date
            field: trade_date
          close:
            type: double
            unit: CNY
            optional: true
            since: 2026-07-06
            about: Last price
            zh: 收盘价
          vol: { type: long, unit: hand }
          amount: { type: double, unit: thousand CNY }
        """;

    private const string ByPeriod = """
        dataset: tushare.prices
        title: Prices
        module: macro.prices
        bucket: macro
        api: cn_cpi
        table: ods_prices
        grain: period
        per: month
        part:
          values: [east, west]
        calendar: XSHG
        available: { at: "18:00" }
        request: { params: { m: "{month}", region: "{part}" }, row_cap: 100, rows: 3 }
        period_column: month
        key: [month]
        columns: { month: { type: text } }
        """;

    private const string ByDay = """
        dataset: tushare.flows
        title: Flows
        module: stock.flows
        bucket: stock
        api: moneyflow
        table: ods_flows
        grain: trading_day
        calendar: XSHG
        available: { at: "18:00" }
        request: { params: { trade_date: "{dt}" }, row_cap: 100 }
        date_column: day
        row_count:
          min: 10
          fall: 0.2
          on_break: block
        canaries:
          symbols: [000001.SZ]
          symbols_of: tushare.list
          trades: tushare.flows
        key: [ts_code, day]
        columns: { ts_code: { type: text }, day: { type: date } }
        """;

    private const string List = """
        dataset: tushare.list
        title: Stocks
        module: stock.list
        bucket: stock
        api: stock_basic
        table: ods_list
        grain: snapshot
        accumulates: false
        calendar: XSHG
        available: { at: "18:00" }
        request: { row_cap: 100, rows: 3 }
        tags: { symbol: ts_code, from: list_date, last: delist_date, where: "true", kind: stock, by: { name: [name] } }
        key: [ts_code]
        columns: { ts_code: { type: text, alias: code }, name: { type: text }, list_date: { type: date }, delist_date: { type: date } }
        """;

    private const string CheckOfEntities = """
        check: stock.minutes
        title: Minutes
        pools: [source_pool, target_pool]
        bucket: stock
        entities:
          dataset: tushare.list
          symbol: ts_code
          listed: list_date
          delisted: delist_date
          where: "true"
          name: name
        entity_type: instrument
        required: [tushare.minutes]
        values: { tushare.minutes: [close] }
        suspensions:
          dataset: tushare.minutes
          symbol: ts_code
          where: "true"
          unless: tushare.minutes
        """;

    private const string CheckOfOne = """
        check: macro.prices
        title: Prices
        pools: [source_pool]
        bucket: macro
        entity: CN
        required: [tushare.prices]
        """;

    private const string Header = """
        /*
        partition: dt
        key: [symbol]
        mode: range
        calendar: XSHG
        reach: { ods.ods_list: everything }
        description: A table
        columns:
          close:
            unit: CNY
            about: Its close
        */
        SELECT 1
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-keys-").FullName;

    public static TheoryData<string, string, string> Misspelt =>
        new()
        {
            { "dataset", "rows_a_day:", "row_a_day:" },
            { "dataset", "partition: dt", "partitions: dt" },
            { "dataset", "symbols_of:", "symbol_of:" },
            { "dataset", "grace: 2h", "graze: 2h" },
            { "dataset", "about: Last", "abuot: Last" },
            { "check", "entity_type:", "entity_typ:" },
            { "check", "delisted:", "delistet:" },
            { "check", "unless:", "unles:" },
            { "header", "mode:", "modes:" },
            { "header", "unit: CNY", "units: CNY" },
        };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Specimens_HaveEveryDeclaredKeyAndNoFault()
    {
        Faults(BySymbol, CheckOfEntities, Header).ShouldBeEmpty();

        Missing(DatasetKeys.Table, BySymbol, ByPeriod, ByDay, List, List.Replace("last:", "to:")).ShouldBeEmpty();
        Missing(CheckKeys.Table, CheckOfEntities, CheckOfOne).ShouldBeEmpty();
        Missing(HeaderKeys.Table, Header).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Misspelt))]
    public void UnknownKey_AnywhereInAFile_IsRefusedWithItsLineAndTheNearest(string kind, string key, string mistyped)
    {
        var text = kind switch
        {
            "dataset" => BySymbol,
            "check" => CheckOfEntities,
            _ => Header,
        };
        var line = 1 + text[..text.IndexOf(key, StringComparison.Ordinal)].Count(c => c == '\n');
        var broken = text.Replace(key, mistyped);

        var faults = Faults(
            kind == "dataset" ? broken : BySymbol,
            kind == "check" ? broken : CheckOfEntities,
            kind == "header" ? broken : Header
        );

        var fault = faults.First(f => f.Text.StartsWith("unknown key", StringComparison.Ordinal));
        fault.Origin.Line.ShouldBe(line);
        fault.Text.ShouldContain($"{mistyped.Split(':')[0]}'; did you mean '{key.Split(':')[0]}'?");
    }

    [Theory]
    [InlineData("timezone")]
    [InlineData("first")]
    [InlineData("last")]
    public void Calendar_WithAMisspeltSetting_NamesTheNearest(string setting)
    {
        const string Text =
            "# timezone: UTC\n# first: 2026-01-01\n# last: 2026-12-31\ndate,open,early_close\n2026-05-01,0,\n";
        var problems = new YamlProblems();
        CalendarFile.Read("X", Text, "X.csv", problems).ShouldNotBeNull();
        CalendarKeys.Settings.Keys.Select(key => key.Path).ShouldContain(setting);

        CalendarFile.Read("X", Text.Replace($"# {setting}:", $"# {setting}s:"), "X.csv", problems).ShouldBeNull();

        problems.Items.ShouldHaveSingleItem().Text.ShouldBe($"unknown key '{setting}s'; did you mean '{setting}'?");
    }

    [Fact]
    public void Calendar_WithAnotherHeader_IsRefused()
    {
        var problems = new YamlProblems();
        var header = string.Join(',', CalendarKeys.Columns.Keys.Select(key => key.Path));
        var text = $"# timezone: UTC\n# first: 2026-01-01\n# last: 2026-12-31\n{header}\n";
        CalendarFile.Read("X", text, "X.csv", problems).ShouldNotBeNull();

        CalendarFile.Read("X", text.Replace("open", "opened"), "X.csv", problems).ShouldBeNull();

        problems.Items.ShouldHaveSingleItem().Origin.Line.ShouldBe(4);
    }

    [Fact]
    public void Reader_ThatAsksForWhatIsNotDeclared_Fails()
    {
        var root = YamlSection.Parse("a.yaml", "a: { b: 1 }", new YamlProblems());
        root.Section("a").Int("b", 0);

        Should.NotThrow(() => root.RejectUnknownKeys(new KeyTable([new("a.b", "", "", "")])));
        Should.Throw<InvalidOperationException>(() => root.RejectUnknownKeys(new KeyTable([new("a.c", "", "", "")])));
    }

    /// <summary>Every fault of a dataset and a check beside the other specimens, and of a header.</summary>
    private YamlProblem[] Faults(string dataset, string check, string header)
    {
        Write("datasets/tushare.minutes.yaml", dataset);
        Write("datasets/tushare.prices.yaml", ByPeriod);
        Write("datasets/tushare.flows.yaml", ByDay);
        Write("datasets/tushare.list.yaml", List);
        Write("checks/stock.minutes.yaml", check);
        Write("checks/macro.prices.yaml", CheckOfOne);
        Write("calendars/XSHG.csv", SourceTree.Calendar("XSHG"));
        Directory.CreateDirectory(Path.Combine(_folder, "warehouse"));
        var bundle = new DefinitionBundle(new DefinitionFolders(_folder, null), Switches.None);
        var problems = new YamlProblems();
        SqlHeader.Read("a.sql", header, problems);
        return [.. bundle.LeftOut.SelectMany(fault => fault.Problems), .. problems.Items];
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>
    /// Declared keys that stand in none of the texts; each stands on a line of its own there, or in braces.
    /// </summary>
    private static string[] Missing(KeyTable table, params string[] texts) =>
        [
            .. table
                .Keys.Select(key => key.Path)
                .Where(path => !texts.Any(text => text.Contains($"{path.Split('.')[^1]}:", StringComparison.Ordinal))),
        ];
}
