using System.Net;
using System.Text.Json;
using Tidemark.Definitions.Yaml;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests;

public sealed class FaultTests
{
    private static readonly ITushareSource s_market = TestMarkets.Small();
    private static readonly object s_day = new { trade_date = "20220601" };

    [Fact]
    public async Task ErrorFaults_StrikeTheCallsThatWereMeant()
    {
        var (server, client) = await StartAsync(
            """
            - {api: daily, when: {nth: 2}, do: rate_limit}
            - {api: daily, when: {nth: 3}, do: {error: {code: 40204, message: "您的IP数量超限，最大数量为2个！"}}}
            - {vendor: tushare, api: adj_factor, do: no_permission}
            - {vendor: aktools, do: garbage}
            - {api: suspend_d, params: {trade_date: "20220602"}, do: {error: {code: 50101, message: x}}}
            """
        );
        await using var _ = server;
        using var __ = client;

        (await client.QueryAsync("daily", s_day)).Code.ShouldBe(0);
        var limited = await client.QueryAsync("daily", s_day);
        var addresses = await client.QueryAsync("daily", s_day);
        (await client.QueryAsync("daily", s_day)).Code.ShouldBe(0);
        var forbidden = await client.QueryAsync("adj_factor", s_day);

        limited.Code.ShouldBe(40203);
        limited.Message!.ShouldContain("频率超限(200次/分钟)");
        addresses.Code.ShouldBe(40204);
        forbidden.Message!.ShouldContain("访问权限");
        (await client.QueryAsync("suspend_d", s_day)).Code.ShouldBe(0);
        (await client.QueryAsync("suspend_d", new { trade_date = "20220602" })).Code.ShouldBe(50101);
    }

