using Tidemark.Testing;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Tests.AkShare;
using Tidemark.Vendors.Tests.Support;

namespace Tidemark.Vendors.Tests.RateLimits;

/// <summary>A limit holds over processes that follow each other: the vendor counts on.</summary>
public sealed class CallHistoryTests : IDisposable
{
    private static readonly string s_page = Answers.Page(1, 2);
    private readonly KeptInMemory _kept = new();
    private readonly ScriptedServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task LimitOfADay_HoldsOverProcesses_ThatAreKilled_UntilTheNextDay()
    {
        await CallAsync(Process("5/day"), calls: 3);
        var second = Process("5/day");
        await CallAsync(second, calls: 2);

        var error = await second.FailAsync();

        error.Code.ShouldBe("VENDOR_RATE_LIMITED");
        error.RetryAfter.ShouldBe(TimeSpan.FromHours(8) + RateWindow.Slack); // it is 16:00 in Beijing
        (await Process("5/day").FailAsync()).Code.ShouldBe("VENDOR_RATE_LIMITED");
        (await Process("5/day").Client.WaitAsync("daily", default)).ShouldBe(error.RetryAfter!.Value);
        (await Process("6/day").Client.WaitAsync("daily", default)).ShouldBe(TimeSpan.Zero);
        _server.Requests.Count.ShouldBe(5);

        await CallAsync(Process("5/day", later: error.RetryAfter!.Value), calls: 1);
    }

    [Fact]
    public async Task LimitOfAMinute_HoldsForTheNextProcess()
    {
        var first = Process("3/min");
        await CallAsync(first, calls: 3);
        await first.Client.FlushAsync(CancellationToken.None);
        var next = Process("3/min", later: TimeSpan.FromSeconds(10));

        await CallAsync(next, calls: 1);

        next.Waits.ShouldHaveSingleItem().ShouldBe(TimeSpan.FromSeconds(50) + RateWindow.Slack);
    }

