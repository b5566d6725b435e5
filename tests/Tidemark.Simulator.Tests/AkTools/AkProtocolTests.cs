using System.Net;
using System.Text.RegularExpressions;
using Tidemark.Simulator.AkTools;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tests.AkTools;

/// <summary>Routes, errors and forms of the wire, as AKTools 0.0.91 has them.</summary>
public sealed partial class AkProtocolTests
{
    private const string UnknownFunction =
        """{"error":"未找到该接口，请升级 AKShare 到最新版本并在文档中确认该接口的使用方式：https://akshare.akfamily.xyz"}""";

    [Theory]
    [InlineData("/api/public/stock_zh_b_hist", 404, UnknownFunction)]
    [InlineData(
        "/api/public/stock_zh_a_hist?period=day",
        404,
        """{"error":"请输入正确的参数错误 'day'，请升级 AKShare 到最新版本并在文档中确认该接口的使用方式：https://akshare.akfamily.xyz"}"""
    )]
    [InlineData("/api/public/stock_zh_a_hist?code=000001", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist?Symbol=000001", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist?timeout=5", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist?symbol=000001&symbol=000002", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist?symbol=a%22b", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist?symbol=a%26b", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist?symbol=a%3Db", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist?symbol=cookie&period=daily", 200, "[]")]
    [InlineData("/api/public/stock_zh_a_hist?symbol=999999", 200, "[]")]
    [InlineData("/api/public/stock_zh_index_daily_em?symbol=000300", 200, "[]")]
    [InlineData("/api/public/stock_zh_index_daily_em?symbol=sh999999", 500, "Internal Server Error")]
    [InlineData("/api/public/stock_zh_a_hist_tx?symbol=bj830001", 500, "Internal Server Error")]
    [InlineData("/api/public/futures_zh_daily_sina?symbol=XX0", 500, "Internal Server Error")]
    [InlineData("/api/public/spot_hist_sge?symbol=Au(T%2BD)", 500, "Internal Server Error")]
    [InlineData("/api/private/spot_hist_sge", 401, """{"detail":"Not authenticated"}""")]
    [InlineData("/api", 404, """{"detail":"Not Found"}""")]
    public async Task Refusals_HaveAkToolsWords(string path, int status, string body)
    {
        await using var server = await AkServer.StartAsync();

        var answer = await server.GetAsync(path);

        ((int)answer.Status).ShouldBe(status);
        answer.Body.ShouldBe(body);
    }

    [Fact]
    public async Task OtherMethods_AreNotAllowed()
    {
        await using var server = await AkServer.StartAsync();

        using var response = await server.Http.PostAsync(
            "/api/public/stock_zh_a_hist",
            content: null,
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET"]);
    }

    [Fact]
    public async Task PrivateRoute_WithTheDemoToken_KeepsPlusSigns()
    {
        await using var server = await AkServer.StartAsync();
        using var login = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["username"] = "akshare", ["password"] = "akfamily" }
        );
        using var token = await server.Http.PostAsync("/auth/token", login, TestContext.Current.CancellationToken);
        (await token.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(
            """{"access_token":"akshare","token_type":"bearer"}"""
        );

        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "akshare");
        var (status, body) = await server.GetAsync("/api/private/spot_hist_sge?symbol=Au(T%2BD)");
        status.ShouldBe(HttpStatusCode.OK);
        body.ShouldStartWith("""[{"date":"2016-12-19T00:00:00.000","open":""");

        server.Http.DefaultRequestHeaders.Authorization = new("Bearer", "guess");
        (await server.GetAsync("/api/private/spot_hist_sge")).ShouldBe(
            (HttpStatusCode.Unauthorized, """{"detail":"Invalid authentication credentials"}""")
        );
    }

    [Fact]
    public async Task WrongPassword_IsABadRequest()
    {
        await using var server = await AkServer.StartAsync();
        using var login = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["username"] = "akshare", ["password"] = "x" }
        );
        using var none = new FormUrlEncodedContent([]);

        using var wrong = await server.Http.PostAsync("/auth/token", login, TestContext.Current.CancellationToken);
        using var missing = await server.Http.PostAsync("/auth/token", none, TestContext.Current.CancellationToken);

        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        missing.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Version_WhileOffline_Fails_AndTheSchemaDoesNot()
    {
        await using var server = await AkServer.StartAsync();
        var (_, version) = await server.GetAsync("/version");
        version.ShouldBe(
            """{"ak_current_version":"1.18.94","ak_latest_version":"1.18.94","at_current_version":"0.0.91","at_latest_version":"0.0.91"}"""
        );

        server.Options.Switches.IsOffline = true;

        (await server.GetAsync("/version")).ShouldBe((HttpStatusCode.InternalServerError, "Internal Server Error"));
        (await server.GetAsync("/")).Status.ShouldBe(HttpStatusCode.InternalServerError);
        var (status, schema) = await server.GetAsync("/openapi.json");
        status.ShouldBe(HttpStatusCode.OK);
        schema.ShouldContain("\"version\":\"1.18.94\"");
    }

