using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Definitions.Yaml;
using Tidemark.Testing;

namespace Tidemark.Definitions.Tests.Datasets;

public sealed class DatasetRegistryTests
{
    private const string StkLimit = """
        dataset: tushare.stk_limit
        title: Price limits
        module: stock.limit
        bucket: stock
        api: stk_limit
        table: ods_stk_limit
        grain: trading_day
        calendar: XSHG
        available: { at: "08:40" }
        request: { params: { trade_date: "{dt}" }, row_cap: 5800 }
        date_column: trade_date
        key: [ts_code, trade_date]
        columns:
          ts_code: { type: text }
          trade_date: { type: date }
          pre_close: { type: double, unit: CNY }
          up_limit: { type: double, unit: CNY }
          down_limit: { type: double, unit: CNY }
        """;

    private static readonly IReadOnlySet<string> s_calendars = SourceTree.Calendars;

    private static string Fault(string name, string text)
    {
        using var folder = DefinitionsFolder.Empty().With(name, text);
        var error = Should.Throw<InvalidDefinitionException>(() => DatasetRegistry.Load(folder.Path, s_calendars));
        error.Code.ShouldBe("DEFINITION_INVALID");
        return error.Message;
    }

    [Fact]
    public void Load_WhatIsShipped_PlansTheTenDatasets()
    {
        var registry = DatasetRegistry.Load(DefinitionsFolder.Shipped, s_calendars);

        registry
            .Planned.Select(dataset => dataset.Id)
            .ShouldBe([
                "tushare.adj_factor",
                "tushare.daily",
                "tushare.daily_basic",
                "tushare.fund_basic",
                "tushare.fund_daily",
                "tushare.index_basic",
                "tushare.index_daily",
                "tushare.stock_basic",
                "tushare.suspend_d",
                "tushare.trade_cal",
            ]);
        var ofTushare = registry.All.Where(dataset => dataset.Vendor == "tushare").ToArray();
        ofTushare.ShouldAllBe(dataset => dataset.Id == "tushare." + dataset.Api);
        ofTushare.ShouldAllBe(dataset => dataset.Table == "ods_" + dataset.Api);
        registry.Get("index_basic").Columns.Single(column => column.Name == "description").Field.ShouldBe("desc");
        registry.FindByTable("ods_daily")!.Id.ShouldBe("tushare.daily");
    }

    [Fact]
    public void Load_Daily_HasUnitsKeyAndDueTime()
    {
        var daily = DatasetRegistry.Load(DefinitionsFolder.Shipped, s_calendars).Get("tushare.daily");

        daily.Grain.ShouldBe(UnitGrain.TradingDay);
        daily.Module.ShouldBe("stock.market.daily");
        daily.AvailableAt.ShouldBe(new TimeOnly(16, 30));
        daily.Grace.ShouldBe(TimeSpan.FromHours(2));
        daily.Parameters.ShouldBe(new Dictionary<string, string> { ["trade_date"] = "{dt}" });
        daily.RowCap.ShouldBe(6000);
        daily.Key.ShouldBe(["ts_code", "trade_date"]);
        daily.Columns.Count.ShouldBe(13);
        daily.Columns[0].Name.ShouldBe("ts_code");
        daily.Columns[0].Nullable.ShouldBeFalse();
        daily.Columns[^1].Since.ShouldBe(new DateOnly(2026, 7, 6));
        daily.Columns.Single(column => column.Name == "vol").Unit.ShouldBe("hand");
        daily.Columns.Single(column => column.Name == "amount").Unit.ShouldBe("thousand CNY");
    }

    [Fact]
    public void Load_SuspendD_MayHaveANullInItsKey()
    {
        var suspensions = DatasetRegistry.Load(DefinitionsFolder.Shipped, s_calendars).Get("suspend_d");

        suspensions.EmptyIsOrdinary.ShouldBeTrue();
        suspensions.Columns.Single(column => column.Name == "suspend_timing").Nullable.ShouldBeTrue();
        suspensions.Columns.Single(column => column.Name == "suspend_type").Nullable.ShouldBeFalse();
    }

    [Fact]
    public void Load_StockBasic_RequiresWhatEverySourceHas()
    {
        var stocks = DatasetRegistry.Load(DefinitionsFolder.Shipped, s_calendars).Get("stock_basic");

        stocks.FanOut["list_status"].ShouldBe(["L", "D", "P"]);
        stocks
            .Columns.Where(column => !column.Optional)
            .Select(column => column.Name)
            .ShouldBe(["ts_code", "symbol", "name", "area", "industry", "market", "list_status", "list_date"]);
        stocks.Columns.Single(column => column.Name == "delist_date").Nullable.ShouldBeTrue();
    }

