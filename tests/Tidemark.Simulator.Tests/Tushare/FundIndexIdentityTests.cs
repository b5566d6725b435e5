namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>Funds follow indices, indices are weighed of stocks, and totals add up.</summary>
public sealed class FundIndexIdentityTests(Vendor vendor) : IClassFixture<Vendor>
{
    [Fact]
    public async Task Fund_ThatFollowsAnIndex_MovesAsTheIndexDoes()
    {
        const string range = "start_date=20260101&end_date=20260930";
        var funds = await vendor.AskAsync("etf_basic");
        funds.Rows.Length.ShouldBeGreaterThan(20);
        foreach (var (fund, index) in funds.Column("ts_code").Zip(funds.Column("index_code")).Take(12))
        {
            var bars = await vendor.AskAsync("fund_daily", $"ts_code={fund}&{range}");
            var factors = await vendor.AskAsync("fund_adj", $"ts_code={fund}&{range}");
            var points = await vendor.AskAsync("index_daily", $"ts_code={index}&{range}");
            var prices = Table(bars, "close")
                .Join(
                    Table(factors, "adj_factor"),
                    p => p.Day,
                    f => f.Day,
                    (p, f) => (p.Day, Value: p.Value * f.Value)
                );
            var both = prices
                .Join(Table(points, "close"), p => p.Day, i => i.Day, (p, i) => (Fund: p.Value, Index: i.Value))
                .ToArray();
            both.Length.ShouldBeGreaterThan(100);
            for (var i = 1; i < both.Length; i++)
            {
                // A tick of a cheap fund is a thousandth or so.
                ((both[i].Fund / both[i - 1].Fund) - 1).ShouldBe(
                    (both[i].Index / both[i - 1].Index) - 1,
                    0.0025,
                    $"{fund} follows {index}"
                );
            }
        }

        static IEnumerable<(string Day, double Value)> Table(Tests.Table table, string column) =>
            Enumerable.Range(0, table.Rows.Length).Select(i => (table.Text(i, "trade_date"), table.Number(i, column)));
    }

    [Fact]
    public async Task Weights_OfEverySnapshot_SumToAHundredAndAreOfStocksListedThen()
    {
        var indices = (await vendor.AskAsync("index_basic")).Column("ts_code").ToArray();
        var firsts = 0;
        foreach (var index in indices)
        {
            var weights = await vendor.AskAsync("index_weight", $"index_code={index}&start_date=20250101");
            var days = weights.Column("trade_date").Distinct().ToArray();
            days.Select(d => d[..6]).ShouldBeUnique("one snapshot a month");
            firsts += days.Count(d => int.Parse(d[6..]) < 8);
            foreach (var day in days)
            {
                var rows = weights.Rows.Where(r => r[2].GetString() == day).ToArray();
                rows.Sum(r => r[3].GetDecimal()).ShouldBe(100m);
                var listed = (await vendor.AskAsync("adj_factor", $"trade_date={day}")).Column("ts_code").ToHashSet();
                rows.Select(r => r[1].GetString()!).ShouldAllBe(member => listed.Contains(member));
                rows.Select(r => r[1].GetString()).ShouldBeUnique();
            }
        }

        firsts.ShouldBeGreaterThan(0, "some are of the first day of the month");
        var twins = await Task.WhenAll(
            new[] { "000300.SH", "399300.SZ" }.Select(i =>
                vendor.AskAsync("index_weight", $"index_code={i}&start_date=20260101")
            )
        );
        twins[0].Column("con_code").Distinct().Order().ShouldBe(twins[1].Column("con_code").Distinct().Order());
    }

    [Fact]
    public async Task Values_OfIndices_AreInCnyAndShares()
    {
        var values = await vendor.AskAsync("index_dailybasic", "trade_date=20260930");

        values.Column("ts_code").ShouldContain("000300.SH");
        for (var i = 0; i < values.Rows.Length; i++)
        {
            values.Exact(i, "total_mv").ShouldBeGreaterThan(1e11m);
            values.Exact(i, "free_share").ShouldBeLessThan(values.Exact(i, "float_share"));
            values.Exact(i, "float_share").ShouldBeLessThanOrEqualTo(values.Exact(i, "total_share"));
        }
    }

    [Fact]
    public async Task Industries_OfBothVersions_AreTreesOfTheirSizes()
    {
        foreach (var (source, counts) in new[] { ("SW2021", new[] { 31, 134, 346 }), ("SW2014", [28, 104, 227]) })
        {
            var tree = await vendor.AskAsync("index_classify", $"src={source}");
            tree.Column("index_code").ShouldBeUnique();
            foreach (var level in new[] { 1, 2, 3 })
            {
                var rows = await vendor.AskAsync("index_classify", $"src={source}&level=L{level}");
                rows.Rows.Length.ShouldBe(counts[level - 1]);
            }

            // A child names its parent's number, not the parent's index.
            tree.Column("parent_code").Except(tree.Column("industry_code")).ShouldBe(["0"]);
        }

        (await vendor.AskAsync("index_classify")).Rows.Length.ShouldBe(31 + 134 + 346);
    }

