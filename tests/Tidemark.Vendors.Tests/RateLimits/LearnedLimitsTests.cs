using Tidemark.Testing;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.RateLimits;

/// <summary>What a process learns of an account's limits is known to the next one.</summary>
public sealed class LearnedLimitsTests : IDisposable
{
    private const string TwoAMinute =
        "抱歉，您每分钟最多访问该接口2次，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1) + RateWindow.Slack;
    private static readonly string s_page = Answers.Page(1, 2);
    private readonly KeptInMemory _kept = new();
    private readonly TushareRig _first;

    public LearnedLimitsTests() => _first = new TushareRig(kept: _kept);

    public void Dispose() => _first.Dispose();

    [Fact]
    public async Task Fetch_LimitThatAnEarlierProcessWasToldOf_IsKeptToWithoutARefusal()
    {
        await LearnAsync();
        using var next = new TushareRig(kept: _kept, server: _first.Server);

        (await CallsAsync(next, 3)).ShouldBe([s_minute]);
    }

    [Fact]
    public async Task Fetch_LimitOfAnotherApiOrAccount_IsNotTaken()
    {
        await LearnAsync();
        using var other = new TushareRig(token: new string('b', 56), kept: _kept, server: _first.Server);
        (await CallsAsync(other, 3)).ShouldBeEmpty();

        using var next = new TushareRig(kept: _kept, server: _first.Server);
        (await CallsAsync(next, 3, "adj_factor")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_LimitLearnedLongAgo_IsNoLongerBelieved()
    {
        await LearnAsync();
        using var next = new TushareRig(kept: _kept, server: _first.Server);
        next.Clock.Advance(LearnedLimits.Age + TimeSpan.FromHours(1));

        (await CallsAsync(next, 3)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Fetch_TwoWindowsOfOneApi_AreBothKept()
    {
        await LearnAsync();
        _first.Server.Then(Answers.Error(40203, "频率超限(3次/小时)"));
        _first.Clock.Advance(s_minute);
        await _first.FailAsync();
        using var next = new TushareRig(kept: _kept, server: _first.Server);
        next.Clock.Advance(TimeSpan.FromHours(2));

        (await CallsAsync(next, 3)).ShouldBe([s_minute]);

        (await next.FailAsync()).Code.ShouldBe("VENDOR_RATE_LIMITED");
    }

    [Fact]
    public async Task Fetch_WhatIsKept_HoldsNoToken()
    {
        await LearnAsync();

        _kept.All.ShouldNotBeEmpty();
        _kept.All.ShouldAllBe(text => !text.Contains(TushareRig.Token));
    }

    private async Task LearnAsync()
    {
        _first.Server.Then(Answers.Error(40203, TwoAMinute), s_page);
        await _first.FetchAsync();
        _kept.All.Count(text => text.StartsWith("rate limits of tushare", StringComparison.Ordinal)).ShouldBe(1);
    }

    /// <summary>Fetches so often, and gives what was waited for.</summary>
    private static async Task<IReadOnlyList<TimeSpan>> CallsAsync(TushareRig rig, int calls, string api = "daily")
    {
        var requests = rig.Server.Requests.Count;
        for (var i = 0; i < calls; i++)
        {
            rig.Server.Then(s_page);
            await rig.FetchAsync(TushareRig.Request(api: api));
        }

        (rig.Server.Requests.Count - requests).ShouldBe(calls);
        return rig.Waits;
    }
}
