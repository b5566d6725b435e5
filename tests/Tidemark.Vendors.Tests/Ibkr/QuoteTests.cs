using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>Snapshots against a scripted gateway.</summary>
public sealed class QuoteTests
{
    [Theory]
    [InlineData("1␀6␀{0}␀1␀-1␀0␀0␀")]
    [InlineData("1␀6␀{0}␀1␀0␀0␀0␀")]
    [InlineData("1␀6␀{0}␀1␀-1.0␀␀0␀")]
    [InlineData("1␀6␀{0}␀1␀␀5␀0␀")]
    [InlineData("1␀6␀{0}␀66␀-1␀0␀0␀")]
    public async Task Snapshot_SideWithoutQuote_IsNaN(string tick)
    {
        var answer = await SnapshotAsync(tick, "57␀1␀{0}␀");

        answer.Error.ShouldBeNull();
        double.IsNaN(answer.Quote.Bid).ShouldBeTrue();
        answer.Quote.Fields.ShouldBe(QuoteFields.None);
    }

    [Fact]
    public async Task Snapshot_PriceBelowZeroWithASize_IsAPrice()
    {
        var answer = await SnapshotAsync("1␀6␀{0}␀1␀-1.25␀3␀0␀", "57␀1␀{0}␀");

        (answer.Quote.Bid, answer.Quote.BidSize).ShouldBe((-1.25, 3));
    }

    [Fact]
    public async Task Snapshot_DelayedTicks_AreTheSameFieldsAndSaySo()
    {
        var answer = await SnapshotAsync(
            "58␀1␀{0}␀3␀",
            "4␀2␀{0}␀10167␀Requested market data is not subscribed. Displaying delayed market data.␀␀",
            "1␀6␀{0}␀66␀5.1␀12␀0␀",
            "1␀6␀{0}␀67␀5.2␀9␀0␀",
            "1␀6␀{0}␀68␀5.15␀3␀0␀",
            "1␀6␀{0}␀72␀5.6␀0␀0␀",
            "1␀6␀{0}␀73␀4.8␀0␀0␀",
            "1␀6␀{0}␀75␀5.0␀0␀0␀",
            "2␀6␀{0}␀74␀1543␀",
            "46␀6␀{0}␀88␀1763672130␀",
            "45␀6␀{0}␀90␀0.0␀",
            "21␀{0}␀80␀0␀0.2451␀0.521␀5.1␀0.0␀0.021␀0.205␀-0.1105␀201.35␀",
            "21␀{0}␀83␀0␀0.248␀0.5212␀5.148␀0.0␀0.0208␀0.205␀-0.1112␀201.35␀",
            "57␀1␀{0}␀"
        );

        var quote = answer.Quote;
        (answer.Error, answer.Notice, quote.DataType).ShouldBe((null, 10167, MarketDataType.Delayed));
        (quote.Bid, quote.BidSize, quote.Ask, quote.AskSize, quote.Last).ShouldBe((5.1, 12, 5.2, 9, 5.15));
        (quote.High, quote.Low, quote.Close, quote.Volume).ShouldBe((5.6, 4.8, 5, 1543));
        (quote.LastTradeTime, quote.Halted).ShouldBe((1763672130, 0));
        (quote.OfBid.Delta, quote.Model.ImpliedVolatility).ShouldBe((0.521, 0.248));
    }

    [Fact]
    public async Task Snapshot_PartlySubscribed_HasItsQuotesAndARemark()
    {
        var answer = await SnapshotAsync(
            "4␀2␀{0}␀10090␀Part of requested market data is not subscribed. Subscription-independent ticks are still active.␀␀",
            "1␀6␀{0}␀1␀5.1␀12␀0␀",
            "57␀1␀{0}␀"
        );

        (answer.Error, answer.Notice, answer.Quote.Bid).ShouldBe((null, 10090, 5.1));
    }

    [Theory]
    [InlineData(200, "No security definition has been found for the request", IbkrErrorCodes.Contract)]
    [InlineData(321, "Error validating request.-'bQ' : cause - Please enter exchange", IbkrErrorCodes.Rejected)]
    [InlineData(320, "Error reading request. Unable to parse field: 'Con Id'", IbkrErrorCodes.Rejected)]
    [InlineData(322, "Error processing request.-'bQ' : cause - Duplicate ticker id", IbkrErrorCodes.Rejected)]
    [InlineData(10197, "No market data during competing live session", IbkrErrorCodes.NotSubscribed)]
    [InlineData(10170, "No permission for a regulatory snapshot", IbkrErrorCodes.NotSubscribed)]
    [InlineData(99999, "A number that nobody knows", IbkrErrorCodes.Rejected)]
    public async Task Snapshot_Refused_IsAReasonWithTheGatewaysNumberAndText(int code, string text, string expected)
    {
        var answer = await SnapshotAsync("1␀6␀{0}␀1␀5.1␀12␀0␀", $"4␀2␀{{0}}␀{code}␀{text}␀␀");

        answer.Error!.Code.ShouldBe(expected);
        answer.Error.GatewayCode.ShouldBe(code);
        answer.Error.Message.ShouldContain(text);
        answer.Error.Message.ShouldContain("AAPL OPT 20251219 200 C");
        answer.Quote.Bid.ShouldBe(5.1);
    }

