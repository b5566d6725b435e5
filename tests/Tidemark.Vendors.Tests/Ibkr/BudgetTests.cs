using System.Collections.Concurrent;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Connections;
using Tidemark.Vendors.Ibkr.Requests;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

public sealed class BudgetTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Messages_ManyAtOnce_NeverExceed50InAnySecondAndKeepThePace()
    {
        var budget = new MessageBudget(45, _clock);
        var times = await DriveAsync(budget, 450);

        var span = times[^1] - times[0];
        span.ShouldBeInRange(TimeSpan.FromSeconds(9.5), TimeSpan.FromSeconds(10));
        for (var first = 0; first < times.Count; first++)
        {
            var end = times[first] + TimeSpan.FromSeconds(1);
            times.Skip(first).TakeWhile(t => t < end).Count().ShouldBeLessThanOrEqualTo(50);
        }
    }

    [Fact]
    public async Task Messages_WithoutLimit_NeverWait()
    {
        var budget = new MessageBudget(0, _clock);
        for (var i = 0; i < 10_000; i++)
        {
            await budget.TakeAsync(CancellationToken.None);
        }

        _clock.Pending.ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_AfterAComplaint_AreSlowerAndRecover()
    {
        var budget = new MessageBudget(40, _clock);
        budget.SlowDown();
        budget.SlowDown(); // of the same moment: what was on its way
        budget.Slowness.ShouldBe(2);

        var start = _clock.UtcNow;
        var times = await DriveAsync(budget, 41);

        (times[0] - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (times[^1] - times[0]).ShouldBeInRange(TimeSpan.FromSeconds(1.8), TimeSpan.FromSeconds(2));
        _clock.Advance(TimeSpan.FromSeconds(10));
        budget.Slowness.ShouldBe(1);
    }

    [Fact]
    public async Task Messages_WaitersLeave_TakeNoTurns()
    {
        var budget = new MessageBudget(1, _clock);
        await budget.TakeAsync(CancellationToken.None);
        using var impatience = new CancellationTokenSource();
        var leaving = Enumerable.Range(0, 1000).Select(_ => budget.TakeAsync(impatience.Token).AsTask()).ToList();
        var staying = budget.TakeAsync(CancellationToken.None).AsTask();

        await impatience.CancelAsync();
        foreach (var task in leaving)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => task);
        }

        await _clock.WhenPendingAsync(_ => true, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await staying;
    }

    /// <summary>The gateway answers the oldest only when all lines are taken and nothing more has come.</summary>
    [Fact]
    public async Task Snapshots_TenThousandAtOnce_UseEveryLineAndNoMore()
    {
        const int Contracts = 10_000;
        var most = 0;
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var open = new Queue<string[]>();
            for (var asked = 0; asked < Contracts; asked++)
            {
                open.Enqueue(await session.ReadAsync());
                most = Math.Max(most, open.Count);
                if (open.Count >= 100 && !session.HasMore)
                {
                    await session.SendAsync($"57␀1␀{open.Dequeue()[2]}␀");
                }
            }

            foreach (var message in open)
            {
                await session.SendAsync($"57␀1␀{message[2]}␀");
            }

            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answers = await client.SnapshotsAsync(LifeTests.Contracts(Contracts), CancellationToken.None).ListAsync();

        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, Contracts));
        answers.ShouldAllBe(a => a.Error == null);
        most.ShouldBe(100);
    }

    [Fact]
    public async Task Snapshots_WithinIbkrsLimits_TakeTheTimeThatThePaceTakes()
    {
        await using var peer = new GatewayPeer(new ChainPeer().PlayAsync);
        var options = new IbkrClientOptions { Port = peer.Port, ClientId = 1 };
        await using var client = await Ib.ConnectAsync(options, _clock);
        var start = _clock.UtcNow;

        var asking = client.SnapshotsAsync(LifeTests.Contracts(200), CancellationToken.None).ListAsync();
        while (!asking.IsCompleted)
        {
            // Waits for the pace are the only ones as short as this.
            if (_clock.Pending.FirstOrDefault(t => t.SetTo < TimeSpan.FromSeconds(1)) is { SetTo.Ticks: > 0 } wait)
            {
                _clock.Advance(wait.Remaining);
            }

            await Task.Yield();
        }

        (await asking).ShouldAllBe(a => a.Error == null);
        // A wait that is let pass before the next one has begun counts twice: how often depends on the machine.
        (_clock.UtcNow - start).ShouldBeInRange(TimeSpan.FromSeconds(4.3), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Complaint100_OnARequest_IsCountedAndAskedAgainSlower()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var first = (await session.ReadAsync())[2];
            await session.SendAsync(
                $"4␀2␀{first}␀100␀Max rate of messages per second has been exceeded:max=50 rec=51 (1)␀␀"
            );
            await new ChainPeer().AnswerAsync(session, await session.ReadAsync());
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port), _clock);

        var asking = client.SnapshotAsync(Ib.Option, CancellationToken.None);
        await _clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(1), CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var answer = await asking;

        answer.Error.ShouldBeNull();
        client.Statistics.PacingErrors.ShouldBe(1);
    }

    [Fact]
    public async Task Complaint162_OnAHistory_RestsAndAsksAgain()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var first = (await session.ReadAsync())[1];
            await session.SendAsync(
                $"4␀2␀{first}␀162␀Historical Market Data Service error message:Historical data request pacing violation␀␀"
            );
            var second = (await session.ReadAsync())[1];
            await session.SendAsync($"17␀{second}␀a␀b␀1␀20251120␀1␀2␀0.5␀1.5␀100␀1.2␀7␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port), _clock);

        var asking = client.HistoryAsync(Ib.Aapl, new HistoryQuery("1 day", "1 D"), CancellationToken.None);
        await _clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(15), CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(15));
        var bars = await asking;

        bars.Single().Close.ShouldBe(1.5);
        client.Statistics.PacingErrors.ShouldBe(1);
    }

    [Fact]
    public async Task NoLineFree101_UsesFewerLinesAndAsksAgain()
    {
        const int TheirLines = 3;
        var open = new List<string>();
        var most = 0;
        var refused = 0;
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            while (true)
            {
                var message = await session.ReadAsync();
                if (open.Count == TheirLines)
                {
                    refused++;
                    await session.SendAsync($"4␀2␀{message[2]}␀101␀Max number of tickers has been reached␀␀");
                    foreach (var id in open)
                    {
                        await session.SendAsync($"57␀1␀{id}␀");
                    }

                    open.Clear();
                    continue;
                }

                open.Add(message[2]);
                most = Math.Max(most, open.Count);
                if (refused >= 3 || message[7] == "20")
                {
                    foreach (var id in open)
                    {
                        await session.SendAsync($"57␀1␀{id}␀");
                    }

                    open.Clear();
                }
            }
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { Lines = 6 });

        var answers = await client.SnapshotsAsync(LifeTests.Contracts(20), CancellationToken.None).ListAsync();

        answers.Count(a => a.Error is null).ShouldBe(20);
        client.Statistics.LineErrors.ShouldBe(refused);
        refused.ShouldBe(3);
    }

    /// <summary>Windows of TWS may have taken all lines; they may give some back.</summary>
    [Fact]
    public async Task NoLineFree101_ForAWhile_IsWaitedFor()
    {
        var refused = 0;
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            while (true)
            {
                var id = (await session.ReadAsync())[2];
                await session.SendAsync(
                    ++refused < 4
                        ? [$"4␀2␀{id}␀101␀Max number of tickers has been reached␀␀"]
                        : [$"1␀6␀{id}␀1␀5.1␀12␀0␀", $"57␀1␀{id}␀"]
                );
            }
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { Lines = 1 }, _clock);

        var asking = client.SnapshotAsync(Ib.Option, CancellationToken.None);
        foreach (var seconds in (int[])[1, 2, 4])
        {
            await _clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(seconds), CancellationToken.None);
            _clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        var answer = await asking;
        (answer.Error, answer.Quote.Bid).ShouldBe((null, 5.1));
    }

    [Fact]
    public void Lines_ThatWereWithheld_ComeBackOneEachHalfMinute()
    {
        var lines = new LineBudget(4, _clock);
        lines.On(null!);
        for (var i = 0; i < 3; i++)
        {
            lines.TakeAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
            lines.TryShrink().ShouldBeTrue();
            lines.GiveBack();
        }

        lines.TryShrink().ShouldBeFalse();
        lines.Free.ShouldBe(1);
        foreach (var free in (int[])[2, 3, 4, 4])
        {
            lines.On(null!);
            _clock.Advance(TimeSpan.FromSeconds(30));
            lines.On(null!);
            lines.On(null!);
            lines.Free.ShouldBe(free);
        }
    }

    private async Task<List<DateTimeOffset>> DriveAsync(MessageBudget budget, int messages)
    {
        var times = new ConcurrentQueue<DateTimeOffset>();
        var all = Task.WhenAll(Enumerable.Range(0, messages).Select(_ => OneAsync()));
        while (!all.IsCompleted)
        {
            if (_clock.Pending.Count > 0)
            {
                _clock.Advance(_clock.Pending[0].Remaining);
            }

            await Task.Yield();
        }

        return [.. times];

        async Task OneAsync()
        {
            await budget.TakeAsync(CancellationToken.None);
            times.Enqueue(_clock.UtcNow);
        }
    }
}
