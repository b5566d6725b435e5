using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// Units of the warehouse, from the simulated vendor's hands, thousands and percent on, and where a reader finds them.
/// </summary>
public sealed class UnitTests
{
    [Fact]
    public async Task StockDaily_OfASimulatedMarket_KeepsTheLawsOfItsUnitsAndNamesThem()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        var workspace = Workspace.Create(folder.At("w"), simulator.Url, "2025-06-25", "2025-06-27").Here;
        await workspace.WithWavesAsync();
        await workspace.JsonAsync("backfill", "--from", "2025-06-25", "--to", "2025-06-27");
        await workspace.JsonAsync("build");

        var laws = (
            await workspace.SqlAsync(
                """
                SELECT count(*) AS n,
                    count(*) FILTER (volume_shares > 0 AND NOT amount_cny / volume_shares BETWEEN low - 0.01 AND high + 0.01) AS prices,
                    count(*) FILTER (abs(volume_shares / float_shares - turnover_ratio) > 0.0001) AS turnovers,
                    count(*) FILTER (abs(change_ratio - daily_return) > 0.0001) AS changes,
                    count(*) FILTER (abs(total_market_value - total_shares * close) > 0.001 * total_market_value) AS market_values
                FROM dwd.dwd_stock_daily
                """
            )
        ).Single();
        laws.Number("n").ShouldBeGreaterThan(150);
        foreach (var law in new[] { "prices", "turnovers", "changes", "market_values" })
        {
            laws.Number(law).ShouldBe(0, law);
        }

        var comment = await workspace.SqlAsync(
            "SELECT comment FROM duckdb_columns() WHERE schema_name = 'dwd' AND table_name = 'dwd_stock_daily' AND column_name = 'amount_cny'"
        );
        comment.Single().Text("comment").ShouldBe("Value traded (成交额) [CNY]");

        var table = await workspace.JsonAsync("tables", "show", "dwd_stock_daily");
        table.Members().ShouldBe(["table", "description", "partition", "key", "version", "rows", "columns"]);
        (table.Text("table"), table.Text("partition")).ShouldBe(("dwd.dwd_stock_daily", "dt"));
        table.GetProperty("key").EnumerateArray().Single().GetString().ShouldBe("symbol");
        var columns = table.GetProperty("columns").EnumerateArray().ToDictionary(c => c.Text("name"));
        columns["turnover_ratio"].Text("unit").ShouldBe("fraction");
        columns["amount_cny"].Text("comment").ShouldBe("Value traded (成交额)");
        columns["symbol"].GetProperty("is_key").GetBoolean().ShouldBeTrue();
        columns["dt"].GetProperty("is_partition").GetBoolean().ShouldBeTrue();
        var shown = (await workspace.RunAsync("tables", "show", "ods.ods_daily")).With(exitCode: 0).Out;
        shown.ShouldContain("key ts_code, trade_date");
        shown.ShouldContain("thousand CNY");

        var unknown = (await workspace.RunAsync("tables", "show", "dwd_stock_dayly")).With(exitCode: 2);
        unknown.Error.ShouldContain("Did you mean dwd.dwd_stock_daily?");
    }
}
