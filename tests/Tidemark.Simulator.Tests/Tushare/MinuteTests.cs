namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>Minutes and the running day, beside the days that they make.</summary>
public sealed class MinuteTests(Vendor vendor) : IClassFixture<Vendor>
{
    private const string Day = "start_date=2026-09-30 09:00:00&end_date=2026-09-30 15:00:00";

    [Theory]
    [InlineData("1min", 241)]
    [InlineData("5min", 49)]
    [InlineData("15min", 17)]
    [InlineData("30min", 9)]
    [InlineData("60min", 5)]
    public async Task Minutes_OfAStocksDay_MakeTheDay(string freq, int count)
    {
        var day = await vendor.AskAsync("daily", "trade_date=20260930&limit=20");
        for (var i = 0; i < day.Rows.Length; i++)
        {
            var bars = await vendor.AskAsync("stk_mins", $"ts_code={day.Text(i, "ts_code")}&freq={freq}&{Day}");
            bars.Rows.Length.ShouldBe(count);
            CheckDay(bars, day.Exact(i, "open"), day.Exact(i, "high"), day.Exact(i, "low"), day.Exact(i, "close"));
            bars.Rows.Sum(r => r[6].GetDecimal()).ShouldBe(day.Exact(i, "vol") * 100, "in shares");
        }
    }

    [Fact]
    public async Task Labels_OfADay_AreTheEndsOfItsBars()
    {
        var minutes = await vendor.AskAsync("stk_mins", $"ts_code={await StockAsync()}&freq=1min&{Day}");
        var fives = await vendor.AskAsync("stk_mins", $"ts_code={await StockAsync()}&freq=5min&{Day}");
        var labels = minutes.Column("trade_time").Select(t => t[11..16]).Reverse().ToArray();

        labels.Take(3).ShouldBe(["09:30", "09:31", "09:32"]);
        labels.ShouldContain("11:30");
        labels.ShouldNotContain("13:00");
        labels[^1].ShouldBe("15:00");
        fives.Column("trade_time").Reverse().Take(3).Select(t => t[11..16]).ShouldBe(["09:30", "09:35", "09:40"]);
        var quiet = minutes.Rows.Where(r => r[1].GetString()![11..16] is "14:58" or "14:59").ToArray();
        quiet.Length.ShouldBe(2);
        quiet.ShouldAllBe(r => r[6].GetDecimal() == 0);
    }

    [Fact]
    public async Task Funds_OfShanghai_CloseByAnAuctionSinceItsDay()
    {
        var fund = (await vendor.AskAsync("etf_basic", "exchange=SH&limit=1")).Text(0, "ts_code");
        async Task<decimal> QuietAsync(string day) =>
            (
                await vendor.AskAsync(
                    "stk_mins",
                    $"ts_code={fund}&freq=1min&start_date={day} 14:58:00&end_date={day} 14:59:00"
                )
            ).Rows.Sum(r => r[6].GetDecimal());

        (await QuietAsync("2026-07-03")).ShouldBeGreaterThan(0);
        (await QuietAsync("2026-07-06")).ShouldBe(0);
    }

    [Fact]
    public async Task Range_OfDaysWithoutTimes_LacksItsLastDay()
    {
        var rows = await vendor.AskAsync(
            "stk_mins",
            $"ts_code={await StockAsync()}&freq=60min&start_date=2026-09-28&end_date=2026-09-30"
        );

        rows.Column("trade_time").Select(t => t[..10]).Distinct().ShouldBe(["2026-09-29", "2026-09-28"]);
    }

    [Fact]
    public async Task Frequencies_OfHistoryAndLife_DifferInTheirCase()
    {
        var code = await StockAsync();

        (await vendor.TryAsync("stk_mins", $"ts_code={code}&freq=1MIN")).Code.ShouldBe(50101);
        (await vendor.TryAsync("rt_min", $"ts_code={code}&freq=1min")).Code.ShouldBe(50101);
        (await vendor.TryAsync("stk_mins", $"ts_code={code}")).Message.ShouldBe("必填参数, freq");
        var live = await vendor.AskAsync("rt_min", $"ts_code={code}&freq=1MIN");
        live.Text(0, "time").ShouldBe("2026-09-30 15:00:00");
    }

    [Theory]
    [InlineData("CU2611.SHF", 225, 10)]
    [InlineData("IF2611.CFX", 240, 0.2)]
    public async Task Minutes_OfAContract_MakeItsDay(string code, int count, double tick)
    {
        var day = await vendor.AskAsync("fut_daily", $"ts_code={code}&trade_date=20260930");
        var bars = await vendor.AskAsync("ft_mins", $"ts_code={code}&freq=1min&{Day}");

        bars.Rows.Length.ShouldBe(count);
        CheckDay(bars, day.Exact(0, "open"), day.Exact(0, "high"), day.Exact(0, "low"), day.Exact(0, "close"));
        bars.Rows.Sum(r => r[6].GetDecimal()).ShouldBe(day.Exact(0, "vol"));
        bars.Rows.ShouldAllBe(r => r[3].GetDecimal() % (decimal)tick == 0);
        (await vendor.AskAsync("ft_mins", "ts_code=CU.SHF&freq=1min")).Rows.ShouldBeEmpty("continuous codes have none");
    }

