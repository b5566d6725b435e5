using System.Globalization;

namespace Tidemark.Warehouse.Tests;

/// <summary>
/// 120 days of a small simulated market, brought into a lake and built, beside the rows of the vendor from which the
/// tests work out by themselves what the tables should say.
/// </summary>
public sealed class SimulatedWarehouse : IAsyncLifetime
{
    internal Workshop Shop { get; } = new();

    internal IReadOnlyList<DateOnly> Days { get; private set; } = [];

    /// <summary>What the vendor sent, by dataset.</summary>
    internal Dictionary<string, IReadOnlyList<VendorRow>> Sent { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var last = new DateOnly(2026, 8, 14);
        var vendor = new SimulatedVendor(last, stocks: 150);
        Days = [.. vendor.Calendar.OpenDaysBetween(last.AddDays(-250), last).ToArray()[^120..]];
        string[] byDay =
        [
            "daily",
            "adj_factor",
            "daily_basic",
            "suspend_d",
            "stk_limit",
            "stock_st",
            "moneyflow",
            "fund_daily",
            "fund_adj",
            "fund_share",
            "index_daily",
            "index_dailybasic",
            "fut_daily",
            "fut_mapping",
            "sge_daily",
            "fx_daily",
        ];
        foreach (var dataset in byDay)
        {
            Sent[dataset] = await vendor.BringDaysAsync(Shop, dataset, Days);
        }

        Sent["stock_basic"] = await vendor.BringListAsync(Shop, "stock_basic", Each("list_status", "L", "D", "P"));
        Sent["fund_basic"] = await vendor.BringListAsync(Shop, "fund_basic", Each("status", "L", "D", "I"));
        Sent["index_basic"] = await vendor.BringListAsync(Shop, "index_basic", Each("market", "SSE", "SZSE", "CSI"));
        Sent["index_member_all"] = await vendor.BringListAsync(Shop, "index_member_all", Each("is_new", "Y", "N"));
        Sent["fut_basic"] = await vendor.BringListAsync(
            Shop,
            "fut_basic",
            Each("exchange", "CFFEX", "DCE", "CZCE", "SHFE", "INE", "GFEX")
        );
        foreach (var list in new[] { "namechange", "st", "sge_basic" })
        {
            Sent[list] = await vendor.BringListAsync(Shop, list);
        }

        Sent["index_weight"] = await vendor.BringDaysAsync(
            Shop,
            "index_weight",
            [
                [("index_code", "399300.SZ"), ("start_date", $"{Days[0]:yyyyMMdd}"), ("end_date", $"{last:yyyyMMdd}")],
            ]
        );
        var result = await Shop.BuildAsync(Workshop.ShippedProject());
        result.Failed.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync()
    {
        Shop.Dispose();
        return ValueTask.CompletedTask;
    }

    private static (string, string)[][] Each(string parameter, params string[] values) =>
        [.. values.Select(v => new[] { (parameter, v) })];
}

/// <summary>The tables of a whole market: identities, and every derived column worked out a second time.</summary>
[Trait("Speed", "Slow")]
public sealed class SimulatedMarketTests(SimulatedWarehouse warehouse) : IClassFixture<SimulatedWarehouse>
{
    private readonly Workshop _shop = warehouse.Shop;

    [Fact]
    public async Task StockDaily_EveryFlagAndFact_IsWhatTheVendorsRowsSay()
    {
        var factors = ByCodeAndDay("adj_factor");
        var limits = ByCodeAndDay("stk_limit");
        var bars = ByCodeAndDay("daily");
        var treated = warehouse.Sent["stock_st"].Select(Key).ToHashSet();
        var listed = warehouse.Sent["stock_basic"].ToDictionary(r => r.Text("ts_code"));
        var expected = new List<string>();
        foreach (var day in warehouse.Days)
        {
            foreach (var (key, bar) in bars.Where(b => b.Key.Day == day))
            {
                var limit = limits[key];
                var (close, factor) = (bar.Number("close")!.Value, factors[key].Number("adj_factor")!.Value);
                var isUp = Is(close, limit.Number("up_limit"));
                var isDown = Is(close, limit.Number("down_limit"));
                var isLocked =
                    Is(bar.Number("low"), limit.Number("up_limit"))
                    || Is(bar.Number("high"), limit.Number("down_limit"));
                var stock = listed[key.Code];
                var industry = IndustryOf(key.Code, day);
                expected.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{day:yyyy-MM-dd}|{key.Code}|{NameOf(key.Code, day)}|{Text(isUp)}|{Text(isDown)}|{Text(isLocked)}|{Text(treated.Contains(key))}|{stock.Text("market")}|{industry}|{day.DayNumber - stock.Day("list_date")!.Value.DayNumber}|{close * factor:R}|{bar.Number("low")!.Value * factor:R}"
                    )
                );
            }
        }