    [Fact]
    public async Task TransportFaults_BreakTheAnswer()
    {
        var (server, client) = await StartAsync(
            """
            - {api: daily, when: {nth: 1}, do: {http: 502}}
            - {api: daily, when: {nth: 2}, do: garbage}
            - {api: daily, when: {nth: 3}, do: truncate}
            - {api: daily, when: {nth: 4}, do: drop}
            """
        );
        await using var _ = server;
        using var __ = client;
        var call = new
        {
            api_name = "daily",
            token = "t",
            @params = s_day,
        };

        using var bad = await client.PostAsync("/", call);
        using var html = await client.PostAsync("/", call);
        using var cut = await client.PostAsync("/", call);

        bad.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        html.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await html.Content.ReadAsStringAsync()).ShouldStartWith("<html>");
        var text = await cut.Content.ReadAsStringAsync();
        Should.Throw<JsonException>(() => JsonDocument.Parse(text));
        await Should.ThrowAsync<HttpRequestException>(() => client.PostAsync("/", call));
        (await client.QueryAsync("daily", s_day)).Code.ShouldBe(0, "the server goes on");
    }

    [Fact]
    public async Task DataFaults_SpoilExactlyOneThing()
    {
        var (server, client) = await StartAsync(
            """
            - {api: daily, when: {nth: 2}, do: duplicate}
            - {api: daily, when: {nth: 3}, do: empty}
            - {api: daily, when: {nth: 4}, do: {rename_column: {vol: volume}}}
            - {api: daily, when: {nth: 5}, do: {drop_column: vol}}
            - {api: daily, when: {nth: 6}, do: {text_number: {close: "n/a"}}}
            - {api: daily, when: {nth: 7}, do: wrong_date}
            """
        );
        await using var _ = server;
        using var __ = client;
        var good = await client.QueryAsync("daily", s_day);

        var duplicate = await client.QueryAsync("daily", s_day);
        duplicate.Rows.Length.ShouldBe(good.Rows.Length + 1);
        duplicate.Text(1, "ts_code").ShouldBe(duplicate.Text(0, "ts_code"));
        var empty = await client.QueryAsync("daily", s_day);
        (empty.Rows.Length, empty.Fields.Length).ShouldBe((0, 13));
        var renamed = await client.QueryAsync("daily", s_day);
        renamed.Fields.ShouldContain("volume");
        renamed.Fields.ShouldNotContain("vol");
        var dropped = await client.QueryAsync("daily", s_day);
        dropped.Fields.ShouldBe(good.Fields.Where(f => f != "vol"));
        dropped.Rows[0].Length.ShouldBe(12);
        var text = await client.QueryAsync("daily", s_day);
        text[0, "close"].ToString().ShouldBe("n/a");
        text[1, "close"].ToString().ShouldBe(good[1, "close"].ToString());
        var wrong = await client.QueryAsync("daily", s_day);
        wrong.Text(0, "trade_date").ShouldBe("20220602");
        wrong.Text(1, "trade_date").ShouldBe("20220601");
    }

    [Fact]
    public async Task PageFaults_RepeatOrGoStale()
    {
        var (server, client) = await StartAsync(
            """
            - {api: daily, when: {nth: 2}, do: repeat_page}
            - {api: adj_factor, when: {between: [2, 3]}, do: stale}
            """
        );
        await using var _ = server;
        using var __ = client;
        object Page(int offset) =>
            new
            {
                trade_date = "20220601",
                limit = 5,
                offset,
            };

        var first = await client.QueryAsync("daily", Page(0));
        var repeated = await client.QueryAsync("daily", Page(5));
        var next = await client.QueryAsync("daily", Page(5));
        repeated.Column("ts_code").ShouldBe(first.Column("ts_code"));
        next.Column("ts_code").Intersect(first.Column("ts_code")).ShouldBeEmpty();

        var dates = new List<string>();
        foreach (var day in new[] { "20220601", "20220602", "20220606", "20220607" })
        {
            dates.Add((await client.QueryAsync("adj_factor", new { trade_date = day })).Text(0, "trade_date"));
        }

        dates.ShouldBe(["20220601", "20220601", "20220602", "20220607"], "a stale answer is the one before");
    }

    [Fact]
    public async Task Delay_WaitsOnTheGivenClock()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 1, 5, 1, 31, 0, TimeSpan.Zero));
        var (server, client) = await StartAsync(
            """
            - {api: daily, do: {delay: 60000}}
            - {api: daily, when: {between: ["09:30", "10:00"]}, do: {delay: 30000, http: 503}}
            """,
            clock
        );
        await using var _ = server;
        using var __ = client;

        using var during = await client.PostAsync("/", new { api_name = "daily", token = "t" });
        clock.Now += TimeSpan.FromHours(1);
        (await client.QueryAsync("daily", s_day)).Code.ShouldBe(0);

        during.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        clock.Waits.ShouldBe([TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(60)]);
    }

    [Fact]
    public void Probability_WithOneSeed_StrikesTheSameCalls()
    {
        int[] Struck(int seed)
        {
            var rules = FaultRules.Parse("- {api: daily, when: {probability: 0.1}, do: drop}", seed: seed);
            var session = rules.Begin("tushare", TimeProvider.System);
            return
            [
                .. Enumerable
                    .Range(0, 1000)
                    .Where(_ => session.Next("daily", new Dictionary<string, string>()) is not null),
            ];
        }

        Struck(7).ShouldBe(Struck(7));
        Struck(7).ShouldNotBe(Struck(8));
        Struck(7).Length.ShouldBeInRange(70, 130);
    }

    [Fact]
    public void Every_StrikesEachNthCall()
    {
        var session = FaultRules.Parse("- {when: {every: 3}, do: empty}").Begin("tushare", TimeProvider.System);

        Enumerable
            .Range(1, 9)
            .Where(_ => session.Next("daily", new Dictionary<string, string>()) is not null)
            .ShouldBe([3, 6, 9]);
    }

    [Fact]
    public void Rules_WithFaultsOfItsOwn_ListsThemAllWithLines()
    {
        var error = Should.Throw<InvalidDefinitionException>(() =>
            FaultRules.Parse(
                """
                - api: daily
                  when: {nth: 0}
                  do: explode
                - api: daily
                  when: {nth: 1, every: 2}
                  do: {error: {code: forty}, http: 200}
                - {vendor: bloomberg, apis: x, when: {between: [4, 2]}}
                - just text
                - do: {text_number: {a: b, c: d}}
                """,
                "my-faults.yaml"
            )
        );

        var lines = error.Problems.Select(p => (p.Origin.Line, p.Text)).ToList();
        lines.ShouldContain(p => p.Line == 2 && p.Text.Contains("nth"));
        lines.ShouldContain(p => p.Line == 3 && p.Text.Contains("explode"));
        lines.ShouldContain(p => p.Line == 5 && p.Text.Contains("2 conditions"));
        lines.ShouldContain(p => p.Line == 6 && p.Text.Contains("forty"));
        lines.ShouldContain(p => p.Line == 6 && p.Text.Contains("message"));
        lines.ShouldContain(p => p.Line == 6 && p.Text.Contains("200"));
        lines.ShouldContain(p => p.Line == 6 && p.Text.Contains("2 faults"));
        lines.ShouldContain(p => p.Line == 7 && p.Text.Contains("bloomberg"));
        lines.ShouldContain(p => p.Line == 7 && p.Text.Contains("apis"));
        lines.ShouldContain(p => p.Line == 7 && p.Text.Contains("between"));
        lines.ShouldContain(p => p.Line == 7 && p.Text.Contains("do' is missing"));
        lines.ShouldContain(p => p.Line == 8);
        lines.ShouldContain(p => p.Line == 9 && p.Text.Contains("text_number"));
        error.Message.ShouldContain("my-faults.yaml:3:");
    }

    [Fact]
    public void Rules_ThatCannotBeRead_IsNamed() =>
        Should
            .Throw<Core.Errors.TidemarkException>(() => FaultRules.Load("/nowhere/faults.yaml"))
            .Message.ShouldContain("/nowhere/faults.yaml");

    private static Task<(TushareSimulator Server, PythonLikeClient Client)> StartAsync(
        string faults,
        TimeProvider? clock = null
    ) =>
        PythonLikeClient.StartAsync(
            new TushareSimulatorOptions
            {
                Source = s_market,
                Faults = FaultRules.Parse(faults),
                TimeProvider = clock ?? TimeProvider.System,
            }
        );
}
