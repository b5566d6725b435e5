using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Tests;

public sealed class WarehouseProjectTests : IDisposable
{
    private const string Daily = "-- partition: dt\n-- key: code\n";
    private const string Whole = "-- partition: none\n-- key: code\n";
    private const string FromPrices = "FROM ods.ods_price_dt('${PARTITION_DATE}')";
    private readonly Workshop _shop = new();

    [Fact]
    public void Shipped_Always_LoadsInOrderWithUnits()
    {
        var project = Workshop.ShippedProject();

        project
            .Tables.Select(t => t.Id.ToString())
            .ShouldBe([
                "dim.dim_instrument_code",
                "dim.dim_index_member",
                "dim.dim_instrument_history",
                "dim.dim_instrument",
                "dim.dim_instrument_industry",
                "dim.dim_instrument_name",
                "dim.dim_instrument_status",
                "dim.dim_trade_calendar",
                "dwd.dwd_daily_stock_price",
                "dwd.dwd_etf_daily",
                "dwd.dwd_futures_daily",
                "dwd.dwd_futures_continuous_daily",
                "dwd.dwd_futures_minute",
                "dwd.dwd_fx_daily",
                "dwd.dwd_index_daily",
                "dwd.dwd_index_minute",
                "dwd.dwd_macro_observation",
                "dwd.dwd_moneyflow",
                "dwd.dwd_spot_sge_daily",
                "dwd.dwd_stock_daily",
                "dwd.dwd_instrument_daily",
                "dwd.dwd_stock_daily_basic",
                "dwd.dwd_stock_minute",
                "dws.dws_macro_snapshot",
            ]);
        var daily = project.Tables.Single(t => t.Id.Name == "dwd_stock_daily");
        daily
            .Inputs.Select(i => $"{i.Table.Name}: {i.Reach}")
            .ShouldBe([
                "dim_instrument_status: valid",
                "ods_adj_factor: day",
                "ods_daily: day",
                "ods_daily_basic: 44 trading days",
                "ods_stk_limit: day",
                "ods_stock_st: day",
                "ods_suspend_d: day",
            ]);
        project
            .Tables.Where(t => t.HasDays)
            .SelectMany(t => t.Inputs)
            .ShouldAllBe(i => i.Reach != Reach.Everything, "a change of one day would make all days anew");
        daily.Definition.Columns.Single(c => c.Name == "amount_cny").Comment.ShouldBe("Value traded (成交额) [CNY]");
        daily.Definition.Columns.Single(c => c.Name == "volume_shares").Type.ShouldBe(LakeType.Long);
        project.Tables[0].Inputs.ShouldAllBe(i => i.Reach == Reach.Everything);
    }

