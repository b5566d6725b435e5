using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;
using Tidemark.Vendors.Tests.Support;
using RateWindow = Tidemark.Vendors.RateLimits.RateWindow;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>
/// Several accounts: each call goes to one that may make it, and nothing is lost where one of them may not.
/// </summary>
public sealed class AccountPoolTests : IDisposable
{
    private const string Second = "s3c0ndt0ken5ecre7t0ken5ecre7t0ken5ecre7t0ken5ecre7t0ken2";
    private const string WrongToken = "您的token不对，请确认。";
    private const string NotBought =
        "抱歉，您没有接口(daily)访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。";
    private const string DayIsUsedUp = "抱歉，您访问接口(daily)频率超限(1次/天)";

    private readonly KeptInMemory _kept = new();
    private readonly ScriptedServer _server = new();
    private readonly List<TushareRig> _rigs = [];

    public void Dispose()
    {
        _rigs.ForEach(rig => rig.Dispose());
        _server.Dispose();
    }

    [Fact]
    public async Task Fetch_AccountHasUsedUpItsMinute_GoesToTheOtherWithoutWaiting()
    {
        var rig = Rig(limit: "1/min");

        await FetchAsync(rig, calls: 2);

        rig.Waits.ShouldBeEmpty();
        Askers().ShouldBe([TushareRig.Token, Second], ignoreOrder: true);
        (await rig.Client.WaitAsync("daily", default)).ShouldBe(TimeSpan.FromMinutes(1) + RateWindow.Slack);
        await FetchAsync(rig, calls: 1);
        rig.Waits.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Fetch_ApiThatAnAccountMayNotCall_IsAskedOfTheOtherFromThenOn()
    {
        var rig = Rig();
        _server.Then(Answers.Error(40203, NotBought));

        await FetchAsync(rig, calls: 3);

        Askers().ShouldBe([TushareRig.Token, Second, Second, Second]);
        _server.Then(Answers.Page(1, 2));
        await rig.FetchAsync(TushareRig.Request(api: "adj_factor"));
        Askers()[^1].ShouldBe(TushareRig.Token, "of what it may call, its turn is as good");
        rig.Warnings.ShouldBeEmpty("what an account has not bought is no fault");
    }

    [Fact]
    public async Task Fetch_ApiThatNoAccountMayCall_IsAnErrorOfPermission()
    {
        var rig = Rig();
        _server.Then(Answers.Error(40203, NotBought), Answers.Error(40203, NotBought));

        (await rig.FailAsync()).Kind.ShouldBe(ErrorKind.Permission);

        Askers().ShouldBe([TushareRig.Token, Second]);
    }

    [Fact]
    public async Task Fetch_WrongToken_IsLeftOutAndToldOnceWithoutTheToken()
    {
        var rig = Rig();
        _server.Then(Answers.Error(40101, WrongToken));

        await FetchAsync(rig, calls: 3);

        Askers().ShouldBe([TushareRig.Token, Second, Second, Second]);
        var warning = rig.Warnings.ShouldHaveSingleItem();
        warning.ShouldContain("account 1");
        warning.ShouldContain(WrongToken);
        warning.ShouldNotContain(TushareRig.Token);
        rig.Logger.Lines.Count(line => line.Text.Contains("left out", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Fetch_NoTokenIsRight_EndsAsWithOne()
    {
        var rig = Rig();
        _server.Then(Answers.Error(40101, WrongToken), Answers.Error(40101, WrongToken));

        (await rig.FailAsync()).Kind.ShouldBe(ErrorKind.Unauthorized);
    }

    [Fact]
    public async Task Fetch_OneWrongTokenAndOneThatMayNot_IsNoReasonToEndTheRun()
    {
        var rig = Rig();
        _server.Then(Answers.Error(40203, NotBought), Answers.Error(40101, WrongToken));
        (await rig.FailAsync()).Kind.ShouldBe(ErrorKind.Permission);

        _server.Then(Answers.Page(1, 2));
        await rig.FetchAsync(TushareRig.Request(api: "adj_factor"));
    }

    [Fact]
    public async Task Fetch_DayIsUsedUpBetweenPages_ReadsThemAgainWithTheOther()
    {
        var rig = Rig();
        _server.Then(Answers.Page(1, 3, hasMore: true), Answers.Error(40203, DayIsUsedUp));
        _server.Then(Answers.Page(1, 3, hasMore: true), Answers.Page(4, 1));

        var answer = await rig.FetchAsync();

        answer.Rows.ShouldBe(4);
        rig.Rows().ShouldBe(["000001.SZ|1.5", "000002.SZ|2.5", "000003.SZ|3.5", "000004.SZ|4.5"]);
        Askers().ShouldBe([TushareRig.Token, TushareRig.Token, Second, Second], "no fetch mixes accounts");
    }

    [Fact]
    public async Task Fetch_DayOfEveryAccountUsedUp_SaysWhenToTryAgain()
    {
        var rig = Rig(limit: "1/day");
        await FetchAsync(rig, calls: 2);

        var error = await rig.FailAsync();

        error.Kind.ShouldBe(ErrorKind.RateLimit);
        error.RetryAfter.ShouldBe(TimeSpan.FromHours(8) + RateWindow.Slack); // it is 16:00 in Beijing
        Askers().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Probe_IsAllowedWhereOneAccountIs()
    {
        var rig = Rig();
        _server.Then(Answers.Error(40203, NotBought), Answers.Page(1, 1));

        (await rig.DriveAsync(rig.Client.ProbeAsync(TushareRig.Request(), default))).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task Limits_AreThoseOfAllThatMayCall()
    {
        var rig = Rig();
        (await rig.Client.LimitsAsync("daily", default)).ShouldBe([RateLimit.Parse("400/min")]);
        _server.Then(Answers.Error(40203, NotBought));

        await FetchAsync(rig, calls: 1);

        (await rig.Client.LimitsAsync("daily", default)).ShouldBe([RateLimit.Parse("200/min")]);
        (await rig.Client.LimitsAsync("adj_factor", default)).ShouldBe([RateLimit.Parse("400/min")]);
    }

    [Fact]
    public async Task LimitThatAnAccountLearned_IsItsOwnInTheNextProcess()
    {
        var first = Rig();
        _server.Then(Answers.Error(40203, "频率超限(2次/分钟)"));
        await FetchAsync(first, calls: 1);
        await first.Client.FlushAsync(default);
        var other = Rig(Second, []);
        _server.Then(Answers.Error(40203, "频率超限(3次/分钟)"));
        await FetchAsync(other, calls: 1);

        (await Rig().Client.LimitsAsync("daily", default)).ShouldBe([RateLimit.Parse("5/min")]);
    }

    [Fact]
    public void Fingerprint_ChangesWithTheAccountsAndNotWithTheirOrder()
    {
        var both = Rig().Client.Fingerprint;

        both.ShouldNotBe(Rig(more: []).Client.Fingerprint);
        both.ShouldBe(Rig(Second, [TushareRig.Token]).Client.Fingerprint);
        Rig(more: [TushareRig.Token]).Client.Fingerprint.ShouldBe(Rig(more: []).Client.Fingerprint, "one account");
    }

    [Fact]
    public async Task Entitlements_AreTheAccountsOwn()
    {
        var clock = new ManualClock();
        var today = BeijingTime.DayOf(clock.GetUtcNow());
        await using var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions
            {
                Source = AkShare.AkShareRig.Market,
                AcceptedTokens = new HashSet<string> { TushareRig.Token, Second },
                Points = [new PointsTranche(2000, today.AddDays(20))],
                Accounts = new Dictionary<string, TushareSimulatorOptions>
                {
                    [Second] = new()
                    {
                        Source = AkShare.AkShareRig.Market,
                        Points = [new PointsTranche(5000, today.AddDays(200))],
                    },
                },
                TimeProvider = clock,
            },
            CancellationToken.None
        );
        var rig = Rig(more: [Second, "wrong-token"], url: vendor.Address);

        var accounts = await rig.Client.EntitlementsAsync(default);

        accounts
            .Select(of => $"{of.Name}: {of.Parts.Sum(part => part.Points)} {of.Error?.Kind}")
            .ShouldBe(["account 1: 2000 ", "account 2: 5000 ", "account 3: 0 Unauthorized"]);
    }

    private TushareRig Rig(
        string token = TushareRig.Token,
        string[]? more = null,
        string limit = "200/min",
        Uri? url = null
    )
    {
        var rig = new TushareRig(token, limit, kept: _kept, server: _server, moreTokens: more ?? [Second], url: url);
        _rigs.Add(rig);
        return rig;
    }

    private async Task FetchAsync(TushareRig rig, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            _server.Then(Answers.Page(1, 2));
            await rig.FetchAsync();
        }
    }

    private string[] Askers() => [.. _server.Requests.Select(request => request.GetProperty("token").GetString()!)];
}
