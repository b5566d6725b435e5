using System.Text.Json;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>
/// A session of a collector that others wrote, against both simulated vendors of one market: plain calls as the
/// vendors' Python users make them.
/// </summary>
public sealed class ThirdPartySessionTests
{
    private const string Day = "20250627"; // the simulated market's today, a Friday
    private const string From = "20250501";

    [Fact]
    public async Task Tushare_EveryCallOfACollector_BringsRows()
    {
        using var folder = new TemporaryFolder();
        // Large enough for stocks under special treatment. bse_mapping is empty: codes change in October.
        string[] market = ["--stocks", "400", "--start", SimulatorProcess.Today];
        await using var simulator = await SimulatorProcess.StartAsync(folder.Path, market);
        var day = new Dictionary<string, object> { ["trade_date"] = Day };
        var range = new Dictionary<string, object> { ["start_date"] = From, ["end_date"] = Day };
        var none = new Dictionary<string, object>();
        (string Api, Dictionary<string, object> Parameters)[] calls =
        [
            .. Of("daily daily_basic adj_factor stk_limit moneyflow stock_st weekly", day),
            .. Of("fund_daily fund_adj fund_share index_daily index_dailybasic daily_info sz_daily_info", day),
            .. Of("fut_daily fut_settle fut_mapping sge_daily block_trade", day),
            .. Of("suspend_d monthly repurchase shibor shibor_lpr us_tycr us_trycr us_tbr us_tltr us_trltr", range),
            .. Of("namechange index_member_all index_classify sge_basic fx_obasic etf_basic", none),
            .. Of("fut_weekly_detail cn_gdp cn_cpi cn_ppi cn_pmi cn_m sf_month", none),
            ("stock_basic", new() { ["exchange"] = "", ["list_status"] = "L" }),
            ("trade_cal", new() { ["exchange"] = "SSE", ["is_open"] = "1" }),
            ("fund_basic", new() { ["market"] = "E", ["status"] = "L" }),
            ("index_basic", new() { ["market"] = "CSI" }),
            ("index_weight", new(range) { ["index_code"] = "000300.SH" }),
            ("index_global", new(range) { ["ts_code"] = "SPX" }),
            ("fut_basic", new() { ["exchange"] = "SHFE", ["fut_type"] = "1" }),
            ("fx_daily", new(range) { ["ts_code"] = "USDCNH.FXCM" }),
        ];

        var answers = await PythonClient.CallAsync(
            folder,
            "data_api.py",
            $"{simulator.Url}dataapi",
            [
                .. calls.Select(call => new
                {
                    token = "t",
                    api_name = call.Api,
                    fields = "",
                    @params = call.Parameters,
                }),
            ]
        );

        calls
            .Zip(answers)
            .Where(pair => !pair.Second.TryGetProperty("rows", out var rows) || rows.GetArrayLength() == 0)
            .Select(pair => $"{pair.First.Api}: {pair.Second}")
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task AkTools_CallsOfItsUsers_BringTheMarketThatTushareHas()
    {
        using var folder = new TemporaryFolder();
        await using var tushare = await SimulatorProcess.SmallMarketAsync(folder.Path);
        await using var aktools = await SimulatorProcess.AkToolsAsync(folder.Path);
        var bars = await PythonClient.CallAsync(
            folder,
            "data_api.py",
            $"{tushare.Url}dataapi",
            [
                Tushare("stock_basic", new() { ["list_status"] = "L" }),
                Tushare("daily", new() { ["trade_date"] = Day }),
                Tushare("adj_factor", new() { ["trade_date"] = Day }),
            ]
        );
        var code = Rows(bars[0])[0].Text("ts_code");
        var bar = Rows(bars[1]).Single(row => row.Text("ts_code") == code);
        var factor = Rows(bars[2]).Single(row => row.Text("ts_code") == code).GetProperty("adj_factor").GetDouble();
        var history = new Dictionary<string, object>
        {
            ["symbol"] = code[..6],
            ["period"] = "daily",
            ["start_date"] = From,
            ["end_date"] = Day,
            ["adjust"] = "",
        };

        var answers = await PythonClient.CallAsync(
            folder,
            "public_api.py",
            aktools.Url.ToString(),
            [
                AkTools("stock_zh_a_hist", history),
                AkTools("stock_zh_a_hist", new(history) { ["adjust"] = "hfq" }),
                AkTools("stock_zh_a_spot_em", []),
                AkTools("macro_china_gdp", []),
                AkTools("tool_trade_date_hist_sina", []),
                AkTools("spot_hist_sge", new() { ["symbol"] = "Au(T+D)" }),
                new
                {
                    function = "spot_hist_sge",
                    arguments = new { symbol = "Au(T+D)" },
                    @private = true,
                },
                AkTools("no_such_function", []),
                AkTools("stock_zh_a_hist", new(history) { ["period"] = "day" }),
                AkTools("stock_zh_a_hist", new(history) { ["unknown"] = "1" }),
                AkTools("", []),
            ]
        );

        var last = Rows(answers[0])[^1];
        last.Text("日期").ShouldStartWith("2025-06-27");
        last.GetProperty("收盘").GetDouble().ShouldBe(bar.GetProperty("close").GetDouble());
        last.GetProperty("成交量").GetDouble().ShouldBe(bar.GetProperty("vol").GetDouble(), 1, "hands at both");
        Rows(answers[1])[^1]
            .GetProperty("收盘")
            .GetDouble()
            .ShouldBe(bar.GetProperty("close").GetDouble() * factor, 0.006, "rounded to a cent");
        Rows(answers[2]).Length.ShouldBeGreaterThan(50);
        Rows(answers[3])[0].Text("季度").ShouldContain("季度");
        Rows(answers[4]).Length.ShouldBeGreaterThan(5000);
        answers[5].Number("status").ShouldBe(500, "the public route makes a blank of the plus sign");
        Rows(answers[6]).Length.ShouldBeGreaterThan(100);
        answers[7].Number("status").ShouldBe(404);
        answers[7].Text("error").ShouldContain("未找到该接口");
        answers[8].Number("status").ShouldBe(404);
        answers[8].Text("error").ShouldContain("请输入正确的参数错误 'day'");
        answers[9].Number("status").ShouldBe(500);
        Rows(answers[10])[0]
            .EnumerateObject()
            .Select(p => p.Name)
            .ShouldBe(["ak_current_version", "ak_latest_version", "at_current_version", "at_latest_version"]);
    }

    private static IEnumerable<(string, Dictionary<string, object>)> Of(
        string apis,
        Dictionary<string, object> parameters
    ) => apis.Split(' ').Select(api => (api, parameters));

    private static object Tushare(string api, Dictionary<string, object> parameters) =>
        new
        {
            token = "t",
            api_name = api,
            fields = "",
            @params = parameters,
        };

    private static object AkTools(string function, Dictionary<string, object> arguments) => new { function, arguments };

    private static JsonElement[] Rows(JsonElement answer) => [.. answer.GetProperty("rows").EnumerateArray()];
}
