using Microsoft.Extensions.Logging;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>
/// Delayed quotes where live ones are not subscribed: asked for once, where that is allowed, and reported.
/// </summary>
public sealed class FallBackTests
{
    [Theory]
    [InlineData(354)]
    [InlineData(10089)]
    [InlineData(10168)]
    [InlineData(10186)]
    public async Task Snapshot_OnlyDelayedIsSubscribed_IsAskedAgainOnceAndReported(int code)
    {
        var messages = new List<string[]>();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            messages.Add(await session.ReadAsync());
            await session.SendAsync($"4␀2␀{messages[0][2]}␀{code}␀Requested market data is not subscribed.␀␀");
            messages.Add(await session.ReadAsync());
            messages.Add(await session.ReadAsync());
            var id = messages[2][2];
            await session.SendAsync($"58␀1␀{id}␀3␀", $"1␀6␀{id}␀66␀5.1␀12␀0␀", $"57␀1␀{id}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        messages[1].ShouldBe(["59", "1", "3"]);
        (answer.Error, answer.Quote.Bid, answer.Quote.DataType).ShouldBe((null, 5.1, MarketDataType.Delayed));
        client.MarketDataType.ShouldBe(MarketDataType.Delayed);
        client.Statistics.FallBacks.ShouldBe(1);
    }

    [Fact]
    public async Task Snapshot_DelayedIsNotSubscribedEither_IsAReasonAfterOneMoreTry()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            while (true)
            {
                var message = await session.ReadAsync();
                if (message[0] == "1")
                {
                    await session.SendAsync($"4␀2␀{message[2]}␀354␀Requested market data is not subscribed.␀␀");
                }
            }
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);
        var next = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        answer.Error!.Code.ShouldBe(IbkrErrorCodes.NotSubscribed);
        answer.Error.Message.ShouldContain("OPRA");
        next.Error!.GatewayCode.ShouldBe(354);
        client.Statistics.FallBacks.ShouldBe(1);
    }

    [Fact]
    public async Task Snapshot_DelayedNotAllowed_IsAReasonAtOnce()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.SendAsync(
                $"4␀2␀{(await session.ReadAsync())[2]}␀354␀Requested market data is not subscribed.␀␀"
            );
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { AllowDelayed = false });

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        (answer.Error!.GatewayCode, client.MarketDataType).ShouldBe((354, MarketDataType.Live));
    }

    /// <summary>Some gateways say 10089 and send delayed quotes nevertheless.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Snapshot_10089ThoughDelayedWasAskedFor_WaitsForWhatComes(bool comes)
    {
        var clock = new ManualClock();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            (await session.ReadAsync()).ShouldBe(["59", "1", "3"]);
            var id = (await session.ReadAsync())[2];
            await session.SendAsync(
                $"4␀2␀{id}␀10089␀Requested market data requires additional subscription for API.␀␀"
            );
            if (comes)
            {
                await session.SendAsync($"1␀6␀{id}␀66␀5.1␀12␀0␀", $"57␀1␀{id}␀");
            }

            await session.StallAsync();
        });
        var options = Ib.Fast(peer.Port) with { MarketDataType = MarketDataType.Delayed };
        await using var client = await Ib.ConnectAsync(options, clock);

        var asking = client.SnapshotAsync(Ib.Option, CancellationToken.None);
        if (!comes)
        {
            await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(15), CancellationToken.None);
            await QuoteTests.WhenAsync(() => client.Statistics.Received == 3);
            clock.Advance(TimeSpan.FromSeconds(15));
        }

        var answer = await asking;
        answer.Error?.Code.ShouldBe(IbkrErrorCodes.NotSubscribed);
        (answer.Error is null, answer.Quote.Bid is 5.1).ShouldBe((comes, comes));
        peer.Faults.ShouldBeEmpty();
    }

    /// <summary>
    /// A gateway may refuse for want of delayed quotes what came right behind the message that allows them.
    /// </summary>
    [Fact]
    public async Task Snapshot_10168ThoughDelayedWasAskedFor_IsAskedOnceMore()
    {
        var asked = 0;
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            (await session.ReadAsync()).ShouldBe(["59", "1", "3"]);
            while (true)
            {
                var id = (await session.ReadAsync())[2];
                await session.SendAsync(
                    ++asked == 2
                        ? [$"1␀6␀{id}␀66␀5.1␀12␀0␀", $"57␀1␀{id}␀"]
                        : [$"4␀2␀{id}␀10168␀Requested market data is not subscribed.␀␀"]
                );
            }
        });
        await using var client = await Ib.ConnectAsync(
            Ib.Fast(peer.Port) with
            {
                MarketDataType = MarketDataType.Delayed,
            }
        );

        var first = await client.SnapshotAsync(Ib.Option, CancellationToken.None);
        var second = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        (first.Error, first.Quote.Bid).ShouldBe((null, 5.1));
        second.Error!.GatewayCode.ShouldBe(10168);
        asked.ShouldBe(4);
    }

    /// <summary>
    /// What is sent after delayed quotes were chosen, but before the gateway was told, was asked for live ones.
    /// </summary>
    [Fact]
    public async Task Snapshot_SentWhileAnotherFallsBack_FallsBackToo()
    {
        var isDelayed = false;
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            while (true)
            {
                var message = await session.ReadAsync();
                isDelayed |= message[0] == "59";
                if (message[0] == "1")
                {
                    var id = message[2];
                    await session.SendAsync(
                        isDelayed
                            ? [$"1␀6␀{id}␀66␀5.1␀12␀0␀", $"57␀1␀{id}␀"]
                            : [$"4␀2␀{id}␀354␀Requested market data is not subscribed.␀␀"]
                    );
                }
            }
        });
        IbkrClient? client = null;
        Task<QuoteAnswer>? other = null;
        var logger = new WhenWarned(() => other ??= client!.SnapshotAsync(Ib.Aapl, CancellationToken.None));
        client = await Ib.ConnectAsync(Ib.Fast(peer.Port), logger: logger);
        await using (client)
        {
            var first = await client.SnapshotAsync(Ib.Option, CancellationToken.None);
            var second = await other!;

            (first.Error, first.Quote.Bid).ShouldBe((null, 5.1));
            (second.Error, second.Quote.Bid).ShouldBe((null, 5.1));
        }
    }

    /// <summary>Does something in the middle of what warns.</summary>
    private sealed class WhenWarned(Action act) : ILogger<IbkrClient>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => act();
    }
}