    [Fact]
    public async Task Text_ThatWouldEndItsField_IsRefusedBeforeItIsSent()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);
        var history = new HistoryQuery("1 day", "1 D");
        var sent = client.Statistics.Sent;

        var stream = await client.StreamAsync(Ib.Option, "100\0", CancellationToken.None).ListAsync();

        stream.Single().Error!.Message.ShouldContain("generic tick list");
        foreach (
            var query in (HistoryQuery[])
                [
                    history with
                    {
                        BarSize = "1\0day",
                    },
                    history with
                    {
                        Duration = "1 Ö",
                    },
                    history with
                    {
                        WhatToShow = "\n",
                    },
                ]
        )
        {
            await Should.ThrowAsync<IbkrException>(() => client.HistoryAsync(Ib.Aapl, query, CancellationToken.None));
        }

        client.Statistics.Sent.ShouldBe(sent);
    }

    [Fact]
    public async Task Snapshot_BrokenMessage_CostsThatRequestOnly()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var first = (await session.ReadAsync())[2];
            await session.SendAsync($"1␀6␀{first}␀1␀five␀12␀0␀");
            var second = await session.ReadAsync();
            while (second[0] != "1")
            {
                second = await session.ReadAsync(); // the cancel of the first
            }

            await session.SendAsync($"1␀6␀{second[2]}␀1␀5.1␀12␀0␀", $"57␀1␀{second[2]}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var broken = await client.SnapshotAsync(Ib.Option, CancellationToken.None);
        var good = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        broken.Error!.Code.ShouldBe(IbkrErrorCodes.Garbled);
        (good.Error, good.Quote.Bid).ShouldBe((null, 5.1));
        (client.Statistics.Broken, client.Statistics.Reconnects, peer.Connections).ShouldBe((1, 0, 1));
    }

    [Fact]
    public async Task Snapshot_TicksOfAnEarlierRequest_AreDropped()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var first = (await session.ReadAsync())[2];
            await session.SendAsync($"1␀6␀{first}␀1␀5.1␀12␀0␀", $"57␀1␀{first}␀");
            var second = (await session.ReadAsync())[2];
            second.ShouldNotBe(first);
            await session.SendAsync($"1␀6␀{first}␀1␀9.9␀1␀0␀", $"57␀1␀{second}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        await client.SnapshotAsync(Ib.Option, CancellationToken.None);
        var fresh = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        double.IsNaN(fresh.Quote.Bid).ShouldBeTrue();
        client.Statistics.Late.ShouldBe(1);
        peer.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Snapshot_EndNeverComes_IsAReasonWithWhatCameAndFreesTheLine()
    {
        var clock = new ManualClock();
        var cancelled = new TaskCompletionSource<string[]>();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var id = (await session.ReadAsync())[2];
            await session.SendAsync($"1␀6␀{id}␀1␀5.1␀12␀0␀", "49␀1␀1763672130␀");
            cancelled.SetResult(await session.ReadAsync());
            var next = (await session.ReadAsync())[2];
            await session.SendAsync($"57␀1␀{next}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { Lines = 1 }, clock);

        var asking = client.SnapshotAsync(Ib.Option, CancellationToken.None);
        await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(15), CancellationToken.None);
        await WhenAsync(() => client.Statistics.Received >= 4);
        clock.Advance(TimeSpan.FromSeconds(15));
        var answer = await asking;
        var next = client.SnapshotAsync(Ib.Option, CancellationToken.None);

        answer.Error!.Code.ShouldBe(IbkrErrorCodes.Timeout);
        answer.Quote.Bid.ShouldBe(5.1);
        (await cancelled.Task)[..2].ShouldBe(["2", "2"]);
        (await next).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Snapshot_Cancelled_TellsTheGatewayAndFreesTheLine()
    {
        using var impatience = new CancellationTokenSource();
        var messages = new List<string>();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            messages.Add(string.Join(' ', await session.ReadAsync()));
            await impatience.CancelAsync();
            messages.Add(string.Join(' ', await session.ReadAsync()));
            await session.SendAsync($"57␀1␀{(await session.ReadAsync())[2]}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { Lines = 1 });

        await Should.ThrowAsync<OperationCanceledException>(() => client.SnapshotAsync(Ib.Option, impatience.Token));
        var next = await client.SnapshotAsync(Ib.Option, CancellationToken.None);

        next.Error.ShouldBeNull();
        messages[1].ShouldBe($"2 2 {messages[0].Split(' ')[2]}");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-5)]
    [InlineData(1e9)]
    public async Task Snapshot_AbsurdStrike_IsAReasonAndNothingIsSent(double strike)
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);
        var contract = Ib.Option with { Strike = strike };

        var answer = await client.SnapshotAsync(contract, CancellationToken.None);
        var looked = await client.QualifyAsync(contract, CancellationToken.None);

        answer.Error!.Code.ShouldBe(IbkrErrorCodes.BadRequest);
        looked.Outcome.ShouldBe(QualificationOutcome.Failed);
        looked.Error!.Message.ShouldContain("strike");
    }

    internal static async Task WhenAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Yield();
        }
    }

    private static async Task<QuoteAnswer> SnapshotAsync(params string[] dumps)
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var id = (await session.ReadAsync())[2];
            await session.SendAsync([.. dumps.Select(d => string.Format(d, id))]);
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);
        return await client.SnapshotAsync(Ib.Option, CancellationToken.None);
    }
}
