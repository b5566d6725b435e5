using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>Every way in which a call goes wrong: what is repeated, what is not, what the message says.</summary>
public sealed class TushareFaultTests : IDisposable
{
    private const string TooOften =
        "抱歉，您访问接口(daily)频率超限(2次/分钟)，具体频次详情：https://tushare.pro/document/1?doc_id=108。";
    private const string TooOftenOld =
        "抱歉，您每分钟最多访问该接口2次，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1) + RateWindow.Slack;
    private static readonly string s_page = Answers.Page(1, 2);
    private readonly TushareRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string> TransientFaults =>
        [
            "502",
            "503",
            "429",
            "408",
            "drop",
            "reset",
            "html",
            "cut",
            "empty",
            "garbage",
            "unknown error",
            "broken gzip",
            "out of order",
        ];

    [Theory]
    [MemberData(nameof(TransientFaults))]
    public async Task Fetch_TransientFaultOnce_IsRepeatedAndSucceeds(string fault)
    {
        _rig.Server.Then(Fault(fault)).Then(s_page);

        var answer = await _rig.FetchAsync();

        (answer.Rows, answer.Pages).ShouldBe((2, 1));
        _rig.Rows().ShouldBe(["000001.SZ|1.5", "000002.SZ|2.5"]);
        _rig.Payloads.Bodies.ShouldBe([s_page]);
        _rig.Waits.Count.ShouldBe(1);
        _rig.Logger.Lines.Count(l => l.Level == LogLevel.Warning).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(TransientFaults))]
    public async Task Fetch_TransientFaultForever_FailsAfterThreeRepetitions(string fault)
    {
        _rig.Server.Then([.. Enumerable.Repeat(Fault(fault), 4)]);

        var error = await _rig.FailAsync();

        error.Kind.ShouldBe(ErrorKind.Transient);
        error.IsTransient.ShouldBeTrue();
        error.Message.ShouldContain("daily");
        _rig.Server.Requests.Count.ShouldBe(4);
        _rig.Waits.Count.ShouldBe(3);
        _rig.Batch.RowCount.ShouldBe(0);
        _rig.Payloads.Bodies.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_FaultOnTheSecondPage_RepeatsOnlyThatPage()
    {
        _rig.Server.Then(Answers.Page(1, 3, true))
            .Then(Reply.DropAfter(Answers.Page(4, 2), 90))
            .Then(Answers.Page(4, 2));

        (await _rig.FetchAsync()).Rows.ShouldBe(5);

        _rig.Rows().Length.ShouldBe(5);
        _rig.Server.Requests.Select(r => r.GetProperty("params").GetProperty("offset").GetInt32()).ShouldBe([0, 3, 3]);
    }

    [Fact]
    public async Task Fetch_BackOff_GrowsIsJitteredAndRepeatable()
    {
        var first = await WaitsOfAsync();
        var second = await WaitsOfAsync();

        first.ShouldBe(second, $"jitter seed {TushareRig.JitterSeed}");
        first[2].ShouldBeGreaterThan(first[0]);
        first.ShouldAllBe(w => w > TimeSpan.Zero && w < TimeSpan.FromSeconds(30));
        first.ShouldNotContain(TimeSpan.FromSeconds(1));

        async Task<List<TimeSpan>> WaitsOfAsync()
        {
            using var rig = new TushareRig();
            rig.Server.Then([.. Enumerable.Repeat(Reply.Status("503 Service Unavailable"), 4)]);
            await rig.FailAsync();
            return rig.Waits;
        }
    }

    [Fact]
    public async Task Fetch_ServerNamesAWait_TakesIt()
    {
        _rig.Server.Then(Reply.Status("429 Too Many Requests", headers: "Retry-After: 17\r\n")).Then(s_page);

        await _rig.FetchAsync();

        _rig.Waits.ShouldBe([TimeSpan.FromSeconds(17)]);
    }

    [Theory]
    [InlineData("401 Unauthorized", 401)]
    [InlineData("404 Not Found", 404)]
    [InlineData("405 Method Not Allowed", 405)]
    [InlineData("301 Moved Permanently", 301)]
    public async Task Fetch_OtherStatus_IsABadRequestAndNotRepeated(string status, int number)
    {
        _rig.Server.Then(Reply.Status(status, headers: "Location: http://127.0.0.1:1/\r\n"));

        var error = await _rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((ErrorKind.BadRequest, "VENDOR_HTTP_STATUS"));
        error.Message.ShouldContain($"HTTP status {number}");
        _rig.Server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_NoAnswerInTime_IsATimeoutAndRepeated()
    {
        _rig.Server.Then(Reply.Stall(), Reply.Stall(s_page, 60)).Then(s_page);
        var fetch = _rig.FetchAsync();

        for (var i = 0; i < 2; i++)
        {
            await _rig.Server.RequestArrivedAsync();
            _rig.Clock.Advance(TushareRig.Timeout);
        }

        (await fetch).Rows.ShouldBe(2);
        _rig.Logger.Lines.ShouldContain(l => l.Text.Contains("did not answer 'daily' within 30 s"));
    }

    [Fact]
    public async Task Fetch_NoAnswerInTimeAndNoMoreAttempts_SaysSo()
    {
        using var rig = new TushareRig(retries: 0);
        rig.Server.Then(Reply.Stall());
        var failed = rig.FailAsync();

        await rig.Server.RequestArrivedAsync();
        rig.Clock.Advance(TushareRig.Timeout);

        var error = await failed;
        (error.Kind, error.Code).ShouldBe((ErrorKind.Transient, "VENDOR_TIMEOUT"));
        error.Message.ShouldContain("vendors.tushare.url");
    }

    [Fact]
    public async Task Fetch_Cancelled_PassesThrough()
    {
        using var stop = new CancellationTokenSource();
        _rig.Server.Then(Reply.Stall());
        var fetch = _rig.Client.FetchAsync(TushareRig.Request(), _rig.Batch, _rig.Payloads, stop.Token);

        await _rig.Server.RequestArrivedAsync();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => fetch);
        _rig.Server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_CancelledDuringBackOff_PassesThrough()
    {
        using var stop = new CancellationTokenSource();
        _rig.Server.Then(Reply.Status("503 Service Unavailable"));
        var fetch = _rig.Client.FetchAsync(TushareRig.Request(), _rig.Batch, _rig.Payloads, stop.Token);

        await _rig.Clock.WhenPendingAsync(t => t.SetTo != TushareRig.Timeout, CancellationToken.None);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => fetch);
    }

    [Fact]
    public async Task Fetch_NobodyListens_SaysWhereItTried()
    {
        using var rig = new TushareRig(retries: 0);
        rig.Server.Dispose();

        var error = await rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((ErrorKind.Transient, "VENDOR_UNREACHABLE"));
        error.Message.ShouldContain($"127.0.0.1:{rig.Server.Port}");
        error.Message.ShouldNotContain("dataapi");
    }

    [Fact]
    public async Task Fetch_ConnectionsRecycledByTheServer_IsNotNoticed()
    {
        _rig.Server.Then(
            Reply.ThenClose(Answers.Page(1, 3, true)),
            Reply.ThenClose(Answers.Page(4, 3, true)),
            Reply.Reset(),
            Reply.ThenClose(Answers.Page(7, 1))
        );

        (await _rig.FetchAsync()).Rows.ShouldBe(7);

        _rig.Server.Connections.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact]
    public async Task Fetch_Gzip_IsUnpacked()
    {
        _rig.Server.Then(Reply.Gzip(s_page), Reply.WithoutLength(s_page));

        (await _rig.FetchAsync()).Bytes.ShouldBe(s_page.Length);
        (await _rig.FetchAsync()).Rows.ShouldBe(2);

        _rig.Payloads.Bodies.ShouldBe([s_page, s_page]);
    }

    [Fact]
    public async Task Fetch_LargeBody_GrowsUpToTheLimit()
    {
        var large = Answers.Page(1, 9_001); // some 270 KB, so that the buffer grows
        _rig.Server.Then(Reply.WithoutLength(large));

        (await _rig.FetchAsync(TushareRig.Request(cap: 10_000))).Rows.ShouldBe(9_001);

        using var small = new TushareRig(bodyBytesMax: 200_000);
        small.Server.Then(Reply.WithoutLength(large));
        var error = await small.FailAsync(TushareRig.Request(cap: 10_000));
        (error.Kind, error.Code).ShouldBe((ErrorKind.Schema, "VENDOR_TOO_LARGE"));
        small.Server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(40101, "您的token不对，请确认。", ErrorKind.Unauthorized)]
    [InlineData(
        40203,
        "抱歉，您没有接口(daily)访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。",
        ErrorKind.Permission
    )]
    [InlineData(40204, "您的IP数量超限，最大数量为2个！", ErrorKind.Unauthorized)]
    [InlineData(50101, "必填参数, ts_code", ErrorKind.BadRequest)]
    [InlineData(-1, "请指定正确的接口名", ErrorKind.BadRequest)]
    [InlineData(40101, "请指定正确的接口名", ErrorKind.BadRequest)] // since 2026: the token is right
    public async Task Fetch_PermanentRefusal_IsNotRepeatedAndQuotesTheVendor(int code, string text, ErrorKind kind)
    {
        _rig.Server.Then(Answers.Error(code, text));

        var error = await _rig.FailAsync();

        (error.Kind, error.VendorCode, error.Vendor, error.Api).ShouldBe((kind, code, "tushare", "daily"));
        error.Message.ShouldStartWith($"Tushare refused 'daily' (code {code}): {text}");
        _rig.Server.Requests.Count.ShouldBe(1);
        _rig.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_NoToken_FailsWithoutACall()
    {
        using var rig = new TushareRig(token: "");

        (await rig.FailAsync()).Kind.ShouldBe(ErrorKind.Unauthorized);
        rig.Server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"n/a\"", "VENDOR_VALUE")]
    [InlineData("1,2", "VENDOR_ROW_SHAPE")]
    public async Task Fetch_WrongShape_IsNotRepeated(string value, string code)
    {
        _rig.Server.Then(Answers.With($"[\"A\",\"20240102\",{value}]"));

        var error = await _rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((ErrorKind.Schema, code));
        _rig.Server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(TooOften)]
    [InlineData(TooOftenOld)]
    public async Task Fetch_RefusedForAMinute_WaitsItOutAndLearnsTheLimit(string text)
    {
        _rig.Server.Then(Answers.Error(40203, text), s_page, s_page, s_page);

        await _rig.FetchAsync();
        _rig.Waits.ShouldBe([s_minute]);

        // Two a minute from now on: the third call waits, before the vendor has to say so.
        await _rig.FetchAsync();
        _rig.Waits.ShouldBe([s_minute]);
        await _rig.FetchAsync();
        _rig.Waits.ShouldBe([s_minute, s_minute]);
        _rig.Server.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("频率超限(1次/小时)", 60)]
    [InlineData("频率超限(10次/天)", 480)] // the clock stands at 16:00 in Beijing
    public async Task Fetch_RefusedForLonger_FailsAndSaysWhenToComeBack(string text, int minutes)
    {
        _rig.Server.Then(Answers.Error(40203, text));

        var error = await _rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((ErrorKind.RateLimit, "VENDOR_RATE_LIMITED"));
        error.RetryAfter.ShouldBe(TimeSpan.FromMinutes(minutes) + RateWindow.Slack);
        _rig.Waits.ShouldBeEmpty();

        // Asking again at once does not even reach the vendor, who would count it.
        (await _rig.FailAsync()).RetryAfter.ShouldBe(error.RetryAfter);
        _rig.Server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_RefusedMinuteAfterMinute_GivesUp()
    {
        _rig.Server.Then([.. Enumerable.Repeat(Reply.Json(Answers.Error(40203, TooOften)), 6)]);

        var error = await _rig.FailAsync();

        error.Kind.ShouldBe(ErrorKind.RateLimit);
        error.RetryAfter.ShouldBe(s_minute);
        _rig.Server.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Fetch_OneApiLimited_LeavesTheOthersAlone()
    {
        _rig.Server.Then(Answers.Error(40203, "频率超限(1次/小时)"), s_page);

        await _rig.FailAsync(TushareRig.Request(api: "stock_basic"));

        (await _rig.FetchAsync(TushareRig.Request(api: "daily"))).Rows.ShouldBe(2);
    }

    [Fact]
    public async Task Fetch_ConfiguredLimitReached_WaitsForTheWindow()
    {
        using var rig = new TushareRig(limit: "2/min");
        rig.Server.Then(Answers.Page(1, 3, true), Answers.Page(4, 3, true), Answers.Page(7, 1));

        await rig.FetchAsync();

        rig.Waits.ShouldBe([s_minute]);
    }

    private static Reply Fault(string name) =>
        name switch
        {
            "502" => Reply.Status("502 Bad Gateway"),
            "503" => Reply.Status("503 Service Unavailable"),
            "429" => Reply.Status("429 Too Many Requests"),
            "408" => Reply.Status("408 Request Timeout"),
            "drop" => Reply.DropAfter(s_page, s_page.Length / 2),
            "reset" => Reply.Reset(),
            "html" => Reply.Json("<!DOCTYPE html><html>busy</html>"),
            "cut" => Reply.WithoutLength(s_page[..^30]),
            "empty" => Reply.Json(""),
            "garbage" => Reply.Bytes([0, 255, 17, 3, 200]),
            "unknown error" => Reply.Json(Answers.Error(-1, "系统繁忙")),
            "broken gzip" => Reply.Bytes(
                [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 99, 99, 99],
                headers: "Content-Encoding: gzip\r\n"
            ),
            "out of order" => Reply.Json("""{"error":{"code":"busy"}}"""),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such fault"),
        };
}