    [Theory]
    [InlineData("ods.ods_prices: 5", "which the query does not read")]
    [InlineData("ods.ods_list: none", "expected calendar days from 1 to 3660")]
    [InlineData("ods.ods_list: 0", "expected calendar days from 1 to 3660")]
    [InlineData("ods.ods_price: 5", "read through its macro alone")]
    public void Load_WindowThatMeansNothing_IsAFault(string window, string what)
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            $"-- partition: dt\n-- key: code\n-- window {window}\nSELECT code, (SELECT max(name) FROM ods.ods_list) AS name {FromPrices}"
        );

        Should.Throw<InvalidDefinitionException>(() => _shop.Load()).Problems.Single().Text.ShouldContain(what);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(500)]
    public void Load_SumOfManyTerms_IsRead(int terms)
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            Whole + $"SELECT 1 AS code, {string.Join(" + ", Enumerable.Repeat("1", terms))} AS n"
        );

        _shop.Load().Tables.Single().Id.Name.ShouldBe("dwd_x");
    }

    [Fact]
    public void Load_DeeperThanTheEngineReads_IsAFaultOfTheFile()
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            Whole + $"SELECT 1 AS code, {string.Join(" + ", Enumerable.Repeat("1", 3000))} AS n"
        );

        Should
            .Throw<InvalidDefinitionException>(() => _shop.Load())
            .Problems.Single()
            .Text.ShouldContain("expression depth");
    }

    [Fact]
    public void Load_ManyFaults_ReportsAllWithFileAndLine()
    {
        _shop.Write("dwd/dwd_variable.sql", Daily + "SELECT code, ${MARGIN} AS m\n" + FromPrices);
        _shop.Write("dwd/dwd_empty.sql", Whole + "\n-- nothing\n");
        _shop.Write("dwd/dwd_two.sql", Whole + "SELECT 1 AS code;\nSELECT 2");
        _shop.Write("dwd/stock.sql", Whole + "SELECT 1 AS code");
        _shop.Write("gold/gold_x.sql", Whole + "SELECT 1 AS code");
        _shop.Write("ods/ods_x.sql", Whole + "SELECT 1 AS code");
        _shop.Write("dwd/dwd_later.sql", Whole + "SELECT code\nFROM dws.dws_sum");
        _shop.Write("dws/dws_sum.sql", Whole + "SELECT code FROM ods.ods_price");
        _shop.Write("dwd/dwd_unknown.sql", Whole + "SELECT code\nFROM ods.ods_prise");
        _shop.Write("dwd/dwd_bare.sql", Whole + "SELECT code FROM ods_price");
        _shop.Write("dwd/dwd_file.sql", Whole + "SELECT * FROM read_csv('/etc/passwd')");
        _shop.Write("dwd/dwd_header.sql", "-- partion: dt\n-- key: code\nSELECT code FROM ods.ods_price");
        _shop.Write("dwd/dwd_syntax.sql", Whole + "SELECT code\nFRM ods.ods_price x y");
        _shop.Write("dwd/dwd_column.sql", Whole + "SELECT code,\n  prize FROM ods.ods_price");
        _shop.Write("dwd/dwd_insert.sql", Whole + "DELETE FROM ods.ods_price");
        _shop.Write("dwd/dwd_key.sql", "-- partition: none\n-- key: cod\nSELECT code FROM ods.ods_price");
        _shop.Write("dwd/dwd_a.sql", Whole + "SELECT code FROM dwd.dwd_b");
        _shop.Write("dwd/dwd_b.sql", Whole + "SELECT code\nFROM dwd.dwd_a");

        var problems = Should.Throw<InvalidDefinitionException>(() => _shop.Load()).Problems;

        var found = problems.Select(p => $"{Path.GetFileName(p.Origin.Source)}:{p.Origin.Line}: {p.Text}").ToArray();
        var expected = new (string Where, string What)[]
        {
            ("dwd_variable.sql:3", "unknown variable 'MARGIN'"),
            ("dwd_empty.sql:1", "empty"),
            ("dwd_two.sql:1", "2 statements"),
            ("stock.sql:1", "named dwd_…"),
            ("gold_x.sql:1", "unknown layer: 'gold'"),
            ("ods_x.sql:1", "made from datasets"),
            ("dwd_later.sql:4", "later layer"),
            ("dwd_unknown.sql:4", "did you mean 'ods.ods_price'"),
            ("dwd_bare.sql:3", "write tables with their layer"),
            ("dwd_file.sql:3", "read_csv() is not allowed"),
            ("dwd_header.sql:1", "did you mean 'partition'"),
            ("dwd_header.sql:1", "is missing"),
            ("dwd_syntax.sql:4", "syntax error"),
            ("dwd_column.sql:4", "\"prize\" not found"),
            ("dwd_insert.sql:1", "one SELECT"),
            ("dwd_key.sql:2", "did you mean 'code'"),
            ("dwd_a.sql:3", "dwd.dwd_a → dwd.dwd_b → dwd.dwd_a"),
        };
        foreach (var (where, what) in expected)
        {
            found.ShouldContain(
                f => f.StartsWith(where + ": ", StringComparison.Ordinal) && f.Contains(what),
                $"{where}: {what}\n{string.Join('\n', found)}"
            );
        }

        found.Length.ShouldBe(expected.Length, string.Join('\n', found));
    }

    [Theory]
    [InlineData("-- partition: dt\n-- key: code\nSELECT code FROM ods.ods_price", "must use ${PARTITION_DATE}")]
    [InlineData(
        "-- partition: none\n-- key: code\nSELECT code FROM ods.ods_price_dt('${PARTITION_DATE}')",
        "not partitioned by dt or month"
    )]
    [InlineData("-- partition: week\n-- key: code\nSELECT code FROM ods.ods_price", "expected dt, month or none")]
    [InlineData(
        "-- partition: dt\n-- key: code, dt\nSELECT code FROM ods.ods_price_dt('${PARTITION_DATE}')",
        "leave dt out of it"
    )]
    [InlineData("-- partition: none\nSELECT code FROM ods.ods_price", "'-- key: column, column' is missing")]
    [InlineData(
        "-- partition: none\n-- key: code\n-- unit prize: CNY\nSELECT code, price FROM ods.ods_price",
        "did you mean 'price'"
    )]
    [InlineData("-- partition: none\n-- key: code\nSELECT code, dt FROM ods.ods_price", "needs another one")]
    [InlineData(
        "-- partition: none\n-- key: code\nSELECT code, sum(1) AS n FROM ods.ods_price GROUP BY 1",
        "cast it to BIGINT"
    )]
    [InlineData("-- partition: none\n-- key: code\nSELECT code, price + 1 FROM ods.ods_price", "a name")]
    [InlineData(
        "-- partition: none\n-- key: code\nSELECT code FROM other.ods.ods_price",
        "unknown table other.ods.ods_price"
    )]
    [InlineData("-- partition: none\n-- key: code\nSELECT code FROM 'x.parquet'", "write tables with their layer")]
    [InlineData("-- partition: none\n-- key: code\nSELECT code FROM ods.ods_price WHERE ${", "without '}'")]
    public void Load_OneFault_SaysWhat(string sql, string expected)
    {
        _shop.Write("dwd/dwd_x.sql", sql);

        Should.Throw<InvalidDefinitionException>(() => _shop.Load()).Message.ShouldContain(expected);
    }

    [Fact]
    public void Load_SelfReference_IsACycle()
    {
        _shop.Write("dwd/dwd_x.sql", Whole + "SELECT code FROM dwd.dwd_x");

        Should.Throw<InvalidDefinitionException>(() => _shop.Load()).Message.ShouldContain("dwd.dwd_x → dwd.dwd_x");
    }

    [Fact]
    public void References_InCtesSubqueriesAndMacros_AreFoundByTheParser()
    {
        _shop.Write(
            "dim/dim_list.sql",
            Whole + "SELECT code, name FROM ods.ods_list -- FROM ods.nothing\n;\n-- the end"
        );
        _shop.Write(
            "dwd/dwd_x.sql",
            Daily
                + """
                WITH ods_list AS (SELECT code, 'ods.ods_other' AS text FROM ods.ods_price_dt(DATE '${PARTITION_DATE}'))
                SELECT code, (SELECT max(name) FROM dim.dim_list) AS name, dt.i
                FROM ods_list, range(1) AS dt(i)
                WHERE code IN (SELECT code FROM ods.ods_list_dt('2022-01-01'))
                """
        );

        var table = _shop.Load().Tables.Single(t => t.Id.Name == "dwd_x");

        table.Inputs.ShouldBe([
            new TableInput(new TableId("dim", "dim_list"), Reach.Everything),
            new TableInput(new TableId("ods", "ods_list"), Reach.Everything),
            new TableInput(new TableId("ods", "ods_price"), Reach.Day, IsThroughMacro: true),
        ]);
    }

    [Fact]
    public void References_SameTableByDayAndWhole_CountsAsWhole()
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            Daily + "SELECT code, (SELECT max(price) FROM ods.ods_price) AS top " + FromPrices
        );

        _shop.Load().Tables.Single().Inputs.Single().Reach.ShouldBe(Reach.Everything);
    }

    [Fact]
    public void Order_IndependentTables_IsByLayerAndNameAndBehindInputs()
    {
        _shop.Write("dwd/dwd_c.sql", Whole + "SELECT code FROM ods.ods_list");
        _shop.Write("dwd/dwd_a.sql", Whole + "SELECT code FROM dwd.dwd_z");
        _shop.Write("dwd/dwd_z.sql", Whole + "SELECT code FROM ods.ods_list");
        _shop.Write("dim/dim_x.sql", Whole + "SELECT code FROM ods.ods_list");

        _shop.Load().Tables.Select(t => t.Id.Name).ShouldBe(["dim_x", "dwd_c", "dwd_z", "dwd_a"]);
    }

    [Fact]
    public void Variables_DeclaredAndOverridden_AreFilledIn()
    {
        _shop.Write("dw_config.yaml", "variables: { LEAST: \"1.5\" }");
        _shop.Write("dwd/dwd_x.sql", Daily + "SELECT code " + FromPrices + " WHERE price > ${LEAST}");

        _shop.Load().Tables.Single().Sql.ShouldEndWith("price > 1.5");
        _shop.Load(("LEAST", "2")).Tables.Single().Sql.ShouldEndWith("price > 2");
        Should.Throw<InvalidDefinitionException>(() => _shop.Load(("LAEST", "2"))).Message.ShouldContain("'LEAST'");
    }

    public void Dispose() => _shop.Dispose();
}
