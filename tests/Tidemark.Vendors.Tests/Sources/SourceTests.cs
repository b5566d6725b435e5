using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Testing;
using Tidemark.Vendors.Sources;
using Tidemark.Vendors.Tests.AkShare;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.Sources;

/// <summary>Sources that stop to answer, and come back: what it costs, what is said, what the next process knows.</summary>
public sealed class SourceTests : IDisposable
{
    private const string Down = "503 Service Unavailable";
    private static readonly string s_page = Answers.Page(1, 2);
    private readonly KeptInMemory _kept = new();
    private readonly TushareRig _rig;

    public SourceTests() => _rig = new TushareRig(retries: 0, kept: _kept);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Outage_OfAFamilyOfHosts_CostsOneCallMoreThanHaltsIt_AndOthersGoOn()
    {
        await using var rig = await AkShareRig.StartAsync(kept: _kept);
        var asked = new[] { "macro_china_ppi", "macro_china_cpi", "macro_china_pmi", "macro_china_gdp" };
        await rig.FetchAsync(AkShareRig.Request("macro_china_ppi", "月份"));
        var succeeded = rig.Clock.UtcNow;
        rig.Switches.SetOutage("eastmoney", isOut: true);
        var before = rig.Calls;

        foreach (var api in Enumerable.Repeat(asked, 5).SelectMany(a => a))
        {
            await rig.FailAsync(AkShareRig.Request(api, "月份"));
        }

        (rig.Calls - before).ShouldBe(Circuit.FailuresMax + 1);
        (await rig.FetchAsync(AkShareRig.Request("macro_china_shrzgm", "月份"))).RowCount.ShouldBeGreaterThan(0);
        var error = await rig.FailAsync(AkShareRig.Request("macro_china_gdp", "季度"));
        (error.Kind, error.Code).ShouldBe((ErrorKind.Transient, "VENDOR_SOURCE_DOWN"));
        error.Message.ShouldContain("akshare/eastmoney has not answered since");
        error.Message.ShouldContain($"it last did at {succeeded:u}");
        error.Message.ShouldContain("HTTP status 500");
        var state = (await rig.Client.SourcesAsync(CancellationToken.None)).Single(s => s.Name == "akshare/eastmoney");
        (state.IsDown, state.LastSuccessAt).ShouldBe((true, succeeded));
        error.RetryAfter.ShouldBe(state.NextRetryAt - rig.Clock.UtcNow);
        error.Message.ShouldContain($"{state.NextRetryAt:u}");

        rig.Switches.SetOutage("eastmoney", isOut: false);
        rig.Clock.Advance(error.RetryAfter!.Value);
        (await rig.FetchAsync(AkShareRig.Request("macro_china_gdp", "季度"))).RowCount.ShouldBeGreaterThan(0);
        (await rig.FetchAsync(AkShareRig.Request("macro_china_cpi", "月份"))).RowCount.ShouldBeGreaterThan(0);
        (await rig.Client.SourcesAsync(CancellationToken.None)).ShouldAllBe(s => !s.IsDown);
    }

    [Fact]
    public async Task FunctionThatIsBroken_HaltsItself_AndNotItsFamily()
    {
        await using var rig = await AkShareRig.StartAsync(
            "- { vendor: aktools, api: macro_china_ppi, do: { http: 500 } }"
        );
        for (var i = 0; i < 4; i++)
        {
            await rig.FailAsync(AkShareRig.Request("macro_china_ppi", "月份"));
        }

        (await rig.FetchAsync(AkShareRig.Request("macro_china_cpi", "月份"))).RowCount.ShouldBeGreaterThan(0);
        var error = await rig.FailAsync(AkShareRig.Request("macro_china_ppi", "月份"));
        error.Message.ShouldContain("akshare/eastmoney/macro_china_ppi has not answered");
    }

    [Fact]
    public async Task Relay_ThatIsGone_HaltsAllFamilies_AndBlamesNone()
    {
        await using var rig = await AkShareRig.StartAsync();
        await rig.StopServerAsync();
        string[] functions = ["macro_china_ppi", "macro_china_shrzgm", "spot_hist_sge"];

        foreach (var function in functions)
        {
            await rig.FailAsync(AkShareRig.Request(function, "any"));
        }

        var down = (await rig.Client.SourcesAsync(CancellationToken.None)).Where(s => s.Failures > 0);
        down.ShouldHaveSingleItem().Name.ShouldBe("akshare");
        (await rig.FailAsync(AkShareRig.Request("spot_hist_sge", "date"))).Message.ShouldContain(
            "akshare has not answered"
        );
    }

    [Fact]
    public async Task Outage_ThatEndsWithinTheFirstHalt_EndsNoCall()
    {
        await FailAsync(Circuit.FailuresMax);
        _rig.Server.Then(s_page);

        await _rig.FetchAsync();

        _rig.Waits.ShouldBe([Circuit.FirstHalt]);
        _rig.LongWaits.ShouldHaveSingleItem().Reason.ShouldContain("tushare/daily, which does not answer");
    }