    [Fact]
    public void Load_AFileMore_IsADatasetMore()
    {
        using var folder = DefinitionsFolder
            .CopyOfShipped()
            .With("tushare.etf_limit.yaml", StkLimit.Replace("stk_limit", "etf_limit"));

        var registry = DatasetRegistry.Load(folder.Path, s_calendars);

        registry.Planned.Count.ShouldBe(11);
        registry.Get("etf_limit").Columns.Select(column => column.Field).ShouldContain("up_limit");
    }

    [Fact]
    public void Load_PartitionMonth_IsKeptByMonthAndDaysAreTheDefault()
    {
        using var folder = DefinitionsFolder.Empty().With("tushare.stk_limit.yaml", "partition: month\n" + StkLimit);
        DatasetRegistry.Load(folder.Path, s_calendars).All.Single().IsKeptByMonth.ShouldBeTrue();

        foreach (var text in new[] { StkLimit, "partition: dt\n" + StkLimit })
        {
            using var days = DefinitionsFolder.Empty().With("tushare.stk_limit.yaml", text);
            DatasetRegistry.Load(days.Path, s_calendars).All.Single().IsKeptByMonth.ShouldBeFalse();
        }
    }

    [Fact]
    public void Load_PartitionThatIsNone_NamesThoseThereAre()
    {
        Fault("tushare.stk_limit.yaml", "partition: week\n" + StkLimit)
            .ShouldContain("tushare.stk_limit.yaml:1: 'partition' is 'week', expected one of dt, month");
        Fault("tushare.stk_limit.yaml", "partition: month\n" + StkLimit + "\n  month: { type: text }")
            .ShouldContain("'columns' names 'month', which is the partition column with 'partition: month'");
    }

    [Fact]
    public void Load_ManyFaults_ReportsAllWithFileAndLine()
    {
        var message = Fault(
            "tushare.daly.yaml",
            """
            dataset: tushare.daily
            title: x
            module: m
            bucket: stocks
            api: daily
            table: daily
            grain: day
            calendar: XSHGG
            available: { at: 1630, graze: 2h }
            request: { params: { trade_date: "{day}", list_status: L }, fan_out: { list_status: [L, L], x: [] }, row_cap: 0 }
            date_column: ts_code
            key: [ts_code, trade_day]
            columns:
              ts_code: { type: text, optional: true }
              trade_date: { type: datetime }
              dt: { type: date }
              Open: { typ: double }
              other: { type: text, field: ts_code }
            """
        );

        string[] expected =
        [
            "tushare.daly.yaml:1: 'dataset' is 'tushare.daily', so the file must be called tushare.daily.yaml",
            "tushare.daly.yaml:4: 'bucket' is 'stocks', expected one of stock, etf",
            "tushare.daly.yaml:6: 'table' is 'daily', expected ods_",
            "tushare.daly.yaml:7: 'grain' is 'day', expected one of trading_day, snapshot",
            "tushare.daly.yaml:8: 'calendar' is 'XSHGG', which is not among the calendars; did you mean 'XSHG'?",
            "tushare.daly.yaml:9: 'available.at' is '1630', expected a quoted time",
            "tushare.daly.yaml:9: unknown key 'available.graze'; did you mean 'grace'?",
            "tushare.daly.yaml:10: 'request.params' gives trade_date '{day}'; the only placeholder is {dt}",
            "tushare.daly.yaml:10: 'request.fan_out' and 'params' both give list_status",
            "tushare.daly.yaml:10: 'request.fan_out' must give list_status at least one value, and none twice",
            "tushare.daly.yaml:10: 'request.fan_out' must give x at least one value",
            "tushare.daly.yaml:10: 'request.row_cap' is '0', expected a whole number, 1 or more",
            "tushare.daly.yaml:11: 'date_column' is 'ts_code', which is not of type date",
            "tushare.daly.yaml:12: 'key' names 'trade_day', which is no column; did you mean 'trade_date'?",
            "tushare.daly.yaml:14: 'columns.ts_code.optional' columns may be absent",
            "tushare.daly.yaml:15: 'columns.trade_date.type' is 'datetime', expected one of text, date, timestamp, double, long, boolean",
            "tushare.daly.yaml:13: 'columns' names 'dt', which is the lake's own column",
            "tushare.daly.yaml:13: 'columns' names 'Open', expected small letters",
            "tushare.daly.yaml:17: the required key 'type' is missing in 'columns.Open'",
            "tushare.daly.yaml:17: unknown key 'columns.Open.typ'; did you mean 'type'?",
            "tushare.daly.yaml:13: 'columns' reads the vendor's field 'ts_code' into more than one column",
        ];
        foreach (var line in expected)
        {
            message.ShouldContain(line);
        }
    }

