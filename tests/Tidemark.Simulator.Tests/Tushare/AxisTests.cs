namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>A range asked for day by day, and symbol by symbol, gives the same rows.</summary>
public sealed class AxisTests(Vendor vendor) : IClassFixture<Vendor>
{
    private const string From = "20260901";
    private const string To = "20260930";

    /// <summary>API, its column and parameter of the symbol.</summary>
    public static TheoryData<string, string, string> Apis =>
        new()
        {
            { "daily", "ts_code", "trade_date" },
            { "weekly", "ts_code", "trade_date" },
            { "monthly", "ts_code", "trade_date" },
            { "adj_factor", "ts_code", "trade_date" },
            { "daily_basic", "ts_code", "trade_date" },
            { "moneyflow", "ts_code", "trade_date" },
            { "stk_limit", "ts_code", "trade_date" },
            { "suspend_d", "ts_code", "trade_date" },
            { "stock_st", "ts_code", "trade_date" },
            { "stk_premarket", "ts_code", "trade_date" },
            { "block_trade", "ts_code", "trade_date" },
            { "fund_daily", "ts_code", "trade_date" },
            { "fund_adj", "ts_code", "trade_date" },
            { "fund_share", "ts_code", "trade_date" },
            { "etf_share_size", "ts_code", "trade_date" },
            { "index_daily", "ts_code", "trade_date" },
            { "index_dailybasic", "ts_code", "trade_date" },
            { "index_weight", "index_code", "trade_date" },
            { "index_global", "ts_code", "trade_date" },
            { "daily_info", "ts_code", "trade_date" },
            { "sz_daily_info", "ts_code", "trade_date" },
            { "fut_daily", "ts_code", "trade_date" },
            { "fut_settle", "ts_code", "trade_date" },
            { "fut_mapping", "ts_code", "trade_date" },
            { "fut_holding", "symbol", "trade_date" },
            { "fut_wsr", "symbol", "trade_date" },
            { "sge_daily", "ts_code", "trade_date" },
            { "fx_daily", "ts_code", "trade_date" },
        };

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Range_ByDay_IsTheRangeBySymbol(string api, string symbol, string day)
    {
        var byDay = new List<string>();
        var symbols = new HashSet<string>();
        for (var date = new DateOnly(2026, 9, 1); date <= new DateOnly(2026, 9, 30); date = date.AddDays(1))
        {
            var rows = await EveryAsync(api, $"{day}={date:yyyyMMdd}");
            rows.ForEach(r => r.Day.ShouldBe($"{date:yyyyMMdd}"));
            byDay.AddRange(rows.Select(r => r.Line));
            symbols.UnionWith(rows.Select(r => r.Symbol));
        }

        byDay.ShouldNotBeEmpty();
        var bySymbol = new List<string>();
        foreach (var name in symbols)
        {
            bySymbol.AddRange(
                (await EveryAsync(api, $"{symbol}={name}&start_date={From}&end_date={To}")).Select(r => r.Line)
            );
        }

        // As multisets: rows that are equal in everything are legal.
        bySymbol.Order(StringComparer.Ordinal).ShouldBe(byDay.Order(StringComparer.Ordinal));

        async Task<List<(string Symbol, string Day, string Line)>> EveryAsync(string name, string parameters)
        {
            var rows = new List<(string, string, string)>();
            while (true)
            {
                var page = await vendor.AskAsync(name, $"{parameters}&offset={rows.Count}");
                rows.AddRange(
                    page.Column(symbol)
                        .Zip(page.Column(day), Vendor.Lines(page))
                        .Select(r => (r.First, r.Second, r.Third))
                );
                if (page.HasMore != true)
                {
                    return rows;
                }
            }
        }
    }

    [Theory]
    [InlineData("ann_date")]
    [InlineData("ex_date")]
    [InlineData("imp_ann_date")]
    [InlineData("record_date")]
    public async Task Dividends_ByAnyOfTheirDays_AreThoseByStock(string day)
    {
        var stocks = (await vendor.AskAsync("stock_basic", "list_status=L,D,P")).Column("ts_code");
        var byStock = new List<(string Day, string Line)>();
        foreach (var some in stocks.Chunk(20))
        {
            var rows = await vendor.AskAsync("dividend", $"ts_code={string.Join(',', some)}");
            rows.HasMore.ShouldBe(false);
            byStock.AddRange(rows.Column(day).Zip(Vendor.Lines(rows)).Where(r => r.First.StartsWith("2024")));
        }

        byStock.Count.ShouldBeGreaterThan(10);
        foreach (var date in byStock.Select(r => r.Day).Distinct())
        {
            var rows = Vendor.Lines(await vendor.AskAsync("dividend", $"{day}={date}"));
            rows.Order(StringComparer.Ordinal)
                .ShouldBe(byStock.Where(r => r.Day == date).Select(r => r.Line).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>The last week of a stock that is delisted has a label after its last day.</summary>
    [Theory]
    [InlineData("weekly")]
    [InlineData("monthly")]
    public async Task Periods_OfAStockThatIsGone_AreThoseOfTheDays(string api)
    {
        var gone = await vendor.AskAsync("stock_basic", "list_status=D", "ts_code,delist_date");
        var compared = 0;
        foreach (var row in gone.Rows)
        {
            var code = row[0].GetString();
            var days = await vendor.AskAsync("daily", $"ts_code={code}");
            var periods = await vendor.AskAsync(api, $"ts_code={code}");
            if (days.Rows.Length > 0)
            {
                periods.Rows.Sum(r => r[9].GetDecimal()).ShouldBe(days.Rows.Sum(r => r[9].GetDecimal()) * 100);
                compared++;
            }
        }

        compared.ShouldBeGreaterThan(2);
    }
}