    [Fact]
    public async Task Outage_OfHosts_StrikesTheirFunctionsAlone_AndEnds()
    {
        await using var server = await AkServer.StartAsync();
        async Task<int> StatusOf(string function) => (int)(await server.GetAsync($"/api/public/{function}")).Status;

        using var cut = await server.Http.PutAsync(
            "/simulator/outages/eastmoney",
            content: null,
            TestContext.Current.CancellationToken
        );

        (await StatusOf("macro_china_cpi")).ShouldBe(500);
        (await StatusOf("stock_zh_a_spot_em")).ShouldBe(500);
        (await StatusOf("macro_china_shibor_all")).ShouldBe(200);

        using var back = await server.Http.DeleteAsync(
            "/simulator/outages/eastmoney",
            TestContext.Current.CancellationToken
        );

        (await StatusOf("macro_china_cpi")).ShouldBe(200);
    }

    [Fact]
    public async Task Delays_AreOfTheClockThatWasInjected()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 6, 30, 10, 0, 0, TimeSpan.Zero));
        await using var server = await AkServer.StartAsync(o =>
            o with
            {
                Delays = AkToolsSimulatorOptions.AsSlowAsReal,
                TimeProvider = clock,
            }
        );

        (await server.RowsAsync("stock_zh_a_spot_em")).Length.ShouldBeGreaterThan(10);

        clock.Waits.ShouldContain(TimeSpan.FromSeconds(180));
    }

    [Theory]
    [InlineData("{ http: 503 }", 503, "")]
    [InlineData("garbage", 200, "<html>")]
    [InlineData("empty", 200, "[]")]
    [InlineData("truncate", 200, "[{")]
    [InlineData("{ error: { code: 404, message: gone } }", 404, """{"error":"gone"}""")]
    public async Task Faults_StrikeTheCallsThatTheyName(string what, int status, string begin)
    {
        var rules = FaultRules.Parse($"- {{ vendor: aktools, api: macro_china_ppi, when: {{ nth: 1 }}, do: {what} }}");
        await using var server = await AkServer.StartAsync(o => o with { Faults = rules });

        var (struckStatus, struck) = await server.GetAsync("/api/public/macro_china_ppi");
        var (_, whole) = await server.GetAsync("/api/public/macro_china_ppi");

        ((int)struckStatus).ShouldBe(status);
        struck.ShouldStartWith(begin);
        whole.ShouldEndWith("}]");
    }

    [Fact]
    public async Task Rows_AreCompact_InTheirColumnsOrder_AndSayChineseAsItIs()
    {
        await using var server = await AkServer.StartAsync();

        var (_, body) = await server.GetAsync("/api/public/stock_zh_a_hist?symbol=000001&start_date=20260629");

        body.ShouldMatch(
            """^\[\{"日期":"2026-06-29T00:00:00\.000","股票代码":"000001","开盘":\d+\.\d+,"收盘":\d+\.\d+,"最高":\d+\.\d+,"最低":\d+\.\d+,"成交量":\d+,"成交额":\d+\.\d+,"振幅":"""
        );
        body.ShouldNotContain("\\u");
        Blank().IsMatch(body).ShouldBeFalse();
    }

    [Fact]
    public async Task Numbers_HaveTenDecimalsAtMost_AndAreNotChangedByThat()
    {
        await using var server = await AkServer.StartAsync();

        var (_, body) = await server.GetAsync("/api/public/stock_zh_a_spot_em");
        var values = Value().Matches(body).Select(m => m.Groups["number"].Value).ToArray();

        values.Length.ShouldBeGreaterThan(10);
        values.ShouldAllBe(v => v.EndsWith(".0", StringComparison.Ordinal) || v.Length - v.IndexOf('.') <= 3, "cents");
        var (_, ratios) = await server.GetAsync("/api/public/stock_zh_a_daily?symbol=sz000001&start_date=20260601");
        Ratio().Matches(ratios).ShouldAllBe(m => m.Groups["decimals"].Length <= 10);
        Ratio().Count(ratios).ShouldBeGreaterThan(10);
    }

    [GeneratedRegex("\"(总市值|流通市值|成交额)\":(?<number>[^,}]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Value();

    [GeneratedRegex("\"turnover\":[0-9]+[.](?<decimals>[0-9]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Ratio();

    [GeneratedRegex(@"[ \n]")]
    private static partial Regex Blank();
}