    [Fact]
    public async Task LimitOfAMinute_ProcessIsKilled_LosesTheCallsOfSecondsAlone()
    {
        var first = Process("3/min");
        await CallAsync(first, calls: 2);
        first.Clock.Advance(CallHistory.KeepsEvery);
        await CallAsync(first, calls: 1);
        var next = Process("3/min", later: TimeSpan.FromSeconds(10));

        await CallAsync(next, calls: 1);

        next.Waits.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task OtherApiOrAccount_HasItsOwnCalls()
    {
        await CallAsync(Process("1/day"), calls: 1);
        await CallAsync(Process("1/day", token: new string('b', 56)), calls: 1);

        var next = Process("1/day");
        _server.Then(s_page);
        await next.FetchAsync(TushareRig.Request(api: "adj_factor"));
        (await next.FailAsync()).Code.ShouldBe("VENDOR_RATE_LIMITED", "the first account's call, as before");

        _server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Refusal_ForTheRestOfTheDay_IsTriedOnceByEachProcessAfterIt()
    {
        const string Refusal = "频率超限(3次/天)";
        _server.Then(Answers.Error(40203, Refusal)).Then(Answers.Error(40203, Refusal));
        (await Process("200/min").FailAsync()).Code.ShouldBe("VENDOR_RATE_LIMITED");
        var next = Process("200/min");
        (await next.FailAsync()).Message.ShouldContain(Refusal);
        (await next.FailAsync()).Message.ShouldContain("3/day");
        _server.Requests.Count.ShouldBe(2);

        // The account was upgraded on the same day.
        await CallAsync(Process("200/min"), calls: 1);
    }

    [Fact]
    public async Task ClockThatWasPutBack_CountsNothingFromTheFuture()
    {
        await CallAsync(Process("2/day", later: TimeSpan.FromDays(3)), calls: 2);

        await CallAsync(Process("2/day"), calls: 2);
        _server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task WindowThatIsConfiguredAnew_BeginsWithTheCallsMadeWithinIt()
    {
        await CallAsync(Process("2/day"), calls: 2);

        (await Process("2/hour").FailAsync()).RetryAfter.ShouldBe(TimeSpan.FromHours(1) + RateWindow.Slack);
        await CallAsync(Process("2/hour", later: TimeSpan.FromHours(2)), calls: 2);
        _server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task WindowThatTheVendorNames_BeginsWithTheCallsMadeWithinIt_AlsoInTheNextProcess()
    {
        await FlushedAsync(Process("200/min"), calls: 2);
        var second = Process("200/min", later: TimeSpan.FromMinutes(20));
        await CallAsync(second, calls: 1);
        _server.Then(Answers.Error(40203, "频率超限(3次/小时)"));
        (await second.FailAsync()).Code.ShouldBe("VENDOR_RATE_LIMITED");

        var next = Process("200/min", later: TimeSpan.FromMinutes(30));

        (await next.FailAsync()).Message.ShouldContain("3/hour");
        _server.Requests.Count.ShouldBe(4, "what is used up is not asked for once more");
        var later = Process("200/min", later: TimeSpan.FromMinutes(70));
        await CallAsync(later, calls: 1); // the first two count no more, those after 20 minutes do
        (await later.FailAsync()).RetryAfter!.Value.ShouldBeInRange(
            TimeSpan.FromMinutes(10),
            TimeSpan.FromMinutes(11) + RateWindow.Slack
        );
    }

    [Fact]
    public async Task TwoProcessesAtOnce_KeepBothTheirCalls()
    {
        var one = Process("10/day");
        var other = Process("10/day");
        await CallAsync(one, calls: 2);
        await CallAsync(other, calls: 3);
        await CallAsync(one, calls: 1);
        await other.Client.FlushAsync(default);

        (await Process("6/day").FailAsync()).Code.ShouldBe("VENDOR_RATE_LIMITED");
        await CallAsync(Process("7/day"), calls: 1);
    }

    [Fact]
    public async Task CallsOfADay_AreCountedToTheLastWhenTheyAreHoursOld()
    {
        var rig = Process("100/day"); // at 16:00 in Beijing
        for (var hour = 0; hour < 7; hour++)
        {
            await CallAsync(rig, calls: 5);
            rig.Clock.Advance(TimeSpan.FromMinutes(61));
        }

        (await Process("35/day", later: TimeSpan.FromHours(7.5)).FailAsync()).RetryAfter.ShouldBe(
            TimeSpan.FromMinutes(30) + RateWindow.Slack
        );
        await CallAsync(Process("36/day", later: TimeSpan.FromHours(7.5)), calls: 1);
        await CallAsync(Process("35/day", later: TimeSpan.FromHours(8.1)), calls: 35);
    }

    [Fact]
    public async Task FamilyOfHosts_IsAskedAsSlowlyByTwoCommandsInARow()
    {
        await using var rig = await AkShareRig.StartAsync(limit: "2/min", kept: _kept);
        await rig.FetchAsync(AkShareRig.Request("macro_china_ppi", "月份"));
        await rig.FetchAsync(AkShareRig.Request("macro_china_cpi", "月份"));
        await rig.Client.FlushAsync(CancellationToken.None);

        rig.Restart();
        await rig.FetchAsync(AkShareRig.Request("macro_china_shrzgm", "月份")); // other hosts
        rig.Waits.ShouldBeEmpty();
        await rig.FetchAsync(AkShareRig.Request("macro_china_pmi", "月份"));

        rig.Waits.ShouldHaveSingleItem().ShouldBeInRange(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(61));
    }

    /// <summary>A process on the same control database, some time after the clock's beginning.</summary>
    private TushareRig Process(string limit, TimeSpan later = default, string token = TushareRig.Token)
    {
        var rig = new TushareRig(token, limit, kept: _kept, server: _server);
        rig.Clock.Advance(later);
        return rig;
    }

    private async Task FlushedAsync(TushareRig process, int calls)
    {
        await CallAsync(process, calls);
        await process.Client.FlushAsync(default);
    }

    private async Task CallAsync(TushareRig process, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            _server.Then(s_page);
            await process.FetchAsync();
        }
    }
}
