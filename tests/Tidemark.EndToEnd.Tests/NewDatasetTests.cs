using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A new dataset is a file.</summary>
public sealed class NewDatasetTests
{
    private const string StkLimit = """
        dataset: tushare.limits
        title: Price limits of the day
        module: stock.price_limit
        bucket: stock
        api: stk_limit
        table: ods_limits
        grain: trading_day
        calendar: XSHG
        available: { at: "08:40", grace: 2h }
        request: { params: { trade_date: "{dt}" }, row_cap: 5800 }
        date_column: trade_date
        key: [ts_code, trade_date]
        columns:
          trade_date: { type: date }
          ts_code: { type: text }
          pre_close: { type: double, unit: CNY }
          up_limit: { type: double, unit: CNY }
          down_limit: { type: double, unit: CNY }
        """;

    [Fact]
    public async Task Dataset_AYamlFileAndNothingElse_BecomesATable()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);
        var workspace = Workspace
            .Create(
                folder.At("w"),
                simulator.Url,
                "2025-06-25",
                "2025-06-27",
                more: "off: [index.daily, tushare.index_basic]"
            )
            .Here;
        folder.Write("w/definitions/datasets/tushare.limits.yaml", StkLimit);

        var answer = await workspace.JsonAsync("backfill", "--from", "2025-06-25", "--to", "2025-06-27");

        answer.Number("failed").ShouldBe(0);
        var limits = (
            await workspace.SqlAsync(
                "SELECT count(*) AS n, count(DISTINCT l.dt) AS days, bool_and(up_limit > l.pre_close AND l.pre_close > down_limit) AS sane, "
                    + "count(*) FILTER (close > up_limit + 1e-9 OR close < down_limit - 1e-9) AS beyond "
                    + "FROM ods.ods_limits l LEFT JOIN ods.ods_daily d USING (ts_code, trade_date)"
            )
        ).Single();
        limits.Number("days").ShouldBe(3);
        limits.Number("n").ShouldBeGreaterThan(3 * 60 - 1);
        limits.GetProperty("sane").GetBoolean().ShouldBeTrue();
        limits.Number("beyond").ShouldBe(0);

        // What is off was neither fetched nor judged, and doctor says it.
        workspace.CommittedTables().ShouldNotContain("ods_index_daily");
        workspace.CommittedTables().ShouldContain("ods_daily");
        (await workspace.RunAsync("status")).With(exitCode: 0).Out.ShouldNotContain("index.");
        var definitions = (await workspace.JsonAsync("doctor"))
            .GetProperty("checks")
            .EnumerateArray()
            .Single(c => c.Text("check") == "definitions");
        definitions.Text("message").ShouldContain("1 own, 0 replaced");
        definitions
            .Text("message")
            .ShouldContain("off: the check index.list, because it requires tushare.index_basic, which is off");
    }
}
