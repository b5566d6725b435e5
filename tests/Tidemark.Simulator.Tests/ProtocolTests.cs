using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests;

public sealed class ProtocolTests
{
    private static readonly ITushareSource s_market = TestMarkets.Small();

    private static TushareSimulatorOptions Options => new() { Source = s_market };

    [Fact]
    public async Task Query_ByTradeDateWithFields_GivesThoseColumns()
    {
        var (server, client) = await PythonLikeClient.StartAsync(Options);
        await using var _ = server;
        using var __ = client;

        var daily = await client.QueryAsync("daily", new { trade_date = "20220601" }, "ts_code,trade_date,close,vol");

        daily.Code.ShouldBe(0);
        daily.Message.ShouldBe("");
        daily.Fields.ShouldBe(["ts_code", "trade_date", "close", "vol"]);
        daily.Rows.Length.ShouldBeInRange(45, 62);
        daily.HasMore.ShouldBe(false);
        daily.Column("trade_date").Distinct().ShouldBe(["20220601"]);
        daily.Column("ts_code").ShouldBeInOrder();
    }

    [Fact]
    public async Task Query_WithLimitAndOffset_PagesWithoutGapOrOverlap()
    {
        var (server, client) = await PythonLikeClient.StartAsync(Options);
        await using var _ = server;
        using var __ = client;
        var whole = await client.QueryAsync("daily", new { trade_date = "20220601" });

        var codes = new List<string>();
        Table page;
        do
        {
            // The client's callers pass numbers or texts; both work.
            page = await client.QueryAsync(
                "daily",
                codes.Count % 2 == 0
                    ? new
                    {
                        trade_date = "20220601",
                        limit = 10,
                        offset = codes.Count,
                    }
                    : new
                    {
                        trade_date = "20220601",
                        limit = "10",
                        offset = $"{codes.Count}",
                    }
            );
            codes.AddRange(page.Column("ts_code"));
        } while (page.HasMore == true);

        codes.ShouldBe(whole.Column("ts_code"));
    }

    [Fact]
    public async Task Post_LimitAtTopLevel_IsIgnored()
    {
        var (server, client) = await PythonLikeClient.StartAsync(Options);
        await using var _ = server;
        using var __ = client;

        using var response = await client.PostAsync(
            "/",
            new
            {
                api_name = "daily",
                token = "t",
                limit = 3,
                offset = 3,
                @params = new { trade_date = "20220601" },
            }
        );
        var table = Table.Parse(await response.Content.ReadAsByteArrayAsync());

        table.Rows.Length.ShouldBeGreaterThan(3);
        table.Text(0, "ts_code").ShouldBe(TestMarkets.Ask(s_market, "daily", "trade_date=20220601").Text(0, "ts_code"));
    }

    [Theory]
    [InlineData("wrong-token")]
    [InlineData("bad")]
    [InlineData("INVALID0123")]
    [InlineData("")]
    public async Task Query_WithWrongToken_Gives40101(string token)
    {
        var (server, client) = await PythonLikeClient.StartAsync(Options, token);
        await using var _ = server;
        using var __ = client;

        var answer = await client.QueryAsync("no_such_api");

        // The token is looked at before the name of the API.
        answer.Code.ShouldBe(40101);
        answer.Message.ShouldBe("您的token不对，请确认。");
    }

    [Fact]
    public async Task Query_WithConfiguredTokens_AcceptsOnlyThose()
    {
        var options = Options with { AcceptedTokens = new HashSet<string> { "wrong-looking-but-mine" } };
        await using var server = await TushareSimulator.StartAsync(options, TestContext.Current.CancellationToken);
        using var mine = new PythonLikeClient(server.Address, "wrong-looking-but-mine");
        using var other = new PythonLikeClient(server.Address, "other");

        (await mine.QueryAsync("trade_cal", new { limit = 1 })).Code.ShouldBe(0);
        (await other.QueryAsync("trade_cal", new { limit = 1 })).Code.ShouldBe(40101);
    }

