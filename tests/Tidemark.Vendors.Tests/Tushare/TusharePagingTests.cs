using Tidemark.Core.Errors;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.Tushare;

public sealed class TusharePagingTests : IDisposable
{
    private readonly TushareRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Fetch_OnePage_SendsWhatTheVendorExpects()
    {
        _rig.Server.Then(Answers.Page(1, 2));

        var answer = await _rig.FetchAsync(
            TushareRig.Request(5800, "stk_limit", ("trade_date", "20240102"), ("ts_code", ""))
        );

        answer.ShouldBe(new VendorAnswer(2, 1, Answers.Page(1, 2).Length));
        _rig.Server.Requests.Single()
            .ToString()
            .ShouldBe(
                $$"""{"api_name":"stk_limit","token":"{{TushareRig.Token}}","params":{"trade_date":"20240102","ts_code":"","limit":5800,"offset":0},"fields":"ts_code,trade_date,close"}"""
            );
        _rig.Payloads.Bodies.ShouldBe([Answers.Page(1, 2)]);
        _rig.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_HasMore_GoesOnUntilItIsFalse()
    {
        _rig.Server.Then(Answers.Page(1, 3, hasMore: true), Answers.Page(4, 3, hasMore: true), Answers.Page(7, 1));

        var answer = await _rig.FetchAsync();

        (answer.Rows, answer.Pages).ShouldBe((7, 3));
        _rig.Rows()
            .Select(r => r[..6])
            .ShouldBe(["000001", "000002", "000003", "000004", "000005", "000006", "000007"]);
        Offsets().ShouldBe([0, 3, 6]);
        _rig.Payloads.Bodies.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task Fetch_ExactlyTheCap_AsksOnceMore(bool? hasMore)
    {
        _rig.Server.Then(Answers.Page(1, 3, hasMore), Answers.Page(4, 0, hasMore));

        var answer = await _rig.FetchAsync();

        (answer.Rows, answer.Pages).ShouldBe((3, 2));
        Offsets().ShouldBe([0, 3]);
    }

    [Fact]
    public async Task Fetch_MoreThanAskedForAndARoundNumber_IsFollowedUp()
    {
        _rig.Server.Then(Answers.Page(1, 1000, hasMore: false), Answers.Page(1001, 7, hasMore: false));

        var answer = await _rig.FetchAsync();

        (answer.Rows, answer.Pages).ShouldBe((1007, 2));
        Offsets().ShouldBe([0, 1000]);
    }

    [Fact]
    public async Task Fetch_LongWaitForTheRateLimit_IsTold()
    {
        using var rig = new TushareRig(limit: "2/min");
        rig.Server.Then(Answers.Page(1, 3, hasMore: true), Answers.Page(4, 3, hasMore: true), Answers.Page(7, 1));

        await rig.FetchAsync();

        var wait = rig.LongWaits.ShouldHaveSingleItem();
        wait.Length.ShouldBe(rig.Waits.Single());
        (wait.Api, wait.Reason).ShouldBe(("daily", "the rate limit of Tushare's 'daily' (2/min)"));
    }

    [Fact]
    public async Task Fetch_ShortWait_IsNotTold()
    {
        using var rig = new TushareRig(limit: "2/s");
        rig.Server.Then(Answers.Page(1, 3, hasMore: true), Answers.Page(4, 3, hasMore: true), Answers.Page(7, 1));

        await rig.FetchAsync();

        rig.Waits.Count.ShouldBe(1);
        rig.LongWaits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_ExactlyTheCapAndMoreBehind_BringsThemToo()
    {
        _rig.Server.Then(Answers.Page(1, 3, hasMore: false), Answers.Page(4, 2, hasMore: false));

        (await _rig.FetchAsync()).Rows.ShouldBe(5);
    }

    [Fact]
    public async Task Fetch_MoreThanAskedForAndNoWordOfMore_IsFollowedFromWhereItEnds()
    {
        _rig.Server.Then(Answers.Page(1, 5, hasMore: null), Answers.Page(6, 2, hasMore: null));

        (await _rig.FetchAsync()).Rows.ShouldBe(7);
        Offsets().ShouldBe([0, 5]);
    }

    [Fact]
    public async Task Fetch_MoreThanAskedForAndSaidToBeAll_IsAll()
    {
        _rig.Server.Then(Answers.Page(1, 5, hasMore: false));

        (await _rig.FetchAsync()).Rows.ShouldBe(5);
    }

    [Fact]
    public async Task Fetch_ShorterPageThatPromisesMore_IsFollowedFromWhereItEnds()
    {
        _rig.Server.Then(Answers.Page(1, 2, hasMore: true), Answers.Page(3, 2));

        (await _rig.FetchAsync()).Rows.ShouldBe(4);
        Offsets().ShouldBe([0, 2]);
    }

    [Fact]
    public async Task Fetch_FullPageSaidMoreButThereIsNone_EndsThere()
    {
        _rig.Server.Then(Answers.Page(1, 3, hasMore: true), Answers.Page(4, 0));

        (await _rig.FetchAsync()).Rows.ShouldBe(3);
    }

    [Fact]
    public async Task Fetch_ShorterPagePromisedMoreAndNoneCame_IsAnError()
    {
        _rig.Server.Then(Answers.Page(1, 2, hasMore: true), Answers.Page(3, 0));

        var error = await _rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((ErrorKind.Schema, "VENDOR_PAGE_MISSING"));
    }

    [Fact]
    public async Task Fetch_EmptyPageThatPromisesMore_IsAnError()
    {
        _rig.Server.Then(Answers.Page(1, 0, hasMore: true));

        (await _rig.FailAsync()).Code.ShouldBe("VENDOR_PAGE_MISSING");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [InlineData(null)]
    public async Task Fetch_PageRepeated_IsAnErrorAndIsNotKept(bool? hasMore)
    {
        // Another request id: what repeats is the rows.
        _rig.Server.Then(Answers.Page(1, 3, hasMore), Answers.Page(1, 3, hasMore).Replace("c35b6cbe", "0b2c86f6"));

        var error = await _rig.FailAsync();

        (error.Kind, error.Code).ShouldBe((ErrorKind.Schema, "VENDOR_PAGE_REPEATED"));
        error.Message.ShouldBe(
            "Tushare sent the same 3 rows of 'daily' again when asked for those from 3 on: it ignores the offset, so rows beyond its cap cannot be had this way. Ask for less at once in the dataset's `request`: a `fan_out`, or a `row_cap` that a whole answer fits."
        );
        _rig.Payloads.Bodies.Count.ShouldBe(1);
        _rig.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_EndlessPages_StopsAtTheBound()
    {
        using var rig = new TushareRig(pagesMax: 4);
        rig.Server.Then(
            Answers.Page(1, 3, true),
            Answers.Page(4, 3, true),
            Answers.Page(7, 3, true),
            Answers.Page(10, 3, true)
        );

        var error = await rig.FailAsync();

        error.Code.ShouldBe("VENDOR_TOO_MANY_PAGES");
        error.Message.ShouldContain("4 pages with 12 rows");
    }

    [Fact]
    public async Task Fetch_NullData_IsEmpty()
    {
        _rig.Server.Then("""{"request_id":"x","code":0,"data":null,"msg":""}""");

        (await _rig.FetchAsync()).Rows.ShouldBe(0);
    }

    [Fact]
    public async Task Fetch_IntoABatchWithRows_AppendsThere()
    {
        _rig.Server.Then(Answers.Page(1, 2), Answers.Page(3, 1));

        await _rig.FetchAsync();
        (await _rig.FetchAsync()).Rows.ShouldBe(1);

        _rig.Batch.RowCount.ShouldBe(3);
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("offset")]
    public async Task Fetch_PagingParameterSet_IsRefusedBeforeAnyCall(string name)
    {
        var error = await _rig.FailAsync(TushareRig.Request(3, "daily", (name, "10")));

        error.Kind.ShouldBe(ErrorKind.BadRequest);
        _rig.Server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_PayloadCannotBeKept_Fails()
    {
        _rig.Server.Then(Answers.Page(1, 2));

        await Should.ThrowAsync<IOException>(() =>
            _rig.Client.FetchAsync(TushareRig.Request(), _rig.Batch, new FullDisk(), CancellationToken.None)
        );
    }

    [Fact]
    public async Task Probe_Allowed_AsksForOneRow()
    {
        _rig.Server.Then(Answers.Page(1, 1, hasMore: true));

        var probe = await _rig.DriveAsync(_rig.Client.ProbeAsync(TushareRig.Request(), CancellationToken.None));

        probe.ShouldBe(new ProbeResult(true, 1, null));
        _rig.Server.Requests.Single().GetProperty("params").GetProperty("limit").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Probe_Refused_SaysWhy()
    {
        _rig.Server.Then(Answers.Error(40203, "抱歉，您没有接口(daily)访问权限"));

        var probe = await _rig.DriveAsync(_rig.Client.ProbeAsync(TushareRig.Request(), CancellationToken.None));

        (probe.Allowed, probe.Kind, probe.Error!.VendorCode).ShouldBe((false, ErrorKind.Permission, 40203));
    }

    [Fact]
    public async Task Probe_AskedTooOften_ReportsItInsteadOfWaiting()
    {
        _rig.Server.Then(Answers.Error(40203, "抱歉，您访问接口(daily)频率超限(1次/分钟)"));

        var probe = await _rig.DriveAsync(_rig.Client.ProbeAsync(TushareRig.Request(), CancellationToken.None));

        (probe.Allowed, probe.Kind).ShouldBe((false, ErrorKind.RateLimit));
        _rig.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_ShortTokenOfASimulator_LeavesEqualTextInTheDataAlone()
    {
        using var rig = new TushareRig(token: "SZ");
        rig.Server.Then(Answers.Page(1, 1));

        await rig.FetchAsync();

        rig.Rows().ShouldBe(["000001.SZ|1.5"]);
    }

    private int[] Offsets() =>
        [.. _rig.Server.Requests.Select(r => r.GetProperty("params").GetProperty("offset").GetInt32())];

    private sealed class FullDisk : IPayloadSink
    {
        public ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
            throw new IOException("No space left on device");
    }
}
