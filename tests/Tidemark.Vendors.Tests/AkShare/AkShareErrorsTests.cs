using Microsoft.Extensions.Logging;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;

namespace Tidemark.Vendors.Tests.AkShare;

/// <summary>Every way in which AKTools says no, through the client.</summary>
public sealed class AkShareErrorsTests
{
    private static readonly VendorRequest s_bars = AkShareRig.Request(
        "stock_zh_a_hist",
        "日期",
        ("symbol", AkShareRig.Stock[..6])
    );

    [Fact]
    public async Task Limits_OfAFunction_AreThoseOfItsHosts()
    {
        await using var rig = await AkShareRig.StartAsync(limit: "30/min");

        rig.Client.CountedAs("stock_zh_a_hist").ShouldBe(rig.Client.CountedAs("fund_etf_hist_em"));
        (await rig.Client.LimitsAsync("stock_zh_a_hist", CancellationToken.None)).ShouldBe([RateLimit.Parse("30/min")]);
    }

    [Fact]
    public async Task UnknownFunction_IsNotSupported_AndNamesFunctionAndVersions()
    {
        await using var rig = await AkShareRig.StartAsync();

        var error = await rig.FailAsync(AkShareRig.Request("stock_zh_a_hist_pro", "日期"));

        (error.Kind, error.Code).ShouldBe((ErrorKind.BadRequest, "VENDOR_NOT_SUPPORTED"));
        error.Message.ShouldContain("'stock_zh_a_hist_pro' (AkShare 1.18.94, AKTools 0.0.91)");
        rig.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task UnknownFunction_OfAServerThatIsOffline_NamesTheVersionOfItsSchema()
    {
        await using var rig = await AkShareRig.StartAsync();
        rig.Switches.IsOffline = true;

        var error = await rig.FailAsync(AkShareRig.Request("gone", "日期"));

        error.Message.ShouldContain("(AkShare 1.18.94, AKTools of unknown version)");
        (await rig.Client.VersionsAsync(TestContext.Current.CancellationToken)).ShouldBe(
            "AkShare 1.18.94, AKTools of unknown version"
        );
    }

    [Fact]
    public async Task UnknownValue_IsABadRequest_AndNamesTheParameter()
    {
        await using var rig = await AkShareRig.StartAsync();

        var error = await rig.FailAsync(
            AkShareRig.Request("stock_zh_a_hist", "日期", ("symbol", "600000"), ("period", "day"))
        );

        (error.Kind, error.Code).ShouldBe((ErrorKind.BadRequest, "VENDOR_BAD_REQUEST"));
        error.Message.ShouldContain("does not know the value 'day' of 'period'");
    }

    [Fact]
    public async Task KeyThatWasNotSent_IsOfASiteThatChanged()
    {
        const string Text =
            "请输入正确的参数错误 'f12'，请升级 AKShare 到最新版本并在文档中确认该接口的使用方式：https://akshare.akfamily.xyz";
        await using var rig = await AkShareRig.StartAsync(
            $"- {{ vendor: aktools, do: {{ error: {{ code: 404, message: \"{Text}\" }} }} }}"
        );

        var error = await rig.FailAsync(s_bars);

        (error.Kind, error.Code).ShouldBe((ErrorKind.Schema, "VENDOR_UPSTREAM_CHANGED"));
        error.Message.ShouldContain("no longer sends 'f12'");
        error.Message.ShouldContain("Upgrade AkShare");
    }

    [Fact]
    public async Task NoTable_IsATableWithoutRows()
    {
        await using var rig = await AkShareRig.StartAsync(
            "- { vendor: aktools, do: { error: { code: 404, message: 该接口返回数据为空，请确认参数是否正确 } } }"
        );

        (await rig.FetchAsync(s_bars)).RowCount.ShouldBe(0);
    }

    [Fact]
    public async Task EmptyAnswer_HasNoColumns_AndLacksNone()
    {
        await using var rig = await AkShareRig.StartAsync();

        var batch = await rig.FetchAsync(AkShareRig.Request("stock_zh_a_hist", "日期", ("symbol", "999999")));

        batch.RowCount.ShouldBe(0);
        rig.Payloads.Bodies.ShouldBe(["[]"]);
    }

    [Theory]
    [InlineData("cod", "000001")] // a keyword that there is not
    [InlineData("timeout", "5")]
    public async Task ServerError_IsTransient_AndTriedTwiceAgainAfterLongWaits(string name, string value)
    {
        await using var rig = await AkShareRig.StartAsync();

        var error = await rig.FailAsync(AkShareRig.Request("stock_zh_a_hist", "日期", (name, value)));

        (error.Kind, error.Code).ShouldBe((ErrorKind.Transient, "VENDOR_HTTP_STATUS"));
        error.Message.ShouldContain("these hosts: eastmoney");
        rig.Waits.Count.ShouldBe(2);
        rig.Waits.ShouldAllBe(w => w >= TimeSpan.FromSeconds(5) && w <= TimeSpan.FromMinutes(2));
        rig.Waits.Sum(w => w.TotalSeconds).ShouldBeGreaterThan(20);
        rig.Logger.Lines.Count(e => e.Level == LogLevel.Warning).ShouldBe(2);
    }

    [Fact]
    public async Task Outage_ThatEnds_IsOverWithTheNextRepetition()
    {
        await using var rig = await AkShareRig.StartAsync("- { vendor: aktools, when: { nth: 1 }, do: { http: 500 } }");

        var batch = await rig.FetchAsync(s_bars);

        batch.RowCount.ShouldBeGreaterThan(1000);
        rig.Waits.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("truncate", "VENDOR_GARBLED", ErrorKind.Transient)]
    [InlineData("garbage", "VENDOR_GARBLED", ErrorKind.Transient)]
    [InlineData("drop", "VENDOR_UNREACHABLE", ErrorKind.Transient)]
    [InlineData("{ http: 401 }", "VENDOR_HTTP_STATUS", ErrorKind.BadRequest)]
    [InlineData("{ http: 404 }", "VENDOR_HTTP_STATUS", ErrorKind.BadRequest)]
    [InlineData("{ http: 503 }", "VENDOR_HTTP_STATUS", ErrorKind.Transient)]
    [InlineData("{ error: { code: 404, message: gone } }", "VENDOR_BAD_REQUEST", ErrorKind.BadRequest)]
    [InlineData("{ error: { code: 200, message: gone } }", "VENDOR_ENVELOPE", ErrorKind.Schema)]
    public async Task Faults_AreClassed_AndLeaveNothing(string fault, string code, ErrorKind kind)
    {
        await using var rig = await AkShareRig.StartAsync($"- {{ vendor: aktools, do: {fault} }}");
        var batch = new ColumnBatch(s_bars.Columns);

        var error = await Should.ThrowAsync<VendorException>(() =>
            rig.DriveAsync(rig.Client.FetchAsync(s_bars, batch, rig.Payloads, CancellationToken.None))
        );

        (error.Kind, error.Code).ShouldBe((kind, code), error.Message);
        batch.RowCount.ShouldBe(0);
        rig.Payloads.Bodies.ShouldBeEmpty();
    }

    [Fact]
    public async Task ColumnThatIsNotSent_IsNamed_WithWhatCameInstead()
    {
        await using var rig = await AkShareRig.StartAsync();

        var error = await rig.FailAsync(
            AkShareRig.Request("stock_zh_a_hist", "均价", ("symbol", AkShareRig.Stock[..6]))
        );

        (error.Kind, error.Code).ShouldBe((ErrorKind.Schema, "VENDOR_COLUMN_MISSING"));
        error.Message.ShouldContain("均价");
        error.Message.ShouldContain("not declared, but sent: 日期, 股票代码, 开盘");
    }

    [Theory]
    [InlineData("Au(T+D)")]
    [InlineData("a&b")]
    [InlineData("a=b")]
    [InlineData("a\"b")]
    [InlineData("cookies")]
    public async Task ValueThatAkToolsCannotCarry_IsNotSent(string value)
    {
        await using var rig = await AkShareRig.StartAsync();

        var error = await rig.FailAsync(AkShareRig.Request("spot_hist_sge", "date", ("symbol", value)));

        (error.Kind, error.Code).ShouldBe((ErrorKind.BadRequest, "VENDOR_BAD_REQUEST"));
        error.Message.ShouldContain("AKTools cannot carry");
    }

    [Fact]
    public async Task Timeout_IsTransient()
    {
        await using var rig = await AkShareRig.StartAsync("- { vendor: aktools, do: { delay: 3600000 } }");
        var fetch = rig.Client.ProbeAsync(s_bars, TestContext.Current.CancellationToken);
        while (!fetch.IsCompleted)
        {
            var waiting = rig.Clock.WhenPendingAsync(_ => true, TestContext.Current.CancellationToken);
            if (await Task.WhenAny(fetch, waiting) == waiting)
            {
                rig.Clock.Advance((await waiting).Remaining);
            }
        }

        var result = await fetch;
        result.Error!.Code.ShouldBe("VENDOR_TIMEOUT");
        result.Kind.ShouldBe(ErrorKind.Transient);
    }

    [Fact]
    public async Task Calls_OfAFamily_ShareItsLimit_AndOthersDoNot()
    {
        await using var rig = await AkShareRig.StartAsync(limit: "2/min");
        await rig.FetchAsync(AkShareRig.Request("macro_china_ppi", "月份"));
        await rig.FetchAsync(AkShareRig.Request("macro_china_cpi", "月份"));
        await rig.FetchAsync(AkShareRig.Request("macro_china_shrzgm", "月份"));
        rig.Waits.ShouldBeEmpty();

        await rig.FetchAsync(AkShareRig.Request("macro_china_pmi", "月份"));

        rig.Waits.ShouldHaveSingleItem().ShouldBeInRange(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(61));
    }
}
