using Tidemark.Simulator.Tws;
using Tidemark.Testing;
using Tidemark.Vendors.Tests.Ibkr.Support;
using Tidemark.Vendors.Tests.Ibkr.Together.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Together;

/// <summary>Our client's budgets under our gateway's real limits, which are enforced without mercy.</summary>
public sealed class LimitTests
{
    private static readonly int[] s_pacing = [0, 100, 101, 321];

    [Theory]
    [InlineData(300, true)]
    [InlineData(2_000, false)]
    public async Task Snapshots_ManyAtOnce_KeepAllLimits(int count, bool areQuoted)
    {
        var clock = new ManualClock(Pair.Morning);
        await using var pair = await Pair.StartAsync(
            gateway: o =>
                o with
                {
                    Limits = new TwsLimits { RejectsExcessMessages = true },
                    TimeProvider = clock,
                },
            client: o => o with { Lines = 100, MessagesPerSecond = 45, SnapshotsPerSecond = 90 }
        );
        var contracts = areQuoted ? Pair.Options(count) : Pair.AnyOptions(count);

        var asking = pair.Client.SnapshotsAsync(contracts, TestContext.Current.CancellationToken).ListAsync();
        await DriveAsync(pair, clock, asking);

        var answers = await asking;
        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, contracts.Length));
        answers.ShouldAllBe(a => a.Error == null);
        pair.Gateway.Statistics.Errors.Keys.ShouldNotContain(code => s_pacing.Contains(code));
        pair.Client.Statistics.PacingErrors.ShouldBe(0);
        pair.Client.Statistics.LineErrors.ShouldBe(0);
        pair.Gateway.Statistics.PeakMessagesPerSecond.ShouldBeInRange(40, 50);
        pair.Gateway.Statistics.PeakLines.ShouldBeInRange(areQuoted ? 1 : 90, 100);
    }

    /// <summary>
    /// Moves time on, but not while a message is on its way: what left within one second of the client's arrives within
    /// one of the gateway's, however slow the machine is.
    /// </summary>
    private static async Task DriveAsync(Pair pair, ManualClock clock, Task work)
    {
        while (!work.IsCompleted)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var statistics = pair.Gateway.Statistics;
            var isRefused = s_pacing.Any(statistics.Errors.ContainsKey);
            if (isRefused || pair.Client.Statistics.Sent <= statistics.Requests.Values.Sum())
            {
                clock.Advance(TimeSpan.FromMilliseconds(10));
            }

            await Task.Yield();
        }
    }
}
