using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>The simulated vendor as the vendor's own published client meets it.</summary>
public sealed partial class SimulatorClientTests
{
    private const string Fields = "ts_code,trade_date,open,high,low,close,vol,amount";
    private const string UnknownApi = "请指定正确的接口名";
    private const string WrongToken = "您的token不对，请确认。";

    /// <summary>Whether the market is the recorded one, and a trading day of it.</summary>
    public static TheoryData<bool, string> Markets => new() { { false, "20250627" }, { true, "20220801" } };

    [Theory]
    [MemberData(nameof(Markets))]
    public async Task Sim_PublishedClientsCalls_AreAnsweredAsTheClientExpects(bool recorded, string day)
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await StartAsync(folder, recorded);
        using var client = new HttpClient { BaseAddress = simulator.Url };

        ListeningLine().IsMatch(simulator.FirstLine).ShouldBeTrue(simulator.FirstLine);
        var whole = await RowsAsync(client, "daily", Fields, new { trade_date = day });
        whole.Columns.ShouldBe(Fields.Split(','), ignoreOrder: true);
        whole.Rows.Count.ShouldBeGreaterThan(50);
        var dayColumn = whole.Columns.ToList().IndexOf("trade_date");
        whole.Rows.ShouldAllBe(r => r.EnumerateArray().ElementAt(dayColumn).GetString() == day);

        // limit and offset as the client sends them: numbers within params.
        var pages = new List<string>();
        const int Limit = 17;
        for (var more = true; more; )
        {
            var page = await RowsAsync(
                client,
                "daily",
                Fields,
                new
                {
                    trade_date = day,
                    limit = Limit,
                    offset = pages.Count,
                }
            );
            page.Rows.Count.ShouldBeLessThanOrEqualTo(Limit);
            pages.AddRange(page.Rows.Select(r => r.ToString()));
            more = page.HasMore;
            if (pages.Count > 10 * Limit)
            {
                break; // enough of a recorded market
            }
        }

        pages.ShouldBe(whole.Rows.Select(r => r.ToString()).Take(pages.Count));
        (pages.Count == whole.Rows.Count || pages.Count > 10 * Limit).ShouldBeTrue();

        // All default columns when none is asked for; several stocks separated by commas.
        var codes = whole.Rows.Take(2).Select(r => r[whole.Columns.ToList().IndexOf("ts_code")].GetString());
        var all = await RowsAsync(client, "daily", "", new { trade_date = day, ts_code = string.Join(',', codes) });
        all.Rows.Count.ShouldBe(2);
        all.Columns.ShouldContain("pct_chg");

        var wrong = await CallAsync(client, "daily", Fields, new { trade_date = day }, token: "wrong-token");
        wrong.Number("code").ShouldBe(40101);
        wrong.Text("msg").ShouldBe(WrongToken);
        wrong.GetProperty("data").ValueKind.ShouldBe(JsonValueKind.Null);

        var unknown = await CallAsync(client, "no_such_api", "", new { });
        if (recorded)
        {
            unknown.GetProperty("data").GetProperty("items").GetArrayLength().ShouldBe(0, "no file, no rows");
        }
        else
        {
            unknown.Number("code").ShouldNotBe(0);
            unknown.Text("msg").ShouldContain(UnknownApi);
        }

        using var get = await client.GetAsync("/");
        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        get.Content.Headers.Allow.ShouldBe(["POST"]);

        var holiday = await RowsAsync(client, "daily", Fields, new { trade_date = "20220904" });
        holiday.Rows.ShouldBeEmpty();
        holiday.Columns.ShouldNotBeEmpty();

