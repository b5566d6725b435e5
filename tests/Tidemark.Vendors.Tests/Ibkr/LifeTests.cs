using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>Connections that end, links that break, gateways that restart.</summary>
public sealed class LifeTests
{
    private const string LinkLost = "4␀2␀-1␀1100␀Connectivity between IBKR and Trader Workstation has been lost.␀␀";
    private const string DataLost =
        "4␀2␀-1␀1101␀Connectivity between IBKR and Trader Workstation has been restored - data lost.␀␀";
    private const string DataKept =
        "4␀2␀-1␀1102␀Connectivity between IBKR and Trader Workstation has been restored - data maintained.␀␀";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshots_ConnectionCut20Times_EachContractHasItsAnswer(bool isReset)
    {
        const int Count = 1000;
        var cuts = 0;
        var asked = 0;
        var gateway = new ChainPeer
        {
            Before = (session, message) =>
            {
                var isCut = message[0] == "1" && ++asked % 50 == 0 && cuts < 20;
                cuts += isCut ? 1 : 0;
                if (isCut && isReset)
                {
                    session.Reset();
                }

                return Task.FromResult(!isCut);
            },
        };
        await using var peer = new GatewayPeer(gateway.PlayAsync);
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { Lines = 40 });

        var answers = await client.SnapshotsAsync(Contracts(Count), CancellationToken.None).ListAsync();

