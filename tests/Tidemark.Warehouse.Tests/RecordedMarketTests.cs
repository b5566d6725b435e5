using System.Diagnostics;
using Tidemark.DuckDb;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Warehouse.Tests;

/// <summary>The whole recorded market, 146 days: what the warehouse makes of it, and how fast.</summary>
[Trait("Speed", "Slow")]
public sealed class RecordedMarketTests(ITestOutputHelper output) : IDisposable
{
    private readonly Workshop _shop = new();

    [Fact]
    public async Task Build_RecordedMarket_KeepsEveryBarAndSuspension()
    {
        var replay = Path.Combine(Workshop.Repository, "..", "shared", "data", "replay-cn");
        if (!Directory.Exists(replay))
        {
            Assert.Skip("../shared/data/replay-cn is not here");
        }

        await LoadAsync(replay);
        var watch = Stopwatch.StartNew();
        var project = Workshop.ShippedProject();
        var loaded = watch.Elapsed;
        var cpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        var result = await _shop.BuildAsync(project, new BuildRequest("run", []));
        var built = watch.Elapsed;
        output.WriteLine($"cpu {Environment.CpuUsage.TotalTime.TotalSeconds - cpu:F1} s");
        var again = await _shop.BuildAsync(project, new BuildRequest("run", []));
        output.WriteLine(
            $"load {loaded.TotalMilliseconds:F0} ms, build {(built - loaded).TotalSeconds:F2} s, again {(watch.Elapsed - built).TotalMilliseconds:F0} ms"
        );

        result.IsSuccess.ShouldBeTrue(string.Join('\n', result.Failed));
        again.Built.ShouldBeEmpty();
        result.Built.Count(b => b.Table == "dwd.dwd_stock_daily").ShouldBe(146);
        (
            await _shop.RowsAsync(
                "SELECT count(*) FILTER (NOT is_suspended), count(*) FILTER (is_suspended), count(DISTINCT dt), sum(volume_shares)::BIGINT FROM dwd.dwd_stock_daily"
            )
        )
            .Single()
            .ShouldStartWith("708327|985|146|");
        (
            await _shop.RowsAsync(
                "SELECT count(*) FROM dwd.dwd_stock_daily s JOIN ods.ods_daily d ON s.dt = d.dt AND s.symbol = d.ts_code WHERE s.close = d.close AND abs(s.amount_cny - d.amount * 1000) < 0.01"
            )
        ).ShouldBe(["708327"]);
        // The recording has some stocks' prices adjusted forward, so their amounts do not fit to the tick: but no unit
        // is wrong by a factor.
        (
            await _shop.RowsAsync(
                "SELECT count(*) FROM dwd.dwd_stock_daily WHERE volume_shares > 0 AND NOT amount_cny / volume_shares BETWEEN low / 3 AND high * 3"
            )
        ).ShouldBe(["0"]);
    }

    public void Dispose() => _shop.Dispose();

    private async Task LoadAsync(string replay)
    {
        var sources = Workshop.ShippedSources();
        var bars = Path.Combine(replay, "tushare", "daily.parquet");
        var halts = Path.Combine(replay, "tushare", "suspend_d.csv");
        // The recording is older than the columns of trading after hours.
        await _shop.LoadDaysAsync(
            sources.Single(s => s.Id.Name == "ods_daily"),
            $"SELECT * REPLACE (strptime(trade_date::VARCHAR, '%Y%m%d')::DATE AS trade_date), NULL AS ah_vol, NULL AS ah_amount FROM read_parquet({DuckDbSql.Literal(bars)})"
        );
        await _shop.LoadDaysAsync(
            sources.Single(s => s.Id.Name == "ods_suspend_d"),
            $"SELECT * REPLACE (strptime(trade_date, '%Y%m%d')::DATE AS trade_date) FROM read_csv({DuckDbSql.Literal(halts)}, all_varchar = true)"
        );
    }
}