        var ended = await simulator.StopAsync();
        var address = simulator.FirstLine["listening on ".Length..];
        ended.Out.ShouldBe(simulator.FirstLine + "\n", "one line and nothing else");
        ended.Error.ShouldContain($"in tidemark.yaml, under vendors: tushare: {{ url: \"http://{address}\" }}");
    }

    [Theory]
    [MemberData(nameof(Markets))]
    public async Task Sim_PythonClient_GetsTablesAndExceptions(bool recorded, string day)
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await StartAsync(folder, recorded);
        object[] calls =
        [
            new
            {
                token = "t",
                api_name = "daily",
                fields = Fields,
                @params = new { trade_date = day },
            },
            new
            {
                token = "t",
                api_name = "daily",
                fields = "ts_code,close",
                @params = new
                {
                    trade_date = day,
                    limit = 3,
                    offset = 2,
                },
            },
            new
            {
                token = "t",
                api_name = "trade_cal",
                fields = "",
                @params = new
                {
                    exchange = "SSE",
                    start_date = day,
                    end_date = day,
                },
            },
            new
            {
                token = "t",
                api_name = "stock_basic",
                fields = "ts_code,name,list_date",
                @params = new { exchange = "", list_status = "L" },
            },
            new
            {
                token = "wrong",
                api_name = "daily",
                fields = "",
                @params = new { trade_date = day },
            },
            new
            {
                token = "t",
                api_name = "no_such_api",
                fields = "",
                @params = new { },
            },
        ];

        var parsed = await PythonClient.CallAsync(folder, "data_api.py", $"{simulator.Url}dataapi", calls);

        var bars = parsed[0].GetProperty("rows").EnumerateArray().ToArray();
        bars.Length.ShouldBeGreaterThan(50);
        bars.ShouldAllBe(b => b.GetProperty("high").GetDouble() >= b.GetProperty("low").GetDouble());
        var page = parsed[1].GetProperty("rows").EnumerateArray().Select(r => r.Text("ts_code"));
        page.ShouldBe(bars.Skip(2).Take(3).Select(r => r.Text("ts_code")));
        parsed[2].GetProperty("rows").EnumerateArray().Single().Number("is_open").ShouldBe(1);
        parsed[3].GetProperty("rows").GetArrayLength().ShouldBeGreaterThan(50);
        parsed[4].Text("error").ShouldBe(WrongToken);
        if (!recorded)
        {
            parsed[5].Text("error").ShouldContain(UnknownApi);
        }
    }

    [Fact]
    public async Task Sim_WithPoints_OpensWhatTheyOpenAndTellsThem()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path, "--points", "2000");
        using var client = new HttpClient { BaseAddress = simulator.Url };

        (await CallAsync(client, "fut_mapping", "", new { limit = 1 })).Number("code").ShouldBe(0);
        var refused = await CallAsync(client, "fund_daily", "", new { limit = 1 });
        var user = await CallAsync(client, "user", "", new { });

        refused.Number("code").ShouldBe(40203);
        refused.Text("msg").ShouldContain("没有接口(fund_daily)访问权限");
        user.GetProperty("data").GetProperty("items")[0][2].GetDouble().ShouldBe(2000);
    }

    [Fact]
    public async Task Sim_PortThatIsTaken_SaysSoAndEndsWith2()
    {
        using var folder = new TemporaryFolder();
        await using var simulator = await SimulatorProcess.SmallMarketAsync(folder.Path);

        var second = await TidemarkProcess.RunAsync(folder.Path, "sim", "tushare", "--port", $"{simulator.Url.Port}");

        second.With(exitCode: 2);
        second.Error.ShouldContain("PORT_TAKEN");
        second.Out.ShouldBeEmpty();
    }

    private static Task<SimulatorProcess> StartAsync(TemporaryFolder folder, bool recorded) =>
        recorded
            ? SimulatorProcess.StartAsync(folder.Path, "--replay", Checkout.Recording("replay-cn"))
            : SimulatorProcess.SmallMarketAsync(folder.Path);

    private static async Task<(string[] Columns, List<JsonElement> Rows, bool HasMore)> RowsAsync(
        HttpClient client,
        string api,
        string fields,
        object parameters
    )
    {
        var answer = await CallAsync(client, api, fields, parameters);
        answer.Number("code").ShouldBe(0, answer.ToString());
        var data = answer.GetProperty("data");
        return (
            [.. data.GetProperty("fields").EnumerateArray().Select(f => f.GetString()!)],
            [.. data.GetProperty("items").EnumerateArray()],
            data.GetProperty("has_more").GetBoolean()
        );
    }

    private static async Task<JsonElement> CallAsync(
        HttpClient client,
        string api,
        string fields,
        object parameters,
        string token = "a-token"
    )
    {
        var body = JsonSerializer.Serialize(
            new
            {
                api_name = api,
                token,
                @params = parameters,
                fields,
            }
        );
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync($"/dataapi/{api}", content);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/json");
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    [GeneratedRegex(@"^listening on 127\.0\.0\.1:[1-9][0-9]*$")]
    private static partial Regex ListeningLine();
}
