using System.Collections.Concurrent;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Connections;
using Tidemark.Vendors.Ibkr.Requests;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>IBKR's rules for small bars, kept before anybody complains.</summary>
public sealed class HistoryBudgetTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task SameQuestion_WithinFifteenSeconds_Waits()
    {
        var times = await DriveAsync(Enumerable.Repeat(new HistoryPace("a", "AAPL", 2), 3));

        Gaps(times).ShouldAllBe(gap => gap >= 15 && gap < 16);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 2)]
    public async Task OneSeries_WithinTwoSeconds_HasFewerThanSixOfIt(int weight, int expected)
    {
        var times = await DriveAsync(Enumerable.Range(0, 20).Select(i => new HistoryPace($"{i}", "AAPL", weight)));

        Most(times, 2).ShouldBe(expected);
        times.Count.ShouldBe(20);
        (times[^1] - times[0]).TotalSeconds.ShouldBeLessThan(2.3 * 20 / expected);
    }

    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 30)]
    public async Task AllSeries_WithinTenMinutes_AreAtMostSixty(int weight, int expected)
    {
        var times = await DriveAsync(Enumerable.Range(0, 150).Select(i => new HistoryPace($"{i}", $"{i}", weight)));

        Most(times, 600).ShouldBe(expected);
        times.Count.ShouldBe(150);
    }

    [Fact]
    public async Task OneThatWaits_HoldsUpNoOther()
    {
        var budget = new HistoryBudget(_clock);
        await budget.TakeAsync(new HistoryPace("a", "AAPL", 1), CancellationToken.None);
        var waits = budget.TakeAsync(new HistoryPace("a", "AAPL", 1), CancellationToken.None).AsTask();

        await budget.TakeAsync(new HistoryPace("b", "AAPL", 1), CancellationToken.None);

        waits.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("30 secs", 1)]
    [InlineData("1 min", 2)]
    public async Task History_AskedForAgain_WaitsOnlyForSmallBars(string barSize, int asked)
    {
        var seen = 0;
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            while (true)
            {
                var id = (await session.ReadAsync())[1];
                seen++;
                await session.SendAsync($"17␀{id}␀a␀b␀1␀20251120␀1␀2␀0.5␀1.5␀100␀1.2␀7␀");
            }
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { PacesHistory = true }, _clock);
        var query = new HistoryQuery(barSize, "1800 S");
        await client.HistoryAsync(Ib.Aapl, query, CancellationToken.None);

        var again = client.HistoryAsync(Ib.Aapl, query, CancellationToken.None);

        if (asked == 1)
        {
            await _clock.WhenPendingAsync(t => t.SetTo.TotalSeconds is > 15 and < 16, CancellationToken.None);
            seen.ShouldBe(1);
            _clock.Advance(TimeSpan.FromSeconds(15.2));
        }

        (await again).Count.ShouldBe(1);
    }

    private async Task<List<DateTimeOffset>> DriveAsync(IEnumerable<HistoryPace> paces)
    {
        var budget = new HistoryBudget(_clock);
        var times = new ConcurrentQueue<DateTimeOffset>();
        var all = Task.WhenAll(paces.Select(OneAsync).ToList());
        while (!all.IsCompleted)
        {
            if (_clock.Pending.Count > 0)
            {
                _clock.Advance(_clock.Pending.Min(timer => timer.Remaining));
            }

            await Task.Yield();
        }

        return [.. times.Order()];

        async Task OneAsync(HistoryPace pace)
        {
            await budget.TakeAsync(pace, CancellationToken.None);
            times.Enqueue(_clock.UtcNow);
        }
    }

    private static IEnumerable<double> Gaps(List<DateTimeOffset> times) =>
        times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds);

    private static int Most(List<DateTimeOffset> times, double seconds) =>
        times.Max(from => times.Count(at => at >= from && (at - from).TotalSeconds < seconds));
}