    [Fact]
    public async Task Query_RefusedForOtherReasons_UsesTheVendorsWords()
    {
        var options = Options with { ForbiddenApis = new HashSet<string> { "daily_basic" } };
        var (server, client) = await PythonLikeClient.StartAsync(options);
        await using var _ = server;
        using var __ = client;

        var unknown = await client.QueryAsync("no_such_api");
        var forbidden = await client.QueryAsync("daily_basic");
        var missing = await client.QueryAsync("index_daily", new { start_date = "20220101", ts_code = "" });
        var odd = await client.QueryAsync("daily", new { trade_date = "2022-06-01" });

        unknown.Message.ShouldBe("请指定正确的接口名");
        forbidden.Code.ShouldBe(40203);
        forbidden.Message.ShouldBe(
            "抱歉，您没有接口(daily_basic)访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。"
        );
        missing.Code.ShouldBe(50101);
        missing.Message.ShouldBe("参数校验失败, ts_code,trade_date至少输入一个参数");
        odd.Code.ShouldBe(50101);
        odd.Message.ShouldBe("查询数据失败，请确认参数！可以反馈管理员协助您排查问题");
    }

    [Fact]
    public async Task Query_BeyondTheRateLimit_IsRefusedUntilTheNextMinute()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 1, 5, 1, 0, 30, TimeSpan.Zero));
        var options = Options with
        {
            TimeProvider = clock,
            RateLimit = new TushareRateLimit(2),
            RateLimits = new Dictionary<string, TushareRateLimit> { ["adj_factor"] = new(1, RateWindow.Day) },
        };
        var (server, client) = await PythonLikeClient.StartAsync(options);
        await using var _ = server;
        using var __ = client;
        var first = new { trade_date = "20220601", limit = 1 };

        (await client.QueryAsync("daily", first)).Code.ShouldBe(0);
        (await client.QueryAsync("daily", first)).Code.ShouldBe(0);
        var refused = await client.QueryAsync("daily", first);
        (await client.QueryAsync("suspend_d", first)).Code.ShouldBe(0, "limits are counted by API");
        clock.Now += TimeSpan.FromSeconds(30);
        (await client.QueryAsync("daily", first)).Code.ShouldBe(0);
        (await client.QueryAsync("adj_factor", first)).Code.ShouldBe(0);
        var refusedForToday = await client.QueryAsync("adj_factor", first);

        refused.Code.ShouldBe(40203);
        refused.Message.ShouldBe(
            "抱歉，您访问接口(daily)频率超限(2次/分钟)，具体频次详情：https://tushare.pro/document/1?doc_id=108。"
        );
        refusedForToday.Message!.ShouldContain("(1次/天)");
    }

    [Fact]
    public async Task Post_WithAnyContentTypeOrPath_IsRead()
    {
        var (server, client) = await PythonLikeClient.StartAsync(Options);
        await using var _ = server;
        using var __ = client;
        const string body =
            """{"api_name":"trade_cal","token":"t","params":{"cal_date":20220601,"nonsense":"1"},"fields":["is_open","no_such","cal_date"]}""";

        foreach (var path in new[] { "/", "/dataapi", "/dataapi/daily" })
        {
            using var response = await client.PostTextAsync(path, body, "application/x-www-form-urlencoded");
            var text = await response.Content.ReadAsStringAsync();
            using var document = JsonDocument.Parse(text);
            document
                .RootElement.GetProperty("data")
                .GetRawText()
                .ShouldBe("""{"fields":["cal_date","is_open"],"items":[["20220601",1]],"has_more":false,"count":-1}""");
            Guid.TryParseExact(document.RootElement.GetProperty("request_id").GetString(), "D", out var id)
                .ShouldBeTrue();
            id.Version.ShouldBe(4);
        }
    }

    [Fact]
    public async Task Request_ThatIsNoCall_IsRefused()
    {
        var (server, client) = await PythonLikeClient.StartAsync(Options);
        await using var _ = server;
        using var __ = client;

        using var get = await client.GetAsync("/");
        using var elsewhere = await client.PostTextAsync("/elsewhere", "{}", "application/json");
        using var malformed = await client.PostTextAsync("/", "{\"api_name\":", "application/json");
        using var noObject = await client.PostTextAsync("/", "[1]", "application/json");

        get.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Table.Parse(await malformed.Content.ReadAsByteArrayAsync()).Code.ShouldBe(50101);
        Table.Parse(await noObject.Content.ReadAsByteArrayAsync()).Code.ShouldBe(50101);
    }

    [Fact]
    public async Task Answer_WithQuirksOn_ShowsThem()
    {
        var options = Options with
        {
            LegacyEnvelope = true,
            NumericStrings = true,
            OffsetIgnoredBy = new HashSet<string> { "daily" },
        };
        var (server, client) = await PythonLikeClient.StartAsync(options);
        await using var _ = server;
        using var __ = client;
        object Page(int offset) =>
            new
            {
                api_name = "daily",
                token = "t",
                @params = new
                {
                    trade_date = "20220601",
                    limit = 2,
                    offset,
                },
            };

        using var response = await client.PostAsync("/", Page(0));
        using var second = await client.PostAsync("/", Page(2));
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var root = document.RootElement;

        root.GetProperty("msg").ValueKind.ShouldBe(JsonValueKind.Null);
        root.TryGetProperty("message", out var _2).ShouldBeTrue();
        root.GetProperty("data").TryGetProperty("has_more", out var _3).ShouldBeFalse();
        root.GetProperty("data").GetProperty("items")[0][5].ValueKind.ShouldBe(JsonValueKind.String);
        using var repeated = JsonDocument.Parse(await second.Content.ReadAsStringAsync());
        repeated.RootElement.GetProperty("data").GetRawText().ShouldBe(root.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Answer_WithGzipOn_IsCompressedForThoseWhoAccept()
    {
        await using var server = await TushareSimulator.StartAsync(
            Options with
            {
                Gzip = true,
            },
            TestContext.Current.CancellationToken
        );
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        request.Content = new StringContent("""{"api_name":"stock_basic","token":"t"}""", Encoding.UTF8);

        using var response = await http.SendAsync(request);
        await using var unzipped = new GZipStream(
            await response.Content.ReadAsStreamAsync(),
            CompressionMode.Decompress
        );
        using var body = new MemoryStream();
        await unzipped.CopyToAsync(body);

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        Table.Parse(body.ToArray()).Rows.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Server_WhenDisposedWithOpenConnections_EndsAtOnce()
    {
        var server = await TushareSimulator.StartAsync(Options, TestContext.Current.CancellationToken);
        using var client = new PythonLikeClient(server.Address);
        (await client.QueryAsync("trade_cal", new { limit = 1 })).Code.ShouldBe(0);

        await server.DisposeAsync();

        await Should.ThrowAsync<HttpRequestException>(() => client.QueryAsync("trade_cal"));
    }

    [Fact]
    public async Task Server_OnATakenPort_FailsNamingIt()
    {
        await using var first = await TushareSimulator.StartAsync(Options, TestContext.Current.CancellationToken);

        var error = await Should.ThrowAsync<IOException>(() =>
            TushareSimulator.StartAsync(
                Options with
                {
                    Port = first.Address.Port,
                },
                TestContext.Current.CancellationToken
            )
        );

        error.Message.ShouldContain($"127.0.0.1:{first.Address.Port}");
    }

    [Fact]
    public async Task Queries_FromManyClientsAtOnce_AgreeWithOneAfterTheOther()
    {
        await using var server = await TushareSimulator.StartAsync(Options, TestContext.Current.CancellationToken);
        using var client = new PythonLikeClient(server.Address);
        var days = new[] { "20220601", "20220602", "20220606", "20220607", "20220608", "20220609" };

        var together = await Task.WhenAll(days.Select(day => client.QueryAsync("daily", new { trade_date = day })));

        for (var i = 0; i < days.Length; i++)
        {
            var alone = TestMarkets.Ask(s_market, "daily", $"trade_date={days[i]}");
            together[i].Column("close").ShouldBe(alone.Column("close"));
        }
    }
}