    [Fact]
    public async Task Members_OfIndustries_AreAllStocksOnceAndTheirPast()
    {
        var now = await vendor.AskAsync("index_member_all");
        var past = await vendor.AskAsync("index_member_all", "is_new=N");
        var listed = await vendor.AskAsync("stock_basic", "list_status=L,P");
        var tree = await vendor.AskAsync("index_classify", "src=SW2021");

        now.Column("ts_code").Order().ShouldBe(listed.Column("ts_code").Order());
        now.Column("out_date").ShouldAllBe(d => d.Length == 0);
        past.Rows.ShouldNotBeEmpty();
        past.Column("out_date").ShouldAllBe(d => d.Length == 8 && string.CompareOrdinal(d, "20260930") <= 0);
        now.Column("l3_code").Except(tree.Column("index_code")).ShouldBeEmpty();
        var first = now.Text(0, "l1_code");
        (await vendor.AskAsync("index_member_all", $"l1_code={first}")).Rows.Length.ShouldBe(
            now.Column("l1_code").Count(c => c == first)
        );
    }

    /// <summary>A market is its boards, and they are the stocks of the same day.</summary>
    [Fact]
    public async Task Totals_OfADay_AreThoseOfTheStocks()
    {
        const string day = "trade_date=20260930";
        var info = await vendor.AskAsync("daily_info", day);
        var own = await vendor.AskAsync("sz_daily_info", day);
        var bars = await vendor.AskAsync("daily", day);
        var boards = (
            await vendor.AskAsync("stock_basic", "list_status=L,P", "ts_code,market,exchange")
        ).Rows.ToDictionary(r => r[0].GetString()!);
        decimal Amount(Func<string, string, bool> isMeant) =>
            Enumerable
                .Range(0, bars.Rows.Length)
                .Where(i =>
                    isMeant(
                        boards[bars.Text(i, "ts_code")][1].GetString()!,
                        boards[bars.Text(i, "ts_code")][2].GetString()!
                    )
                )
                .Sum(i => bars.Exact(i, "amount") * 1000);
        decimal Of(Tests.Table table, string code, string column) =>
            table.Exact(Array.IndexOf([.. table.Column("ts_code")], code), column);

        Of(info, "SZ_MARKET", "amount").ShouldBe(Amount((_, exchange) => exchange == "SZSE") / 1e8m, 0.01m);
        Of(info, "SH_STAR", "amount").ShouldBe(Amount((board, _) => board == "科创板") / 1e8m, 0.01m);
        (Of(info, "SZ_MAIN", "com_count") + Of(info, "SZ_GEM", "com_count")).ShouldBe(
            Of(info, "SZ_MARKET", "com_count")
        );
        Of(own, "股票", "amount").ShouldBe(Amount((_, exchange) => exchange == "SZSE"), 1m);
        (Of(own, "主板A股", "amount") + Of(own, "创业板A股", "amount")).ShouldBe(Of(own, "股票", "amount"));
        (Of(own, "ETF", "count") + Of(own, "LOF", "count")).ShouldBe(Of(own, "基金", "count"));
        (await vendor.AskAsync("daily_info", $"{day}&exchange=SH")).Column("exchange").Distinct().ShouldBe(["SH"]);
        (await vendor.AskAsync("daily_info", "trade_date=20181228")).Column("exchange").ShouldNotContain("SH");
    }

    [Fact]
    public async Task Indices_Abroad_HaveDaysOfTheirOwn()
    {
        var year = await vendor.AskAsync("index_global", "ts_code=SPX,N225&start_date=20260101&end_date=20260930");
        var (spx, nikkei) = (Days("SPX"), Days("N225"));

        spx.Length.ShouldBeInRange(170, 195);
        spx.Except(nikkei).ShouldNotBeEmpty();
        nikkei.Except(spx).ShouldNotBeEmpty();
        var closes = await vendor.AskAsync("index_global", "ts_code=SPX&start_date=20260101&end_date=20260930");
        for (var i = 0; i + 1 < closes.Rows.Length; i++)
        {
            closes.Exact(i, "pre_close").ShouldBe(closes.Exact(i + 1, "close"));
        }

        string[] Days(string code) =>
            [.. year.Rows.Where(r => r[0].GetString() == code).Select(r => r[1].GetString()!)];
    }

    [Fact]
    public async Task Units_OfFunds_AreThereEveryDayForEtfsOnly()
    {
        var day = await vendor.AskAsync("fund_share", "trade_date=20260929");
        var etfs = await vendor.AskAsync("etf_basic");
        var shanghai = await vendor.AskAsync("fund_share", "trade_date=20260929&market=SH");

        etfs.Column("ts_code").Except(day.Column("ts_code")).ShouldBeEmpty();
        var sizes = await vendor.AskAsync(
            "etf_share_size",
            "trade_date=20260929",
            "ts_code,total_share,total_size,close,exchange"
        );
        var units = day.Rows.ToDictionary(r => r[0].GetString()!, r => r[2].GetDecimal());
        for (var i = 0; i < sizes.Rows.Length; i++)
        {
            sizes.Exact(i, "total_share").ShouldBe(units[sizes.Text(i, "ts_code")]);
            sizes.Exact(i, "total_size").ShouldBe(sizes.Exact(i, "total_share") * sizes.Exact(i, "close"), 0.001m);
        }

        shanghai.Column("ts_code").ShouldAllBe(c => c.EndsWith(".SH"));
    }
}