    [Fact]
    public async Task Minutes_OfAnIndex_MakeItsDay()
    {
        var day = await vendor.AskAsync("index_daily", "ts_code=000001.SH&trade_date=20260930");
        var bars = await vendor.AskAsync("idx_mins", $"ts_code=000001.SH&freq=5min&{Day}");
        var live = await vendor.AskAsync("rt_idx_k", "ts_code=000001.SH,3*.SZ");

        bars.Rows.Length.ShouldBe(49);
        CheckDay(bars, day.Exact(0, "open"), day.Exact(0, "high"), day.Exact(0, "low"), day.Exact(0, "close"));
        live.Exact(0, "close").ShouldBe(day.Exact(0, "close"));
        live.Column("ts_code").ShouldAllBe(c => c == "000001.SH" || (c.StartsWith('3') && c.EndsWith(".SZ")));
    }

    [Fact]
    public async Task Funds_OfTheRunningDay_NeedATopicForShanghai()
    {
        var without = await vendor.AskAsync("rt_etf_k", "ts_code=5*.SH,1*.SZ");
        var with = await vendor.AskAsync("rt_etf_k", "ts_code=5*.SH,1*.SZ&topic=HQ_FND_TICK");

        without.Column("ts_code").ShouldAllBe(c => c.EndsWith(".SZ"));
        with.Column("ts_code").Count(c => c.EndsWith(".SH")).ShouldBeGreaterThan(5);
        var bar = await vendor.AskAsync("fund_daily", $"ts_code={with.Text(0, "ts_code")}&trade_date=20260930");
        with.Exact(0, "vol").ShouldBe(bar.Exact(0, "vol") * 100, "in units, not lots");
        with.Exact(0, "amount").ShouldBe(bar.Exact(0, "amount") * 1000, "in CNY, not thousands");
    }

    [Fact]
    public async Task Minutes_SinceTheOpen_NameTheCodeOtherwiseAndDropItWhenAskedForByTheUsualName()
    {
        var code = await StockAsync();
        var usual = await vendor.AskAsync("rt_min_daily", $"ts_code={code}&freq=1MIN");
        var named = await vendor.AskAsync("rt_min_daily", $"ts_code={code}&freq=1MIN", "ts_code,time,close");
        var several = await vendor.AskAsync("rt_min_daily", $"ts_code={code},600000.SH&freq=1MIN");

        usual.Rows.Length.ShouldBe(241);
        usual.Column("time").ShouldBeInOrder(SortDirection.Ascending);
        usual.Column("code").ShouldAllBe(c => c == code);
        named.Fields.ShouldBe(["time", "close"]);
        several.Rows.ShouldBeEmpty("lists are not supported");
    }

    [Theory]
    [InlineData("09:00", "2026-09-29 15:00:00")]
    [InlineData("09:30", "2026-09-30 09:30:00")]
    [InlineData("10:07", "2026-09-30 10:07:00")]
    [InlineData("12:15", "2026-09-30 11:30:00")]
    [InlineData("15:00", "2026-09-30 15:00:00")]
    public void Session_ThatIsRunning_IsShownAsFarAsItHasCome(string now, string last)
    {
        var market = Vendor.Make();
        market.MoveTo(
            new DateOnly(2026, 9, 30),
            TimeOnly.Parse(now, System.Globalization.CultureInfo.InvariantCulture)
        );
        const string Index = "ts_code=000001.SH";

        var bar = TestMarkets.Ask(market, "rt_idx_min", $"{Index}&freq=1MIN");
        var bars = TestMarkets.Ask(market, "rt_idx_min_daily", $"{Index}&freq=1MIN");
        var day = TestMarkets.Ask(market, "rt_idx_k", Index);

        bar.Text(0, "time").ShouldBe(last);
        bars.Text(bars.Rows.Length - 1, "time").ShouldBe(last);
        day.Text(0, "trade_time").ShouldBe(last);
        var rows = Enumerable.Range(0, bars.Rows.Length).ToArray();
        day.Exact(0, "open").ShouldBe(bars.Exact(0, "open"));
        day.Exact(0, "close").ShouldBe(bar.Exact(0, "close"));
        day.Exact(0, "high").ShouldBe(rows.Max(i => bars.Exact(i, "high")));
        day.Exact(0, "low").ShouldBe(rows.Min(i => bars.Exact(i, "low")));
        day.Exact(0, "vol").ShouldBe(rows.Sum(i => bars.Exact(i, "vol")));
    }

    private async Task<string> StockAsync() =>
        (await vendor.AskAsync("daily", "trade_date=20260930&limit=1")).Text(0, "ts_code");

    /// <summary>Newest first: the last row opens the day.</summary>
    private static void CheckDay(Table bars, decimal open, decimal high, decimal low, decimal close)
    {
        bars.Exact(bars.Rows.Length - 1, "open").ShouldBe(open);
        bars.Exact(0, "close").ShouldBe(close);
        var rows = Enumerable.Range(0, bars.Rows.Length).ToArray();
        rows.Max(i => bars.Exact(i, "high")).ShouldBe(high);
        rows.Min(i => bars.Exact(i, "low")).ShouldBe(low);
        rows.ShouldAllBe(i =>
            bars.Exact(i, "low") <= bars.Exact(i, "open") && bars.Exact(i, "open") <= bars.Exact(i, "high")
        );
        rows.ShouldAllBe(i =>
            bars.Exact(i, "low") <= bars.Exact(i, "close") && bars.Exact(i, "close") <= bars.Exact(i, "high")
        );
        bars.Column("trade_time").ShouldBeInOrder(SortDirection.Descending);
    }
}