    [Fact]
    public async Task Halts_DoubleUpToTheLongest_WithOneCallEach()
    {
        await FailAsync(Circuit.FailuresMax);
        var halt = Circuit.FirstHalt;
        for (var i = 0; i < 8; i++)
        {
            var before = _rig.Server.Requests.Count;
            await FailAsync(1);
            (await _rig.FailAsync()).Code.ShouldBe("VENDOR_SOURCE_DOWN");
            (await _rig.FailAsync()).Code.ShouldBe("VENDOR_SOURCE_DOWN");
            (_rig.Server.Requests.Count - before).ShouldBe(1);
            var wait = (await _rig.FailAsync()).RetryAfter!.Value;
            halt = halt < Circuit.LongestHalt / 2 ? 2 * halt : Circuit.LongestHalt;
            wait.ShouldBe(halt);
            _rig.Clock.Advance(wait);
        }
    }

    [Fact]
    public async Task Refusals_HaltNothing_AndEndARowOfFailures()
    {
        await FailAsync(Circuit.FailuresMax - 1);
        _rig.Server.Then(Answers.Error(40203, "抱歉，您没有接口(daily)访问权限"));
        (await _rig.FailAsync()).Code.ShouldBe("VENDOR_FORBIDDEN");

        await FailAsync(Circuit.FailuresMax - 1);
        for (var i = 0; i < 2 * Circuit.FailuresMax; i++)
        {
            _rig.Server.Then(Answers.Error(50101, "必填参数, ts_code"));
            (await _rig.FailAsync()).Code.ShouldBe("VENDOR_BAD_REQUEST");
        }

        _rig.Waits.ShouldBeEmpty();
        (await _rig.Client.SourcesAsync(CancellationToken.None)).ShouldAllBe(s => s.LastSuccessAt == null);
    }

    [Fact]
    public async Task NextProcess_AsksOnce_WhateverTheTime_AndIsToldOfTheSuccess()
    {
        await FailAsync(Circuit.FailuresMax + 1);
        using var next = new TushareRig(retries: 0, kept: _kept, server: _rig.Server);
        var known = (await next.Client.SourcesAsync(CancellationToken.None)).Single(s => s.IsDown);
        known.Failures.ShouldBe(Circuit.FailuresMax + 1);

        _rig.Server.Then(Reply.Status(Down));
        (await next.FailAsync()).Code.ShouldBe("VENDOR_HTTP_STATUS");
        var error = await next.FailAsync();
        error.Code.ShouldBe("VENDOR_SOURCE_DOWN");
        error.RetryAfter.ShouldBe(4 * Circuit.FirstHalt);

        using var third = new TushareRig(retries: 0, kept: _kept, server: _rig.Server);
        _rig.Server.Then(s_page, s_page);
        await third.FetchAsync();
        await third.FetchAsync();
        using var fourth = new TushareRig(retries: 0, kept: _kept, server: _rig.Server);
        (await fourth.Client.SourcesAsync(CancellationToken.None)).ShouldAllBe(s => !s.IsDown);
    }

    [Fact]
    public async Task Probes_ReportAHaltedSource_InsteadOfWaiting()
    {
        await FailAsync(Circuit.FailuresMax);

        var probe = await _rig.Client.ProbeAsync(TushareRig.Request(), CancellationToken.None);

        probe.Error!.Code.ShouldBe("VENDOR_SOURCE_DOWN");
    }

    [Fact]
    public async Task CallsAtOnce_WhileOneHasFailed_AreNoMoreThanHaltIt()
    {
        await FailAsync(1);
        var before = _rig.Server.Requests.Count;
        _rig.Server.Then([.. Enumerable.Repeat(Reply.Status(Down), 40)]);

        var all = Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Should.ThrowAsync<VendorException>(Fetch)));
        await _rig.DriveAsync(all);

        (_rig.Server.Requests.Count - before).ShouldBe(Circuit.FailuresMax);
    }

    [Fact]
    public async Task Cancelled_Probe_LeavesThePlaceToTheNext()
    {
        await FailAsync(Circuit.FailuresMax);
        _rig.Clock.Advance(Circuit.FirstHalt);
        _rig.Server.Then(Reply.Stall());
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < Circuit.FailuresMax; i++)
        {
            await _rig.Server.RequestArrivedAsync();
        }

        var probe = _rig.Client.FetchAsync(TushareRig.Request(), _rig.Batch, _rig.Payloads, stop.Token);
        await _rig.Server.RequestArrivedAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => probe);

        _rig.Server.Then(s_page);
        await _rig.FetchAsync();
        _rig.Waits.ShouldBeEmpty();
    }

    private Task Fetch() =>
        _rig.Client.FetchAsync(
            TushareRig.Request(),
            new ColumnBatch(TushareRig.Columns),
            new PayloadList(),
            CancellationToken.None
        );

    private async Task FailAsync(int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            _rig.Server.Then(Reply.Status(Down));
            (await _rig.FailAsync()).Code.ShouldBe("VENDOR_HTTP_STATUS");
        }
    }
}