        var rows = await _shop.RowsAsync(
            "SELECT dt, symbol, name, is_at_limit_up, is_at_limit_down, is_locked_at_limit, is_st, board, industry_l3, days_since_listing, close_hfq, low_hfq FROM dwd.dwd_stock_daily WHERE NOT is_suspended ORDER BY dt, symbol"
        );

        rows.Count.ShouldBeGreaterThan(15_000);
        rows.ShouldBe(expected.Order(StringComparer.Ordinal));
        Has(rows, cell: 3, "true");
        Has(rows, cell: 4, "true");
        Has(rows, cell: 5, "true");
        Has(rows, cell: 6, "true");
    }

    /// <summary>A stock that is halted all day has a row, without prices and at no limit.</summary>
    [Fact]
    public async Task StockDaily_Halts_AreTheVendorsAndHaveNoPrices()
    {
        var bars = ByCodeAndDay("daily");
        var halts = warehouse
            .Sent["suspend_d"]
            .Where(r => r.Text("suspend_type") == "S" && string.IsNullOrEmpty(r.Cells["suspend_timing"].GetString()))
            .Select(Key)
            .Where(k => !bars.TryGetValue(k, out var bar) || bar.Number("vol") is null or 0)
            .Select(k => $"{k.Day:yyyy-MM-dd}|{k.Code}|null|null|null|true")
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();

        halts.Length.ShouldBeGreaterThan(5);
        (
            await _shop.RowsAsync(
                "SELECT dt, symbol, close, close_hfq, is_at_limit_up, is_suspended FROM dwd.dwd_stock_daily WHERE is_suspended ORDER BY dt, symbol"
            )
        ).ShouldBe(halts);
    }

    /// <summary>
    /// The reference price is rounded to a tick and a factor to four decimals; nothing else stands between the two.
    /// </summary>
    [Theory]
    [InlineData("dwd_stock_daily", 0.01)]
    [InlineData("dwd_etf_daily", 0.001)]
    public async Task AdjustedPrices_ReturnFromDayToDay_IsTheReturnAgainstTheReferencePrice(string table, double tick)
    {
        var rows = await _shop.RowsAsync(
            FormattableString.Invariant(
                $"""
                WITH days AS (
                    SELECT *, lag(close_hfq) OVER w AS before, lag(adj_factor) OVER w AS factor_before
                    FROM dwd.{table} WHERE close IS NOT NULL WINDOW w AS (PARTITION BY symbol ORDER BY dt)
                )
                SELECT
                    count(*) FILTER (abs(close_hfq / before - 1 - daily_return) > {tick} / pre_close + 0.0002),
                    count(*) FILTER (close_hfq / close <> adj_factor AND abs(close_hfq / close - adj_factor) > 1e-12 * adj_factor),
                    count(*) FILTER (factor_before <> adj_factor) > 0,
                    count(before) > 1000
                FROM days
                """
            )
        );

        rows.ShouldBe(["0|0|true|true"]);
    }

    [Fact]
    public async Task StockDaily_Units_HoldInEveryRow() =>
        (await _shop.RowsAsync(UnitChecks.OutOfBounds)).ShouldBe(["0|0|0"]);

    /// <summary>Three sources of one fact: the history of names, the list of a day, and the announcements.</summary>
    [Fact]
    public async Task SpecialTreatment_OfNames_IsThatOfTheListsAndTheAnnouncements()
    {
        (
            await _shop.RowsAsync(
                "SELECT count(*) FROM dwd.dwd_stock_daily WHERE is_st <> (name LIKE '%ST%' AND name IS NOT NULL)"
            )
        ).ShouldBe(["0"]);

        var names = (
            await _shop.RowsAsync("SELECT symbol, valid_from, treatment FROM dim.dim_instrument_name")
        ).ToHashSet();
        var events = warehouse.Sent["st"].Where(r => r.Text("st_tpye") is "ST" or "*ST").ToArray();
        events.Length.ShouldBeGreaterThan(3);
        events
            .Where(r => r.Day("imp_date") >= warehouse.Days[0])
            .Select(r => $"{r.Text("ts_code")}|{r.Day("imp_date"):yyyy-MM-dd}|{r.Text("st_tpye")}")
            .Where(e => !names.Contains(e))
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task Universe_OfEachDay_IsWhatTheListsSay()
    {
        var members = warehouse
            .Sent["index_weight"]
            .Where(r => r.Text("index_code") == "399300.SZ")
            .GroupBy(r => r.Day("trade_date")!.Value)
            .OrderBy(g => g.Key)
            .ToArray();
        members.Length.ShouldBeGreaterThan(2);
        foreach (var day in new[] { warehouse.Days[0], members[1].Key.AddDays(-1), members[1].Key, warehouse.Days[^1] })
        {
            (await UniverseAsync("all_a", day)).ShouldBe(
                warehouse
                    .Sent["stock_basic"]
                    .Where(r => IsListed(r, day))
                    .Select(r => r.Text("ts_code"))
                    .Order(StringComparer.Ordinal)
            );
            if (members.LastOrDefault(m => m.Key <= day) is not { } list)
            {
                continue; // before the first list it cannot be told, which UniverseTests see
            }

            (await UniverseAsync("csi300", day)).ShouldBe(
                list.Select(r => r.Text("con_code"))
                    .Where(code => IsListed(warehouse.Sent["stock_basic"].Single(r => r.Text("ts_code") == code), day))
                    .Order(StringComparer.Ordinal)
            );
        }
    }

    [Fact]
    public async Task FuturesDaily_Dominant_HasTheMostOpenInterestAndIsHeldOnTheNextDay()
    {
        var contracts = warehouse
            .Sent["fut_daily"]
            .Where(r =>
                r.Text("ts_code").Any(char.IsAsciiDigit) && char.IsAsciiDigit(r.Text("ts_code").Split('.')[0][^3])
            )
            .Select(r => (Row: r, Product: Product(r.Text("ts_code")), Day: r.Day("trade_date")!.Value))
            .ToArray();
        var dominant = contracts
            .GroupBy(c => (c.Product, c.Day))
            .ToDictionary(
                g => g.Key,
                g =>
                    g.OrderByDescending(c => c.Row.Number("oi") ?? -1)
                        .ThenByDescending(c => c.Row.Number("vol") ?? -1)
                        .ThenBy(c => c.Row.Text("ts_code"), StringComparer.Ordinal)
                        .First()
                        .Row.Text("ts_code")
            );
        var traded = contracts.Select(c => (c.Row.Text("ts_code"), c.Day)).ToHashSet();

        (
            await _shop.RowsAsync(
                "SELECT dt, product, symbol FROM dwd.dwd_futures_daily WHERE is_dominant ORDER BY ALL"
            )
        ).ShouldBe(
            dominant.Select(d => $"{d.Key.Day:yyyy-MM-dd}|{d.Key.Product}|{d.Value}").Order(StringComparer.Ordinal)
        );

        var held = new List<string>();
        foreach (var product in dominant.Keys.Select(k => k.Product).Distinct())
        {
            string? before = null;
            foreach (var day in warehouse.Days.Where(d => dominant.ContainsKey((product, d))))
            {
                var active = before is not null && traded.Contains((before, day)) ? before : dominant[(product, day)];
                held.Add($"{day:yyyy-MM-dd}|{product}|{active}");
                before = dominant[(product, day)];
            }
        }

        (
            await _shop.RowsAsync(
                "SELECT dt, product, active_symbol FROM dwd.dwd_futures_continuous_daily ORDER BY ALL"
            )
        ).ShouldBe(held.Order(StringComparer.Ordinal));
        (
            await _shop.RowsAsync(
                "SELECT count(*) FILTER (is_roll) > 3, count(*) FILTER (is_roll IS NULL) = count(DISTINCT product), count(*) FILTER (abs(daily_return) > 0.2) FROM dwd.dwd_futures_continuous_daily"
            )
        ).ShouldBe(["true|true|0"]);
    }

    [Fact]
    public async Task InstrumentDaily_HasEveryRowOfEveryBucketOnce()
    {
        (
            await _shop.RowsAsync(
                """
                SELECT count(*) = (SELECT count(*) FROM dwd.dwd_stock_daily) + (SELECT count(*) FROM dwd.dwd_etf_daily) + (SELECT count(*) FROM dwd.dwd_index_daily)
                    + (SELECT count(*) FROM dwd.dwd_futures_daily) + (SELECT count(*) FROM dwd.dwd_spot_sge_daily) + (SELECT count(*) FROM dwd.dwd_fx_daily),
                    count(DISTINCT bucket), count(*) FILTER (volume_unit IS NULL AND bucket <> 'fx')
                FROM dwd.dwd_instrument_daily
                """
            )
        ).ShouldBe(["true|6|0"]);

        // In every bucket that has both, value traded ÷ volume is about the price (of a future: × its lot).
        (
            await _shop.RowsAsync(
                """
                SELECT DISTINCT bars.bucket
                FROM dwd.dwd_instrument_daily AS bars JOIN dim.dim_instrument AS listed USING (symbol)
                WHERE bars.volume > 10000 AND bars.close IS NOT NULL AND bars.bucket IN ('stock', 'etf', 'futures', 'spot')
                    AND NOT bars.amount_cny / bars.volume / (CASE WHEN bars.bucket = 'futures' THEN listed.lot_size ELSE 1 END) BETWEEN bars.low * 0.9 AND bars.high * 1.1
                """
            )
        ).ShouldBeEmpty();
    }

    [Fact]
    public async Task MoneyFlow_BoughtAndSold_SumToTheSameOverTheSizes() =>
        (
            await _shop.RowsAsync(
                """
                SELECT count(*) > 10000, count(*) FILTER (
                    buy_small_shares + buy_medium_shares + buy_large_shares + buy_extra_large_shares
                    <> sell_small_shares + sell_medium_shares + sell_large_shares + sell_extra_large_shares)
                FROM dwd.dwd_moneyflow
                """
            )
        ).ShouldBe(["true|0"]);

    private Task<List<string>> UniverseAsync(string which, DateOnly day) =>
        _shop.CatalogRowsAsync($"SELECT symbol FROM dim.universe('{which}', '{day:yyyy-MM-dd}') ORDER BY 1");

    private static bool IsListed(VendorRow stock, DateOnly day) =>
        stock.Day("list_date") <= day && (stock.Day("delist_date") is not { } gone || gone > day);

    private string NameOf(string code, DateOnly day) =>
        warehouse
            .Sent["namechange"]
            .Where(r => r.Text("ts_code") == code && r.Day("start_date") <= day)
            .MaxBy(r => r.Day("start_date"))!
            .Text("name");

    private string IndustryOf(string code, DateOnly day) =>
        warehouse
            .Sent["index_member_all"]
            .Where(r => r.Text("ts_code") == code && r.Day("in_date") <= day)
            .MaxBy(r => r.Day("in_date"))!
            .Text("l3_name");

    private Dictionary<(string Code, DateOnly Day), VendorRow> ByCodeAndDay(string dataset) =>
        warehouse.Sent[dataset].ToDictionary(Key);

    private static (string Code, DateOnly Day) Key(VendorRow row) =>
        (row.Text("ts_code"), row.Day("trade_date")!.Value);

    private static string Product(string contract)
    {
        var parts = contract.Split('.');
        return $"{parts[0].TrimEnd("0123456789".ToCharArray())}.{parts[1]}";
    }

    private static bool Is(double? price, double? limit) =>
        price is { } p && limit is { } l && Math.Abs(p - l) < 0.0001;

    private static string Text(bool value) => value ? "true" : "false";

    private static void Has(IEnumerable<string> rows, int cell, string value) =>
        rows.Any(r => r.Split('|')[cell] == value).ShouldBeTrue($"no row has {value} in cell {cell}");
}
