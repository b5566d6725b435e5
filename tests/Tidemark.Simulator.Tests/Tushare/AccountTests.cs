using Tidemark.Simulator.Tushare;

namespace Tidemark.Simulator.Tests.Tushare;

/// <summary>Points open APIs and allow calls.</summary>
public sealed class AccountTests
{
    private static readonly DateTimeOffset s_now = new(2026, 9, 30, 2, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(120)]
    [InlineData(2000)]
    [InlineData(5000)]
    [InlineData(15_000)]
    public async Task Apis_OfAnAccount_AreThoseOfItsPoints(int points)
    {
        var (server, client) = await StartAsync(new PointsTranche(points, new DateOnly(2027, 1, 1)));
        await using var _ = server;
        using var __ = client;

        foreach (var api in VendorApis.All)
        {
            var answer = await client.QueryAsync(
                api.Name,
                TestMarkets.Parameters(ApiTableTests.Joined(api.Ask, "limit=1"))
            );
            if (api.Points <= points)
            {
                answer.Code.ShouldBe(0, api.Name);
            }
            else
            {
                answer.Code.ShouldBe(40203, api.Name);
                answer.Message.ShouldBe(
                    $"抱歉，您没有接口({api.Name})访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。"
                );
            }
        }
    }

    [Fact]
    public async Task Api_ThatIsBought_IsOpenWhateverThePoints()
    {
        var clock = new HandClock(s_now);
        var (server, client) = await PythonLikeClient.StartAsync(
            new TushareSimulatorOptions
            {
                Source = Vendor.Make(),
                TimeProvider = clock,
                Points = [new PointsTranche(120, new DateOnly(2027, 1, 1))],
                PurchasedApis = new HashSet<string> { "stk_premarket" },
            }
        );
        await using var _ = server;
        using var __ = client;

        (await client.QueryAsync("stk_premarket", new { limit = 1 })).Code.ShouldBe(0);
        (await client.QueryAsync("stk_mins", new { ts_code = "600002.SH", freq = "1min" })).Code.ShouldBe(40203);
    }

    [Fact]
    public async Task User_TellsEachTrancheUnderTheVendorsNames()
    {
        var (server, client) = await StartAsync(
            new PointsTranche(8000, new DateOnly(2027, 9, 8)),
            new PointsTranche(2000, new DateOnly(2026, 12, 5))
        );
        await using var _ = server;
        using var __ = client;

        var user = await client.QueryAsync("user", new { token = "0123456789abcdef" });

        user.Fields.ShouldBe(["user_id", "到期时间", "到期积分"]);
        user.Column("到期积分").ShouldBe(["8000.0", "2000.0"]);
        user.Column("到期时间").ShouldBe(["2027-09-08", "2026-12-05"]);
    }

    [Fact]
    public async Task Tranche_ThatHasExpired_OpensNothing()
    {
        var clock = new HandClock(s_now);
        var (server, client) = await StartAsync(
            clock,
            new PointsTranche(3000, new DateOnly(2027, 9, 8)),
            new PointsTranche(2000, new DateOnly(2026, 12, 5))
        );
        await using var _ = server;
        using var __ = client;

        (await client.QueryAsync("fund_daily", new { limit = 1 })).Code.ShouldBe(0);
        clock.Now = new DateTimeOffset(2026, 12, 6, 2, 0, 0, TimeSpan.Zero);
        (await client.QueryAsync("fund_daily", new { limit = 1 })).Code.ShouldBe(40203);
    }

    [Theory]
    [InlineData(120, "daily", 50)]
    [InlineData(2000, "daily", 200)]
    [InlineData(2000, "stock_basic", 50)]
    [InlineData(5000, "daily", 500)]
    [InlineData(5000, "sf_month", 100)]
    public async Task Calls_OfAnAccount_AreLimitedByTierAndApi(int points, string api, int perMinute)
    {
        var (server, client) = await StartAsync(new PointsTranche(points, new DateOnly(2027, 1, 1)));
        await using var _ = server;
        using var __ = client;

        for (var i = 0; i < perMinute; i++)
        {
            (await client.QueryAsync(api, new { limit = 1 })).Code.ShouldBe(0);
        }

        var refused = await client.QueryAsync(api, new { limit = 1 });
        refused.Code.ShouldBe(40203);
        refused.Message!.ShouldContain($"频率超限({perMinute}次/分钟)");
    }

    [Fact]
    public async Task Calls_OfADay_AreLimitedBesideThoseOfAMinute()
    {
        var clock = new HandClock(s_now);
        var (server, client) = await StartAsync(clock, new PointsTranche(120, new DateOnly(2027, 1, 1)));
        await using var _ = server;
        using var __ = client;

        // Two seconds apart: no minute is full, the day is.
        Table answer = null!;
        for (var i = 0; i <= 8000; i++)
        {
            clock.Now = s_now.AddSeconds(2 * i);
            answer = await client.QueryAsync("shibor_lpr", new { limit = 1 });
            if (answer.Code != 0)
            {
                i.ShouldBe(8000);
            }
        }

        answer.Message!.ShouldContain("频率超限(8000次/天)");
    }

    private static Task<(TushareSimulator Server, PythonLikeClient Client)> StartAsync(
        params PointsTranche[] tranches
    ) => StartAsync(new HandClock(s_now), tranches);

    private static Task<(TushareSimulator Server, PythonLikeClient Client)> StartAsync(
        HandClock clock,
        params PointsTranche[] tranches
    ) =>
        PythonLikeClient.StartAsync(
            new TushareSimulatorOptions
            {
                Source = Vendor.Make(),
                TimeProvider = clock,
                Points = tranches,
            }
        );
}