    [Fact]
    public void Load_TradingDayWithoutDay_IsRefused()
    {
        var message = Fault(
            "tushare.stk_limit.yaml",
            StkLimit.Replace("\"{dt}\"", "\"20220601\"").Replace("date_column: trade_date\n", "")
        );

        message.ShouldContain("'request.params' must use {dt}");
        message.ShouldContain("'date_column' is required with grain trading_day");
    }

    [Fact]
    public void Load_ModuleOfTwoDatasets_IsAGroupAndEachHasASwitchOfItsOwn()
    {
        using var folder = DefinitionsFolder
            .CopyOfShipped()
            .With(
                "tushare.stk_limit.yaml",
                StkLimit.Replace("module: stock.limit", "module: stock.market.daily", StringComparison.Ordinal)
            );

        var datasets = DatasetRegistry.Load(folder.Path, s_calendars);

        datasets.Get("stk_limit").Switch.ShouldBe("tushare.stk_limit");
        datasets.Get("daily").Switch.ShouldBe("tushare.daily");
        datasets.Get("adj_factor").Switch.ShouldBe("stock.adj_factor");
    }

    [Theory]
    [InlineData("grain: symbol", "'per' is required with grain symbol")]
    [InlineData("grain: symbol\nper: month", "'part' is required with grain symbol")]
    [InlineData(
        "grain: symbol\nper: month\npart: { symbols_of: tushare.daily }",
        "which is no dataset with grain snapshot"
    )]
    [InlineData(
        "grain: symbol\nper: month\npart: { symbols_of: tushare.stock_basic }",
        "'request.params' must use {part}"
    )]
    [InlineData("grain: symbol\nper: month\npart: { values: [A] }", "'part.symbols_of' is required with grain symbol")]
    [InlineData("grain: events\nper: week", "'per' is 'week', expected one of month, quarter, year")]
    [InlineData("grain: events\nper: month", "must use {from}: a dataset with grain events")]
    [InlineData(
        "grain: events\nper: month\npart: { symbols_of: x.y }",
        "'part.symbols_of' makes no sense with grain events"
    )]
    [InlineData(
        "grain: period\nper: month\nperiod_column: trade_date",
        "'period_column' is 'trade_date', which is not of type text"
    )]
    [InlineData("grain: events\nper: month\ndays: last_of_week", "'days' makes no sense with grain events")]
    [InlineData("grain: trading_day\naccumulates: true", "'accumulates' makes no sense with grain trading_day")]
    [InlineData("grain: trading_day\nper: month", "'per' makes no sense with grain trading_day")]
    [InlineData("grain: trading_day\npart: { values: [A] }", "'part' makes no sense with grain trading_day")]
    [InlineData("grain: trading_day\nperiod_column: ts_code", "'period_column' makes no sense with grain trading_day")]
    public void Load_WhatAGrainNeedsIsNotThereOrWhatItHasNotIs_SaysSo(string grain, string problem) =>
        Fault("tushare.stk_limit.yaml", StkLimit.Replace("grain: trading_day", grain, StringComparison.Ordinal))
            .ShouldContain(problem);

    [Fact]
    public void Load_SymbolsOfAListWithoutThatColumn_NamesTheColumn()
    {
        using var folder = DefinitionsFolder
            .CopyOfShipped()
            .With(
                "tushare.stk_limit.yaml",
                StkLimit.Replace(
                    "grain: trading_day",
                    "grain: symbol\nper: month\npart: { symbols_of: tushare.stock_basic, symbol: tscode }",
                    StringComparison.Ordinal
                )
            );

        Should
            .Throw<InvalidDefinitionException>(() => DatasetRegistry.Load(folder.Path, s_calendars))
            .Message.ShouldContain(
                "'part.symbol' is 'tscode', which is no column of tushare.stock_basic; did you mean 'ts_code'?"
            );
    }

    [Fact]
    public void Load_TableTakenTwice_NamesBothFiles()
    {
        using var folder = DefinitionsFolder
            .CopyOfShipped()
            .With("tushare.stk_limit.yaml", StkLimit.Replace("ods_stk_limit", "ods_daily"));

        Should
            .Throw<InvalidDefinitionException>(() => DatasetRegistry.Load(folder.Path, s_calendars))
            .Message.ShouldContain(
                $"tushare.stk_limit.yaml: table 'ods_daily' is taken by {folder.Path}/tushare.daily.yaml"
            );
    }

    [Fact]
    public void Load_FaultsOfSeveralFiles_AreReportedTogether()
    {
        using var folder = DefinitionsFolder
            .Empty()
            .With("tushare.a.yaml", StkLimit)
            .With("tushare.b.yaml", "dataset: [")
            .With("tushare.c.yml", StkLimit)
            .With("README.md", "not a dataset");

        var message = Should
            .Throw<InvalidDefinitionException>(() => DatasetRegistry.Load(folder.Path, s_calendars))
            .Message;

        message.ShouldContain("tushare.a.yaml:1: 'dataset' is 'tushare.stk_limit'");
        message.ShouldStartWith("3 problems in the dataset definitions");
        message.ShouldContain("not valid YAML");
        message.ShouldContain("tushare.c.yml: rename it to end in .yaml");
        message.ShouldNotContain("README");
    }

