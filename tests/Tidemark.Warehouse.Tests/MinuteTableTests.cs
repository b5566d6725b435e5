using System.Globalization;

namespace Tidemark.Warehouse.Tests;

/// <summary><c>dwd_stock_minute</c>, <c>dwd_index_minute</c> and <c>dwd_futures_minute</c>.</summary>
public sealed class MinuteTableTests : IDisposable
{
    private readonly Workshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Build_WithoutMinutes_LeavesTheTablesOut()
    {
        await _shop.FillAsync(
            Workshop.Shipped("ods_daily"),
            Workshop.Day1,
            "SELECT '600000.SH' AS ts_code, DATE '2022-06-01' AS trade_date, 1.0 AS close"
        );

        var result = await _shop.BuildAsync(Workshop.ShippedProject());

        result.Failed.ShouldBeEmpty();
        var tables = await _shop.Lake.TablesAsync(default);
        tables.ShouldNotContain(t => t.Id.Name.EndsWith("_minute", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Build_SimulatedMinutes_MakeTheDayOfTheDailyBars()
    {
        var last = new DateOnly(2026, 8, 14);
        var vendor = new SimulatedVendor(last, stocks: 40);
        var day = (await vendor.BringDaysAsync(_shop, "daily", [last]))[0];
        var symbol = day.Text("ts_code");
        await FillAsync("ods_stk_mins", last, Sent(vendor, "stk_mins", symbol, last));
        await FillAsync("ods_idx_mins", last, Sent(vendor, "idx_mins", "000001.SH", last));

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        var close = day.Number("close")!.Value.ToString(CultureInfo.InvariantCulture);
        (
            await _shop.RowsAsync(
                "SELECT symbol, trade_date, month, count(*), min(clock), max(clock), arg_max(close, bar_end), sum(volume_shares)::BIGINT FROM dwd.dwd_stock_minute GROUP BY ALL"
            )
        ).ShouldBe([
            $"{symbol}|2026-08-14|2026-08|241|09:30|15:00|{close}|{Math.Round(day.Number("vol")!.Value * 100):F0}",
        ]);
        (
            await _shop.RowsAsync(
                "SELECT count(*) FROM dwd.dwd_stock_minute WHERE volume_shares > 0 AND NOT amount_cny / volume_shares BETWEEN low - 0.005 AND high + 0.005"
            )
        ).ShouldBe(["0"]);
        (await _shop.RowsAsync("SELECT symbol, count(*), max(clock) FROM dwd.dwd_index_minute GROUP BY 1")).ShouldBe([
            "000001.SH|241|15:00",
        ]);
    }

    [Theory]
    [InlineData("2022-06-01 21:01", "2022-06-02", true)]
    [InlineData("2022-06-02 00:30", "2022-06-02", true)]
    [InlineData("2022-06-02 09:01", "2022-06-02", false)]
    [InlineData("2022-06-02 15:00", "2022-06-02", false)]
    [InlineData("2022-06-03 21:01", "2022-06-06", true)] // a Friday's evening
    [InlineData("2022-06-04 02:30", "2022-06-06", true)] // and its night
    public async Task FuturesMinute_OfANight_BelongsToTheNextTradingDay(string end, string trading, bool isNight)
    {
        var day = DateOnly.Parse(end[..10], CultureInfo.InvariantCulture);
        await FillAsync(
            "ods_ft_mins",
            day,
            $"""
            SELECT 'CU2210.SHF' AS ts_code, TIMESTAMPTZ '{end}:00+08' AS trade_time, DATE '{end[..10]}' AS day,
                   70000.0 AS open, 70010.0 AS close, 70020.0 AS high, 69990.0 AS low, 373.0 AS vol, 128543250.0 AS amount, 146733.0 AS oi
            """
        );

        (await _shop.BuildAsync(Workshop.ShippedProject())).Failed.ShouldBeEmpty();

        (
            await _shop.RowsAsync(
                "SELECT symbol, product, dt, trade_date, is_night, clock, volume_lots, open_interest_lots FROM dwd.dwd_futures_minute"
            )
        ).ShouldBe([$"CU2210.SHF|CU.SHF|{end[..10]}|{trading}|{(isNight ? "true" : "false")}|{end[11..]}|373|146733"]);
    }

    [Fact]
    public async Task Macro_OfATableWithAColumnThatIsCalledDay_ReadsTheDayThatIsAskedFor()
    {
        foreach (var day in new[] { Workshop.Day1, Workshop.Day2 })
        {
            var iso = $"{day:yyyy-MM-dd}";
            await FillAsync(
                "ods_ft_mins",
                day,
                $"SELECT 'CU2210.SHF' AS ts_code, TIMESTAMPTZ '{iso} 09:01:00+08' AS trade_time, DATE '{iso}' AS day"
            );
        }

        const string Sql = "SELECT ts_code, day FROM ods.ods_ft_mins_dt('2022-06-02')";
        (await _shop.RowsAsync(Sql)).ShouldBe(["CU2210.SHF|2022-06-02"]);
        (await _shop.CatalogRowsAsync(Sql)).ShouldBe(["CU2210.SHF|2022-06-02"]);
    }

    private Task FillAsync(string table, DateOnly day, string select) =>
        _shop.FillAsync(Workshop.Shipped(table), day, select);

    private static string Sent(SimulatedVendor vendor, string dataset, string code, DateOnly day)
    {
        var rows = vendor.Rows(
            dataset,
            [
                [
                    ("ts_code", code),
                    ("freq", "1min"),
                    ("start_date", $"{day:yyyy-MM-dd} 00:00:00"),
                    ("end_date", $"{day:yyyy-MM-dd} 23:59:59"),
                ],
            ]
        );
        var values = rows.Select(row =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"('{row.Text("ts_code")}', TIMESTAMPTZ '{row.Text("trade_time")}+08', DATE '{day:yyyy-MM-dd}', {row.Number("open")}, {row.Number("close")}, {row.Number("high")}, {row.Number("low")}, {row.Number("vol")}, {row.Number("amount")})"
            )
        );
        return $"SELECT * FROM (VALUES {string.Join(", ", values)}) AS v(ts_code, trade_time, day, open, close, high, low, vol, amount)";
    }
}