        cuts.ShouldBe(20);
        answers.Select(a => a.Index).Order().ShouldBe(Enumerable.Range(0, Count));
        answers.ShouldAllBe(a => a.Error == null && a.Quote.Bid == a.Contract.Strike / 100);
        client.Statistics.Reconnects.ShouldBe(20);
        peer.Faults.ShouldBeEmpty();
    }

    /// <summary>
    /// Programs that number orders by the clock leave a gateway there; errors of numbers below zero would belong to no
    /// request.
    /// </summary>
    [Fact]
    public async Task NextValidId_TheLargestThereIs_LeavesNumbersForRequests()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync(nextId: int.MaxValue);
            while (true)
            {
                var id = (await session.ReadAsync())[2];
                await session.SendAsync($"4␀2␀{id}␀200␀No security definition has been found for the request␀␀");
            }
        });
        await using var client = await Ib.ConnectAsync(peer);

        for (var i = 0; i < 3; i++)
        {
            var answer = await client
                .SnapshotAsync(Ib.Option, CancellationToken.None)
                .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            answer.Error!.GatewayCode.ShouldBe(200);
        }
    }

    [Fact]
    public async Task Request_ThatAlwaysCutsTheConnection_IsGivenUpWithAReason()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.ReadAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        answer.Error!.Code.ShouldBe(IbkrErrorCodes.Lost);
        answer.Error.Message.ShouldContain("10 times");
    }

    [Fact]
    public async Task Reconnect_GatewayStaysAway_FailsEveryRequestAfterTheLimit()
    {
        var clock = new ManualClock();
        var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.StallAsync();
        });
        var options = Ib.Fast(peer.Port) with
        {
            ReconnectFor = TimeSpan.FromMinutes(5),
            ReconnectDelay = TimeSpan.FromSeconds(1),
        };
        await using var client = await Ib.ConnectAsync(options, clock);
        var asking = client.SnapshotAsync(Ib.Option, CancellationToken.None);
        await QuoteTests.WhenAsync(() => client.Statistics.Sent >= 2);
        await peer.DisposeAsync();
        await clock.WhenPendingAsync(t => t.SetTo < TimeSpan.FromSeconds(2), CancellationToken.None);

        while (!asking.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        var error = (await asking).Error!;
        error.Code.ShouldBe(IbkrErrorCodes.Lost);
        error.Message.ShouldContain("could not be made again");
        var next = await client.QualifyAsync(Ib.Option, CancellationToken.None);
        (next.Outcome, next.Error!.Code).ShouldBe((QualificationOutcome.Failed, IbkrErrorCodes.Lost));
    }

    [Fact]
    public async Task Reconnect_OwnIdStillInUse_IsTriedAgain()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            switch (session.Number)
            {
                case 1:
                    await session.StartAsync();
                    await session.ReadAsync();
                    break;
                case 2 or 3:
                    await HandshakeTests.RefuseIdAsync(session);
                    break;
                default:
                    await new ChainPeer().PlayAsync(session);
                    break;
            }
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        (answer.Error, answer.Quote.Bid, peer.Connections).ShouldBe((null, 2, 4));
    }

    [Fact]
    public async Task Stream_ConnectionCut_IsSubscribedAgain()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync(nextId: session.Number * 1000);
            var id = (await session.ReadAsync())[2];
            await session.SendAsync($"1␀6␀{id}␀1␀{session.Number}␀12␀0␀");
            if (session.Number < 3)
            {
                // Let the tick be read before the end is.
                await session.SendAsync("49␀1␀1␀");
                return;
            }

            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var last = double.NaN;
        await foreach (var answer in client.StreamAsync(Ib.Option, "", CancellationToken.None))
        {
            last = answer.Quote.Bid;
            if (last == 3)
            {
                break;
            }
        }

        last.ShouldBe(3);
        client.Statistics.Reconnects.ShouldBe(2);
    }

    [Fact]
    public async Task Stream_BrokenTick_IsCancelledAndSubscribedAgain()
    {
        var messages = new List<string[]>();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            messages.Add(await session.ReadAsync());
            await session.SendAsync($"1␀6␀{messages[0][2]}␀1␀five␀12␀0␀");
            messages.Add(await session.ReadAsync());
            messages.Add(await session.ReadAsync());
            var again = messages.Single(m => m[0] == "1" && m != messages[0])[2];
            await session.SendAsync($"1␀6␀{again}␀1␀5.1␀12␀0␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        await foreach (var answer in client.StreamAsync(Ib.Option, "", CancellationToken.None))
        {
            answer.Quote.Bid.ShouldBe(5.1);
            break;
        }

        messages.ShouldContain(m => m[0] == "2" && m[2] == messages[0][2]);
        (client.Statistics.Broken, client.Statistics.Reconnects).ShouldBe((1, 0));
        peer.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task DataLost1101_OpenQuotes_AreAskedAgainWithAnotherNumber()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var first = (await session.ReadAsync())[2];
            await session.SendAsync(LinkLost, DataLost);
            var second = (await session.ReadAsync())[2];
            second.ShouldNotBe(first);
            await session.SendAsync($"1␀6␀{first}␀1␀9␀1␀0␀", $"1␀6␀{second}␀1␀2␀12␀0␀", $"57␀1␀{second}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        (answer.Error, answer.Quote.Bid).ShouldBe((null, 2));
        (client.Statistics.Resubscriptions, client.Statistics.Reconnects).ShouldBe((1, 0));
        peer.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task DataKept1102_OpenQuotes_GoOn()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var id = (await session.ReadAsync())[2];
            await session.SendAsync(LinkLost, DataKept, $"1␀6␀{id}␀1␀2␀12␀0␀", $"57␀1␀{id}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        (answer.Error, answer.Quote.Bid, client.Statistics.Resubscriptions).ShouldBe((null, 2, 0));
    }

    [Fact]
    public async Task LinkLost1100_NewRequests_WaitUntilItIsBack()
    {
        var clock = new ManualClock();
        var back = new TaskCompletionSource();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.SendAsync(LinkLost);
            var reading = session.ReadAsync();
            await back.Task;
            reading.IsCompleted.ShouldBeFalse();
            await session.SendAsync(DataKept);
            await session.SendAsync($"57␀1␀{(await reading)[2]}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port), clock);
        await QuoteTests.WhenAsync(() => client.Notices.Count == 1);

        var asking = client.SnapshotAsync(Ib.Option, CancellationToken.None);
        await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromMinutes(15), CancellationToken.None);
        back.SetResult();

        (await asking).Error.ShouldBeNull();
        peer.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task LinkLost1100_NeverBack_IsAReasonAfterTheLimit()
    {
        var clock = new ManualClock();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.SendAsync(LinkLost);
            await session.StallAsync();
        });
        var options = Ib.Fast(peer.Port) with { Heartbeat = TimeSpan.FromDays(1) };
        await using var client = await Ib.ConnectAsync(options, clock);
        await QuoteTests.WhenAsync(() => client.Notices.Count == 1);

        var asking = client.SnapshotAsync(Ib.Option, CancellationToken.None);
        await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromMinutes(15), CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(15));

        (await asking).Error!.Message.ShouldContain("(1100)");
    }

    [Fact]
    public async Task Heartbeat_SilentGatewayThatAnswers_IsKept()
    {
        var clock = new ManualClock();
        var patience = TimeSpan.FromSeconds(10);
        var beats = 0;
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            while (true)
            {
                (await session.ReadAsync()).ShouldBe(["49", "1"]);
                beats++; // before the client can have the answer, and the test can look
                await session.SendAsync("49␀1␀1763672130␀");
            }
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port), clock);

        for (var beat = 1; beat <= 3; beat++)
        {
            var quiet = await clock.WhenPendingAsync(t => t.SetTo != patience, CancellationToken.None);
            clock.Advance(quiet.Remaining);
            var answer = await clock.WhenPendingAsync(t => t.SetTo == patience, CancellationToken.None);
            await QuoteTests.WhenAsync(() => client.Statistics.Received == 2 + beat);
            clock.Advance(answer.Remaining);
        }

        beats.ShouldBe(3);
        (client.Statistics.Reconnects, peer.Connections).ShouldBe((0, 1));
        peer.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Heartbeat_DeadGateway_IsLeftForANewConnection()
    {
        var clock = new ManualClock();
        await using var peer = new GatewayPeer(async session =>
        {
            if (session.Number > 1)
            {
                await new ChainPeer().PlayAsync(session);
            }

            await session.StartAsync();
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port), clock);

        await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(30), CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(30));
        await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(10), CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(10));
        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        (answer.Error, peer.Connections).ShouldBe((null, 2));
    }

    [Fact]
    public async Task PortReset1300_WithAPort_IsFollowed()
    {
        await using var moved = new GatewayPeer(new ChainPeer().PlayAsync);
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.SendAsync(
                $"4␀2␀-1␀1300␀TWS socket port has been reset and this connection is being dropped. Please reconnect on the new port - {moved.Port}␀␀"
            );
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answer = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        (answer.Error, moved.Connections, peer.Connections).ShouldBe((null, 1, 1));
    }

    [Fact]
    public async Task Dispose_RequestsThatWait_FailAtOnce()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.StallAsync();
        });
        var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { Lines = 2 });
        var asking = client.SnapshotsAsync(Contracts(50), CancellationToken.None).ListAsync();
        await QuoteTests.WhenAsync(() => client.Statistics.Sent >= 3);

        await client.DisposeAsync();
        var answers = await asking;

        answers.Count.ShouldBe(50);
        answers.ShouldAllBe(a => a.Error!.Code == IbkrErrorCodes.Lost);
    }

    internal static List<IbkrContract> Contracts(int count) =>
        [.. Enumerable.Range(1, count).Select(n => Ib.Option with { Strike = n })];
}
