using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Tests.AkShare;
using Tidemark.Vendors.Tests.Support;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Vendors.Tests.Tushare;

/// <summary>
/// Three years of daily bars, a call a day, from a simulated vendor that counts calls: the account's limit is used up,
/// and hardly ever passed.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class PaceTests : IDisposable
{
    private const int Days = 726;
    private const int AtOnce = 4;
    private readonly ManualClock _clock = new() { Untimed = TushareRig.Timeout };
    private readonly CallCounter _counter = new(HttpExchange.CreateHandler());
    private readonly HttpClient _http;

    public PaceTests() => _http = new HttpClient(_counter) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(200, 1)]
    [InlineData(500, 1)]
    [InlineData(200, 2)]
    [InlineData(50, 3)]
    public async Task Backfill_LimitsKnown_UsesThemUpAndIsNeverRefused(int limit, int accounts)
    {
        var all = accounts * limit;
        var (minutes, refused) = await BackfillAsync(limit, configured: limit, inFirstMinute: all, accounts);

        var beforeTheLastMinute = (Days - 1) / all * all;
        (beforeTheLastMinute / minutes).ShouldBeGreaterThanOrEqualTo(0.95 * all, "calls a minute");
        refused.ShouldBe(0);
    }

    [Fact]
    public async Task Backfill_LimitLowerThanItIsThought_IsRefusedOnce()
    {
        var (_, refused) = await BackfillAsync(limit: 200, configured: 500, inFirstMinute: 201);

        refused.ShouldBe(1);
    }

    /// <summary>Fetches all days, moving the clock whenever a minute's calls are through.</summary>
    /// <returns>How long it took by the clock, and how many calls the vendor refused.</returns>
    private async Task<(double Minutes, int Refused)> BackfillAsync(
        int limit,
        int configured,
        int inFirstMinute,
        int accounts = 1
    )
    {
        await using var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions
            {
                Source = AkShareRig.Market,
                RateLimit = new TushareRateLimit(limit),
                TimeProvider = _clock,
            },
            CancellationToken.None
        );
        var logger = new CapturingLogger<TushareClient>();
        using var client = new TushareClient(
            _http,
            new TushareClientOptions
            {
                Url = vendor.Address,
                Token = TushareRig.Token,
                MoreTokens = [.. Enumerable.Range(2, accounts - 1).Select(n => $"{TushareRig.Token}{n}")],
                Timeout = TushareRig.Timeout,
                RateLimits = new Dictionary<string, RateLimit>
                {
                    ["default"] = new(configured, TimeSpan.FromMinutes(1)),
                },
            },
            _clock,
            new Random(TushareRig.JitterSeed),
            logger
        );
        var start = _clock.UtcNow;

        var fetching = Parallel.ForAsync(
            0,
            Days,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (day, stop) => await FetchAsync(client, day, stop)
        );
        for (var through = inFirstMinute; _counter.Ended < Days && !fetching.IsCompleted; through += accounts * limit)
        {
            // Not before: a call that has its turn and is still on its way would be counted in the next minute.
            await _counter.WhenEndedAsync(Math.Min(through, Days + inFirstMinute - (accounts * limit)));
            if (_counter.Ended < through)
            {
                break;
            }

            var next = _clock.WhenPendingAsync(timer => timer.SetTo <= RateBucket.LongestWait, CancellationToken.None);
            if (await Task.WhenAny(next, fetching) == next)
            {
                _clock.Advance((await next).Remaining);
            }
        }

        await fetching;
        return ((_clock.UtcNow - start).TotalMinutes, _counter.Ended - Days);
    }

    private static async ValueTask FetchAsync(TushareClient client, int day, CancellationToken stop)
    {
        var date = new DateOnly(2022, 1, 3).AddDays(day).ToCompact();
        var request = TushareRig.Request(6000, "daily", ("trade_date", date));
        await client.FetchAsync(request, new ColumnBatch(request.Columns), new PayloadList(), stop);
    }
}
