using System.Text.Json;

namespace Tidemark.Simulator.Tests.AkTools;

/// <summary>What AkShare's sources say of the market, against what Tushare says of the same one.</summary>
public sealed class AkMarketTests
{
    private const double Cent = 0.005 + 1e-9;

    [Theory]
    [InlineData("", 1)]
    [InlineData("hfq", 1)]
    [InlineData("qfq", 0)]
    public async Task StockBars_AreThoseOfTushare_TimesTheFactor(string adjust, int ofFactor)
    {
        await using var server = await AkServer.StartAsync();
        foreach (var code in Codes(server, "stock_basic").Take(12))
        {
            var bars = Tushare(server, "daily", code);
            var factors = Tushare(server, "adj_factor", code);
            var latest = factors.Number(0, "adj_factor"); // newest first
            var factorOf = factors
                .Column("trade_date")
                .Zip(factors.Column("adj_factor").Select(double.Parse))
                .ToDictionary(p => p.First, p => p.Second);
            var rows = await server.RowsAsync($"stock_zh_a_hist?symbol={code[..6]}&adjust={adjust}");

            rows.Length.ShouldBe(bars.Rows.Length, code);
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[^(i + 1)]; // oldest first
                var day = bars.Text(i, "trade_date");
                Day(row, "日期").ShouldBe(day);
                row.GetProperty("股票代码").GetString().ShouldBe(code[..6]);
                var factor =
                    adjust.Length == 0 ? 1
                    : ofFactor == 1 ? factorOf[day]
                    : factorOf[day] / latest;
                Number(row, "收盘").ShouldBe(bars.Number(i, "close") * factor, Cent);
                Number(row, "开盘").ShouldBe(bars.Number(i, "open") * factor, Cent);
                Number(row, "最高").ShouldBe(bars.Number(i, "high") * factor, Cent);
                Number(row, "最低").ShouldBe(bars.Number(i, "low") * factor, Cent);
                Number(row, "成交量").ShouldBe(bars.Number(i, "vol"), 0.5 + 1e-9);
                Number(row, "成交额").ShouldBe(bars.Number(i, "amount") * 1000, 0.5);
                if (adjust.Length == 0)
                {
                    Number(row, "涨跌幅").ShouldBe(bars.Number(i, "pct_chg"), Cent);
                    Number(row, "涨跌额").ShouldBe(bars.Number(i, "change"), Cent);
                }
            }
        }
    }

    [Fact]
    public async Task Weeks_AreWhatTheirDaysMake()
    {
        await using var server = await AkServer.StartAsync();
        var symbol = Codes(server, "stock_basic").First()[..6];

        var days = await server.RowsAsync($"stock_zh_a_hist?symbol={symbol}&start_date=20260105");
        var weeks = await server.RowsAsync($"stock_zh_a_hist?symbol={symbol}&start_date=20260105&period=weekly");

        weeks.Sum(w => Number(w, "成交额")).ShouldBe(days.Sum(d => Number(d, "成交额")), 1);
        weeks.Max(w => Number(w, "最高")).ShouldBe(days.Max(d => Number(d, "最高")));
        weeks.Length.ShouldBeInRange(days.Length / 5, (days.Length / 4) + 2);
        Day(weeks[^1], "日期").ShouldBe(Day(days[^1], "日期"));
    }

    [Fact]
    public async Task Sources_OfOneStock_DifferInUnitsAlone()
    {
        await using var server = await AkServer.StartAsync();
        var codes = Codes(server, "stock_basic").ToArray();
        foreach (var code in codes.Where(c => !c.EndsWith(".BJ", StringComparison.Ordinal)).Take(20))
        {
            var prefixed = code[7..].ToLowerInvariant() + code[..6];
            var range = "start_date=20260601&end_date=20260630";
            var eastMoney = await server.RowsAsync($"stock_zh_a_hist?symbol={code[..6]}&{range}");
            var tencent = await server.RowsAsync($"stock_zh_a_hist_tx?symbol={prefixed}&{range}");
            var sina = await server.RowsAsync($"stock_zh_a_daily?symbol={prefixed}&{range}");

            tencent.Length.ShouldBe(eastMoney.Length, code);
            sina.Length.ShouldBe(eastMoney.Length, code);
            // Tencent's codes that begin with sz000 stay in hands.
            var times = prefixed.StartsWith("sz000", StringComparison.Ordinal) ? 1 : 100;
            for (var i = 0; i < eastMoney.Length; i++)
            {
                var hands = Number(eastMoney[i], "成交量");
                Number(tencent[i], "volume").ShouldBe(hands * times, 50, prefixed);
                Number(sina[i], "volume").ShouldBe(hands * 100, 50, prefixed);
                Number(sina[i], "close").ShouldBe(Number(eastMoney[i], "收盘"));
                Number(tencent[i], "amount").ShouldBe(Number(eastMoney[i], "成交额"));
                (100 * Number(sina[i], "turnover")).ShouldBe(Number(eastMoney[i], "换手率"), Cent);
            }
        }

        codes.ShouldContain(c => c.StartsWith("000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SinasFactors_GiveTheAdjustedClose()
    {
        await using var server = await AkServer.StartAsync();
        foreach (var code in Codes(server, "stock_basic").Take(5))
        {
            var symbol = code[7..].ToLowerInvariant() + code[..6];
            var raw = await server.RowsAsync($"stock_zh_a_daily?symbol={symbol}");
            var hfq = await server.RowsAsync($"stock_zh_a_daily?symbol={symbol}&adjust=hfq");
            var factors = await server.RowsAsync($"stock_zh_a_daily?symbol={symbol}&adjust=hfq-factor");
            for (var i = 0; i < raw.Length; i++)
            {
                var day = Day(raw[i], "date");
                var factor = factors.First(f => string.CompareOrdinal(Day(f, "date"), day) <= 0);
                Number(hfq[i], "close")
                    .ShouldBe(
                        Number(raw[i], "close") * double.Parse(factor.GetProperty("hfq_factor").GetString()!),
                        Cent
                    );
            }
        }
    }

    [Fact]
    public async Task Funds_AreFoundInOneExchange_AndNowhereElse()
    {
        await using var server = await AkServer.StartAsync();
        var funds = Codes(server, "fund_basic", "market=E").ToArray();
        foreach (var code in funds.Take(8))
        {
            var bars = Tushare(server, "fund_daily", code);
            var rows = await server.RowsAsync($"fund_etf_hist_em?symbol={code[..6]}");
            rows.Length.ShouldBe(bars.Rows.Length, code);
            rows[^1].GetProperty("日期").GetString().ShouldBe(Dashed(bars.Text(0, "trade_date")));
            rows[^1].TryGetProperty("股票代码", out _).ShouldBeFalse();
            Number(rows[^1], "收盘").ShouldBe(bars.Number(0, "close"));
        }

        // A Shenzhen code that looks like one of Shanghai is not looked for in Shenzhen.
        (await server.RowsAsync("fund_etf_hist_em?symbol=959919")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Spot_IsOrderedByChange_AndNullWhereNothingTrades()
    {
        await using var server = await AkServer.StartAsync();

        var rows = await server.RowsAsync("stock_zh_a_spot_em");

        rows.Select(r => r.GetProperty("序号").GetInt32()).ShouldBe(Enumerable.Range(1, rows.Length));
        rows.ShouldAllBe(r => r.EnumerateObject().Count() == 23);
        var traded = rows.Where(r => r.GetProperty("最新价").ValueKind == JsonValueKind.Number).ToArray();
        traded.Select(r => Number(r, "涨跌幅")).ShouldBeInOrder(SortDirection.Descending);
        var day = TestMarkets.Ask(server.Market, "daily", "trade_date=20260630");
        traded.Length.ShouldBe(day.Rows.Length);
    }

    [Fact]
    public async Task FundSpot_SaysItsDay_AndWhenItWasUpdated()
    {
        await using var server = await AkServer.StartAsync();

        var rows = await server.RowsAsync("fund_etf_spot_em");

        rows.ShouldNotBeEmpty();
        rows.ShouldAllBe(r => r.EnumerateObject().Count() == 37);
        rows[0].GetProperty("数据日期").GetString().ShouldBe("2026-06-30T00:00:00.000");
        rows[0].GetProperty("更新时间").GetString().ShouldBe("2026-06-30T08:11:57.000Z");
    }

    [Theory]
    [InlineData("000300.SH", "sh000300")]
    [InlineData("000922.CSI", "csi000922")]
    [InlineData("399001.SZ", "sz399001")]
    public async Task Indices_AreFoundByTheirPrefix(string code, string symbol)
    {
        await using var server = await AkServer.StartAsync();
        var bars = Tushare(server, "index_daily", code);

        var rows = await server.RowsAsync($"stock_zh_index_daily_em?symbol={symbol}");

        rows.Length.ShouldBe(bars.Rows.Length);
        Number(rows[^1], "close").ShouldBe(bars.Number(0, "close"), 0.0005 + 1e-9);
        rows[^1].GetProperty("date").GetString().ShouldBe(Dashed(bars.Text(0, "trade_date")));
    }

    [Fact]
    public async Task Futures_AreThoseOfTushare_AndTheContinuousOneIsTheDominant()
    {
        await using var server = await AkServer.StartAsync();
        var main = Tushare(server, "fut_daily", "RB.SHF");

        var rows = await server.RowsAsync("futures_zh_daily_sina?symbol=RB0");

        rows[^1].GetProperty("date").GetString().ShouldBe(Dashed(main.Text(0, "trade_date")));
        Number(rows[^1], "settle").ShouldBe(main.Number(0, "settle"), 0.001);
        Number(rows[^1], "hold").ShouldBe(main.Number(0, "oi"));
        (await server.RowsAsync("futures_zh_daily_sina?symbol=RB2610")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Macro_HasTusharesFigures_UnderEastMoneysNames()
    {
        await using var server = await AkServer.StartAsync();
        var money = TestMarkets.Ask(server.Market, "cn_m");
        var product = TestMarkets.Ask(server.Market, "cn_gdp");
        var prices = TestMarkets.Ask(server.Market, "cn_cpi");

        var ours = await server.RowsAsync("macro_china_money_supply");
        Number(ours[0], "货币和准货币(M2)-数量(亿元)").ShouldBe(money.Number(0, "m2"));
        Number(ours[0], "流通中的现金(M0)-同比增长").ShouldBe(money.Number(0, "m0_yoy"));
        ours[0].GetProperty("月份").GetString().ShouldBe(Month(money.Text(0, "month")));

        var gdp = await server.RowsAsync("macro_china_gdp");
        gdp[0].GetProperty("季度").GetString().ShouldBe("2026年第1季度");
        gdp[1].GetProperty("季度").GetString().ShouldBe("2025年第1-4季度");
        Number(gdp[0], "国内生产总值-绝对值").ShouldBe(product.Number(0, "gdp"));

        var cpi = await server.RowsAsync("macro_china_cpi");
        cpi[0].GetProperty("月份").GetString().ShouldBe(Month(prices.Text(0, "month")));
        Number(cpi[0], "农村-累计").ShouldBe(prices.Number(0, "cnt_accu"));
        cpi.Length.ShouldBe(prices.Rows.Length);
    }

    [Fact]
    public async Task Rates_AreTextDaysForShibor_AndMomentsElsewhere()
    {
        await using var server = await AkServer.StartAsync();

        var shibor = await server.RowsAsync("macro_china_shibor_all");
        shibor[0].GetProperty("日期").GetString()!.Length.ShouldBe(10);
        shibor.Select(r => r.GetProperty("日期").GetString()).ShouldBeInOrder();
        Number(shibor[5], "O/N-涨跌幅")
            .ShouldBe(100 * (Number(shibor[5], "O/N-定价") - Number(shibor[4], "O/N-定价")), 0.006);

        var prime = await server.RowsAsync("macro_china_lpr");
        prime[0].GetProperty("TRADE_DATE").GetString().ShouldBe("1991-04-21T00:00:00.000");
        prime[0].GetProperty("LPR1Y").ValueKind.ShouldBe(JsonValueKind.Null);

        var bonds = await server.RowsAsync("bond_zh_us_rate?start_date=20260601");
        bonds[0].GetProperty("日期").GetString().ShouldBe("2026-06-01T00:00:00.000");
        var curve = TestMarkets.Ask(server.Market, "us_tycr", "date=20260601");
        Number(bonds[0], "美国国债收益率10年").ShouldBe(curve.Number(0, "y10"));
    }

    [Fact]
    public async Task OpenDays_ReachToTheEndOfTheYear()
    {
        await using var server = await AkServer.StartAsync();

        var days = await server.RowsAsync("tool_trade_date_hist_sina");

        days[0].GetProperty("trade_date").GetString().ShouldBe("1992-05-04T00:00:00.000"); // added by hand
        days[^1].GetProperty("trade_date").GetString().ShouldBe("2026-12-31T00:00:00.000");
    }

    private static IEnumerable<string> Codes(AkServer server, string api, string parameters = "") =>
        TestMarkets.Ask(server.Market, api, parameters, "ts_code").Column("ts_code");

    private static Table Tushare(AkServer server, string api, string code) =>
        TestMarkets.Ask(server.Market, api, $"ts_code={code}");

    private static double Number(JsonElement row, string column) => row.GetProperty(column).GetDouble();

    private static string Day(JsonElement row, string column) =>
        row.GetProperty(column).GetString()![..10].Replace("-", "", StringComparison.Ordinal);

    private static string Dashed(string day) => $"{day[..4]}-{day[4..6]}-{day[6..]}";

    private static string Month(string month) => $"{month[..4]}年{month[4..]}月份";
}
