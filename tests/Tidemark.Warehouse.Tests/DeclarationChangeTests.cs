using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// A declaration that no longer fits the table that stands: the table is built anew as a whole, in one version.
/// </summary>
public sealed class DeclarationChangeTests : IDisposable
{
    private const string Copy =
        "-- partition: dt\n-- key: code\n-- unit price: CNY\nSELECT code, price FROM ods.ods_price_dt('${PARTITION_DATE}')";

    private const string Sum =
        "-- partition: dt\n-- key: n\nSELECT count(*) AS n FROM dwd.dwd_copy_dt('${PARTITION_DATE}')";

    private static readonly TableId s_copy = new("dwd", "dwd_copy");
    private readonly Workshop _shop = new();

    [Theory]
    [InlineData("code, price", "code, price AS close", "code|close|dt")]
    [InlineData("code, price", "code, price::BIGINT AS price", "code|price|dt")]
    [InlineData("code, price", "code", "code|dt")]
    [InlineData("key: code", "key: code, price", "code|price|dt")]
    [InlineData("partition: dt", "partition: month", "code|price|dt|month")]
    public async Task Build_DeclarationThatDoesNotFit_ReplacesTheTableInOneVersion(
        string before,
        string after,
        string columns
    )
    {
        await SampleAsync();
        _shop.Write("dwd/dwd_copy.sql", Copy.Replace(before, after).Replace("-- unit price: CNY\n", ""));

        var result = await _shop.BuildAsync(_shop.Load());
        var again = await _shop.BuildAsync(_shop.Load());

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failed));
        result.Built.Count(b => b.Table == "dwd.dwd_copy").ShouldBe(2);
        again.Built.ShouldBeEmpty();
        var now = await TableAsync();
        string.Join('|', now.Columns.Select(c => c.Name)).ShouldBe(columns);
        now.Key.ShouldBe(_shop.Load().Tables.Single(t => t.Id == s_copy).Definition.Key);
        (await _shop.RowsAsync("SELECT code, dt FROM dwd.dwd_copy ORDER BY ALL")).ShouldBe([
            "a|2022-06-01",
            "a|2022-06-02",
            "b|2022-06-01",
        ]);
        (await _shop.RowsAsync("SELECT n, dt FROM dws.dws_sum ORDER BY dt")).ShouldBe(["2|2022-06-01", "1|2022-06-02"]);
    }

    [Fact]
    public async Task Build_AfterAReplacement_TheVersionBeforeIsReadAsItWas()
    {
        await SampleAsync();
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("price FROM", "price AS close FROM").Replace("unit price", "unit close")
        );

        await _shop.BuildAsync(_shop.Load());

        var now = await TableAsync();
        now.Version.ShouldBe(1);
        now.SchemaChanged.ShouldBeFalse("every live file has the declared columns");
        now.Commit!.ShrinkReason!.ShouldContain("declaration changed");
        now.Commit.Inputs!.ShouldBe([new KeyValuePair<string, long>("ods.ods_price", 1)]);
        var old = await _shop.Lake.Table(s_copy).SnapshotAtAsync(0, default);
        using var session = await _shop.Lake.OpenSessionAtAsync([old], default);
        using var rows = session.Connection.Query("SELECT sum(price) FROM dwd.dwd_copy");
        rows.Rows().Single()[0].ShouldBe(6.0);
    }

    [Fact]
    public async Task Build_OfOneDay_StillReplacesTheWholeTable()
    {
        await SampleAsync();
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("price FROM", "price AS close FROM").Replace("unit price", "unit close")
        );

        var result = await _shop.BuildAsync(
            _shop.Load(),
            new BuildRequest("run", ["dwd"], Workshop.Day2, Workshop.Day2)
        );

        result.Built.Select(b => b.Dt).ShouldBe([Workshop.Day1, Workshop.Day2]);
        (await _shop.RowsAsync("SELECT sum(close) FROM dwd.dwd_copy")).ShouldBe(["6"]);
    }

    [Fact]
    public async Task Build_OnePartitionFails_LeavesTheTableAsItWas()
    {
        await SampleAsync();
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace(
                    "price FROM",
                    "CASE WHEN '${PARTITION_DATE}' = '2022-06-02' THEN error('no') ELSE price END AS close FROM"
                )
                .Replace("unit price", "unit close")
        );

        var result = await _shop.BuildAsync(_shop.Load());

        result.Failed.Select(f => (f.Dt, f.Code)).ShouldBe([(Workshop.Day2, "BUILD_SQL")]);
        result.Blocked.Select(b => b.Table).ShouldBe(["dws.dws_sum"]);
        (await TableAsync()).Version.ShouldBe(0);
        (await _shop.RowsAsync("SELECT sum(price) FROM dwd.dwd_copy")).ShouldBe(["6"]);
    }

    [Fact]
    public async Task Build_OtherWordsOnly_AreToldWithoutBuildingAnythingAnew()
    {
        await SampleAsync();
        var files = (await TableAsync()).Files.Keys.ToArray();
        _shop.Write(
            "dwd/dwd_copy.sql",
            Copy.Replace("unit price: CNY", "about price: What it costs\n-- unit price: USD")
        );

        var result = await _shop.BuildAsync(_shop.Load());

        result.IsSuccess.ShouldBeTrue();
        var now = await TableAsync();
        now.Files.Keys.ShouldBe(files);
        now.Columns.Single(c => c.Name == "price").Comment.ShouldBe("What it costs [USD]");
    }

    public void Dispose() => _shop.Dispose();

    private Task<TableSnapshot> TableAsync() => _shop.Lake.Table(s_copy).SnapshotAsync(default);

    private async Task SampleAsync()
    {
        await _shop.FillPricesAsync(Workshop.Day1, "('a', 1), ('b', 2)");
        await _shop.FillPricesAsync(Workshop.Day2, "('a', 3)");
        _shop.Write("dwd/dwd_copy.sql", Copy);
        _shop.Write("dws/dws_sum.sql", Sum);
        (await _shop.BuildAsync(_shop.Load())).IsSuccess.ShouldBeTrue();
    }
}