    [Fact]
    public void Load_NoFolderOrNothingInIt_SaysWhere()
    {
        using var folder = DefinitionsFolder.Empty();

        Should
            .Throw<TidemarkException>(() => DatasetRegistry.Load(folder.Path, s_calendars))
            .Message.ShouldContain("holds no *.yaml file");
        Should
            .Throw<TidemarkException>(() => DatasetRegistry.Load(folder.Path + "/none", s_calendars))
            .Code.ShouldBe("DEFINITIONS_MISSING");
    }

    [Fact]
    public void Get_UnknownName_OffersTheNearest()
    {
        var registry = DatasetRegistry.Load(DefinitionsFolder.Shipped, s_calendars);

        Should
            .Throw<TidemarkException>(() => registry.Get("tushare.dialy"))
            .Message.ShouldBe("there is no dataset 'tushare.dialy'; did you mean 'tushare.daily'?");
        Should.Throw<TidemarkException>(() => registry.Get("sotck_basic")).Message.ShouldContain("'stock_basic'");
    }

    private const string BySymbol = """

        axes:
          symbol:
            params: { ts_code: "{part}", start_date: "{from}", end_date: "{to}" }
            part: { symbols_of: tushare.stock_basic }
        """;

    [Fact]
    public void Load_DatasetWithAnAxisBySymbol_IsTheSameDatasetAskedForInTwoWays()
    {
        using var folder = DefinitionsFolder.CopyOfShipped().With("tushare.stk_limit.yaml", StkLimit + BySymbol);

        var dataset = DatasetRegistry.Load(folder.Path, s_calendars).Get("stk_limit");

        (dataset.Grain, dataset.Per, dataset.Part).ShouldBe((UnitGrain.TradingDay, PeriodKind.Day, null));
        var axis = dataset.BySymbol!;
        (axis.Id, axis.Table, axis.Grain, axis.Per).ShouldBe(
            (dataset.Id, dataset.Table, UnitGrain.Symbol, PeriodKind.Range)
        );
        axis.Part!.Column.ShouldBe("ts_code");
        axis.Part.Symbols.ShouldBe(
            new SymbolSource("tushare.stock_basic", "ts_code", "list_date", "delist_date", null)
        );
        axis.Parameters["start_date"].ShouldBe("{from}");
        dataset.Parameters["trade_date"].ShouldBe("{dt}");
    }

    [Fact]
    public void Load_ListOfAnAxisWithFaults_LeavesTheDatasetItsOwnWay()
    {
        using var folder = DefinitionsFolder
            .CopyOfShipped()
            .With("tushare.stk_limit.yaml", StkLimit + BySymbol)
            .With("tushare.stock_basic.yaml", "dataset: tushare.stock_basic\n");

        var registry = DatasetRegistry.Read(
            DefinitionSet.Of(DefinitionFiles.Read(folder.Path, null, DatasetRegistry.Kind)),
            new CalendarNames(s_calendars),
            Switches.None
        );

        registry
            .LeftOut.Select(fault => fault.Id)
            .Where(id => !id.StartsWith("akshare.", StringComparison.Ordinal))
            .ShouldBe(["tushare.stk_mins", "tushare.stock_basic"]);
        registry.Get("stk_limit").BySymbol.ShouldBeNull();
    }

    [Theory]
    [InlineData(
        "tushare.stock_basic",
        "tushare.stock_basics",
        "'axes.symbol.part.symbols_of' is 'tushare.stock_basics'"
    )]
    [InlineData("{from}", "{dt}", "'axes.symbol.params' gives start_date '{dt}'")]
    [InlineData("ts_code: \"{part}\", ", "", "'axes.symbol.params' must use {part}")]
    [InlineData("  symbol:", "  symbols:", "'axes' must name 'symbol'")]
    [InlineData(
        "_basic }",
        "_basic, column: up_limit }",
        "'axes.symbol.part.column' is 'up_limit', which is not of type text"
    )]
    [InlineData("grain: trading_day", "grain: symbol\nper: month", "'axes' makes no sense without grain trading_day")]
    public void Load_AxisThatCannotBe_IsRefused(string right, string wrong, string fault)
    {
        using var folder = DefinitionsFolder
            .CopyOfShipped()
            .With("tushare.stk_limit.yaml", (StkLimit + BySymbol).Replace(right, wrong, StringComparison.Ordinal));

        var error = Should.Throw<InvalidDefinitionException>(() => DatasetRegistry.Load(folder.Path, s_calendars));

        error.Message.ShouldContain(fault);
    }
}
