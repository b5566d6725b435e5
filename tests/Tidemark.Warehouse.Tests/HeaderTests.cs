using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;
using Tidemark.Testing;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Tests;

/// <summary>The header of a SQL file: YAML in its first comment.</summary>
public sealed class HeaderTests : IDisposable
{
    private const string Daily = " SELECT code, price, dt FROM ods.ods_price WHERE dt = '${PARTITION_DATE}'";

    private const string Ranged =
        " SELECT code, price, dt FROM ods.ods_price WHERE dt BETWEEN '${RANGE_FROM}' AND '${RANGE_TO}'";

    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public void Load_EveryKey_IsRead()
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            """
            /*
            partition: month
            key: [code]
            mode: range
            calendar: XSHG
            description: What it costs
            reach:
              ods.ods_price: 5 trading days
            columns:
              price: { unit: CNY, about: The price }
            */
            -- For readers: ${ANYTHING} here would be a variable, and is one.
            """.Replace("${ANYTHING}", "nothing")
                + "\n"
                + Ranged
        );

        var project = _shop.Load();

        project.Warnings.ShouldBeEmpty();
        var table = project.Tables.Single();
        table.Definition.Partitioning.ShouldBe(TablePartitioning.Month);
        table.Definition.Key.ShouldBe(["code"]);
        table.Definition.Description.ShouldBe("What it costs");
        table.Definition.Columns[1].Comment.ShouldBe("The price [CNY]");
        table.IsByRange.ShouldBeTrue();
        table.Calendar.ShouldBe("XSHG");
        table.Inputs.Single().Reach.ShouldBe(new Reach(ReachKind.TradingDays, 5));
        table.Render(Workshop.Day1, Workshop.Day2).ShouldEndWith("BETWEEN '2022-06-01' AND '2022-06-02'");
    }

    [Fact]
    public void Load_WithoutAReach_AMacroOfTheDayIsTheDayAndAnythingElseEverything()
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            "/* { partition: dt, key: [code] } */ SELECT code, (SELECT max(name) FROM ods.ods_list) AS name FROM ods.ods_price_dt('${PARTITION_DATE}')"
        );

        _shop
            .Load()
            .Tables.Single()
            .Inputs.Select(i => $"{i.Table} {i.Reach}")
            .ShouldBe(["ods.ods_list everything", "ods.ods_price day"]);
    }

    [Theory]
    [InlineData(
        "partition: dt\nkey: [code]\ndiscription: x",
        Daily,
        "4: unknown key 'discription'; did you mean 'description'?"
    )]
    [InlineData("partition: dt\nkey: [code]\nwindow: 3", Daily, "4: unknown key 'window'")]
    [InlineData(
        "partition: dt\nkey: [code]\ncolumns: { price: { unti: CNY } }",
        Daily,
        "4: unknown key 'columns.price.unti'"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\ncolumns:\n  prize: { unit: CNY }",
        Daily,
        "5: a unit or description for 'prize'"
    )]
    [InlineData("partition: week\nkey: [code]", Daily, "2: 'partition' is 'week', expected one of dt, month, none")]
    [InlineData("partition: dt", Daily, "2: 'key' is missing from the header")]
    [InlineData("partition: dt\nkey: []", Daily, "3: 'key' must name at least one")]
    [InlineData("partition: dt\nkey: [code, code]", Daily, "3: 'key' names a column twice")]
    [InlineData("partition: dt\nkey: [cod]", Daily, "3: the key column 'cod'")]
    [InlineData("partition: dt\nkey: [code]\nmode: rnage", Daily, "4: 'mode' is 'rnage', expected one of day, range")]
    [InlineData("partition: dt\npartition: dt\nkey: [code]", Daily, "3: the key 'partition' stands twice")]
    [InlineData("partition: [dt", Daily, "not valid YAML")]
    [InlineData("partition: none\nkey: [code]\nmode: range", " SELECT code FROM ods.ods_price", "4: 'mode' is 'range'")]
    [InlineData(
        "partition: dt\nkey: [code]\nmode: range\nreach: { ods.ods_price: day }",
        Daily,
        "7: ${PARTITION_DATE} in a table with 'mode: range'"
    )]
    [InlineData("partition: dt\nkey: [code]", Ranged, "5: ${RANGE_FROM} in a table that is built a day at a time")]
    [InlineData(
        "partition: none\nkey: [code]",
        " SELECT code FROM ods.ods_price WHERE dt <= '${RANGE_TO}'",
        "5: ${RANGE_TO} in a table that is not partitioned"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\nmode: range\nreach: { ods.ods_price: day }",
        " SELECT code, dt FROM ods.ods_price WHERE dt >= '${RANGE_FROM}'",
        "must use ${RANGE_FROM} and ${RANGE_TO}"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\nmode: range\nreach: { ods.ods_price: day }",
        " SELECT code FROM ods.ods_price WHERE dt BETWEEN '${RANGE_FROM}' AND '${RANGE_TO}'",
        "must give the column dt"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\nmode: range",
        Ranged,
        "'reach' does not say how far a day looks into ods.ods_price"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\nreach: { ods.ods_prise: day }",
        Daily,
        "4: a reach of 'ods.ods_prise', which the query does not read; did you mean 'ods.ods_price'?"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\nreach:\n  ods.ods_price: 20 days",
        Daily,
        "5: the reach of ods.ods_price is '20 days', expected 'day'"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\nreach: { ods.ods_price: 0 trading days }",
        Daily,
        "4: the reach of ods.ods_price is '0 trading days'"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\nreach: { ods.ods_price: 20 trading days }",
        Daily,
        "say whose, for example 'calendar: XSHG'"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\ncalendar: XSHGG\nreach: { ods.ods_price: 2 trading days }",
        Daily,
        "4: 'calendar' is 'XSHGG', which has none; did you mean 'XSHG'?"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\ncalendar: XSHG",
        Daily,
        "4: 'calendar' is there for reaches in trading days"
    )]
    [InlineData(
        "partition: none\nkey: [code]\nreach: { ods.ods_price: day }",
        " SELECT code FROM ods.ods_price",
        "4: a reach of ods.ods_price: both tables"
    )]
    [InlineData(
        "partition: dt\nkey: [code]\ncalendar: XSHG\nreach: { ods.ods_price: 2 trading days }",
        " SELECT code FROM ods.ods_price_dt('${PARTITION_DATE}')",
        "5: a reach of ods.ods_price, which is read through its macro alone"
    )]
    [InlineData("partition: dt\nkey: [code]\ndescription: a/*b", Daily, "1: '/*' within the header")]
    public void Load_OneFault_SaysWhatAndOnWhichLine(string header, string sql, string expected)
    {
        _shop.Write("dwd/dwd_x.sql", $"/*\n{header}\n*/\n{sql}");

        var problem = Should.Throw<InvalidDefinitionException>(Load).Problems.ShouldHaveSingleItem();

        $"{problem.Origin.Line}: {problem.Text}".ShouldContain(expected);
    }

    [Theory]
    [InlineData("SELECT 1 AS code", "the header is missing")]
    [InlineData("-- A remark.\nSELECT 1 AS code", "the header is missing")]
    [InlineData("/*\npartition: none\nkey: [code]\nSELECT 1 AS code", "has no '*/'")]
    public void Load_WithoutAHeader_SaysHowItIsWritten(string text, string expected)
    {
        _shop.Write("dwd/dwd_x.sql", text);

        Should.Throw<InvalidDefinitionException>(Load).Message.ShouldContain(expected);
    }

    [Fact]
    public void Load_AVariableThatIsADay_MayNotBeDeclared()
    {
        _shop.Write("dw_config.yaml", "variables: { RANGE_FROM: \"1\" }");

        Should.Throw<InvalidDefinitionException>(Load).Message.ShouldContain("'variables.RANGE_FROM' must be");
    }

    [Fact]
    public async Task Build_HeaderLinesOfBefore_IsToldWithTheResult()
    {
        _shop.Write("dwd/dwd_x.sql", "-- partition: none\n-- key: code\nSELECT 'a' AS code");

        var result = await _shop.BuildAsync(_shop.Load());

        result.IsSuccess.ShouldBeTrue();
        result.Warnings.ShouldHaveSingleItem().ShouldContain("dwd_x.sql:1: write the header as YAML");
    }

    [Fact]
    public void Load_HeaderLinesOfBefore_AreReadWithAWarningThatSaysTheNewForm()
    {
        _shop.Write(
            "dwd/dwd_x.sql",
            "\n-- partition: dt\n-- key: code, price\n-- window ods.ods_list: 3\n-- unit price: CNY\n"
                + "SELECT code, price, (SELECT max(name) FROM ods.ods_list) AS name FROM ods.ods_price_dt('${PARTITION_DATE}')"
        );

        var project = Load();

        project.Tables.Single().Inputs[0].Reach.ShouldBe(new Reach(ReachKind.CalendarDays, 3));
        var warning = project.Warnings.ShouldHaveSingleItem();
        warning.Origin.ToString().ShouldEndWith("dwd_x.sql:2");
        warning.Text.ShouldContain("/* { partition: dt, key: [code, price] } */");
        warning.Text.ShouldContain("'columns'");
        warning.Text.ShouldContain("'reach'");
    }

    /// <summary>What the page shows is what the program reads.</summary>
    [Fact]
    public void Load_TheExampleOfTheDocument_IsRead()
    {
        var page = File.ReadAllText(Path.Combine(Workshop.Repository, "docs", "reference", "warehouse-header.md"));
        var begin = page.IndexOf("```sql\n", StringComparison.Ordinal) + "```sql\n".Length;
        _shop.Write("dwm/dwm_mean.sql", page[begin..page.IndexOf("\n```\n", begin, StringComparison.Ordinal)]);
        var shipped = Workshop.ShippedProject();

        var project = WarehouseProject.Load(
            _shop.Sql,
            new Dictionary<string, string>(),
            [.. Workshop.ShippedSources(), .. shipped.Tables.Select(t => t.Definition)],
            SourceTree.Calendars
        );

        project
            .Tables.Single()
            .Inputs.Select(i => $"{i.Table} {i.Reach}")
            .ShouldBe(["dim.dim_instrument everything", "dwd.dwd_stock_daily 20 trading days"]);
    }

    [Fact]
    public void Shipped_Always_IsWrittenInTheNewForm() => Workshop.ShippedProject().Warnings.ShouldBeEmpty();

    private WarehouseProject Load() =>
        WarehouseProject.Load(_shop.Sql, new Dictionary<string, string>(), Workshop.Sources, SourceTree.Calendars);
}
