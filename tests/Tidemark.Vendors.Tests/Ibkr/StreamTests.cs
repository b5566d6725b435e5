using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Requests;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

/// <summary>Streams, and samples of them, against a scripted gateway.</summary>
public sealed class StreamTests
{
    private static readonly IbkrContract s_put = Ib.Option with { Right = OptionRight.Put };

    /// <summary>Named by its number alone a contract has no right that we know: a 0 may be the other side's.</summary>
    [Theory]
    [InlineData(0, 8421, 8421)]
    [InlineData(8421, 0, 8421)]
    [InlineData(0, 0, 0)]
    public async Task Sample_OpenInterestOfAnUnknownRight_WaitsForBothSides(int calls, int puts, int expected)
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var id = (await session.ReadAsync())[2];
            await session.SendAsync($"2␀6␀{id}␀29␀{calls}␀", $"2␀6␀{id}␀30␀{puts}␀");
            await session.SendAsync($"2␀6␀{id}␀27␀{calls}␀", $"2␀6␀{id}␀28␀{puts}␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);
        var contract = new IbkrContract { ConId = 727230001, Exchange = "SMART" };

        var answers = await client
            .SamplesAsync(
                [contract],
                QuoteFields.OpenInterest | QuoteFields.Volume,
                TimeSpan.FromMinutes(1),
                CancellationToken.None
            )
            .ListAsync();

        var quote = answers.Single().Quote;
        (quote.OpenInterest, quote.Volume).ShouldBe((expected, expected));
    }

    [Theory]
    [InlineData(OptionRight.None, 0, double.NaN, 8421, 8421)]
    [InlineData(OptionRight.None, 8421, 8421, 0, 8421)]
    [InlineData(OptionRight.None, 0, double.NaN, 0, 0)]
    [InlineData(OptionRight.Call, 8421, 8421, 0, 8421)]
    [InlineData(OptionRight.Put, 0, double.NaN, 8421, 8421)]
    public void TwoSides_OfARight_AreKnownOnceItsOwnHasCome(
        OptionRight right,
        double calls,
        double afterCalls,
        double puts,
        double afterPuts
    )
    {
        var sides = new TwoSides();

        sides.Of(right, isCallSide: true, calls).ShouldBe(afterCalls);
        sides.Of(right, isCallSide: false, puts).ShouldBe(afterPuts);
    }

    /// <summary>A stream of weeks is refused now and then; what was long ago does not count.</summary>
    [Fact]
    public async Task Stream_RefusedManyTimesButNeverForLong_GoesOn()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            for (var i = 1; ; i++)
            {
                var id = (await session.ReadAsync())[2];
                await session.SendAsync($"1␀6␀{id}␀1␀{i}␀12␀0␀");
                await session.SendAsync($"4␀2␀{id}␀101␀Max number of tickers has been reached␀␀");
            }
        });
        await using var client = await Ib.ConnectAsync(peer);

        await foreach (var answer in client.StreamAsync(Ib.Option, "", CancellationToken.None))
        {
            answer.Error.ShouldBeNull();
            if (answer.Quote.Bid >= 20)
            {
                break;
            }
        }

        client.Statistics.LineErrors.ShouldBeGreaterThanOrEqualTo(19);
    }

    [Fact]
    public async Task Stream_Refused_EndsWithTheReason()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var id = (await session.ReadAsync())[2];
            await session.SendAsync(
                $"4␀2␀{id}␀321␀Error validating request.-'bQ' : cause - Incorrect generic tick list of 999.␀␀"
            );
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port) with { Lines = 1 });

        var answers = await client.StreamAsync(Ib.Option, "999", CancellationToken.None).ListAsync();

        answers.Single().Error!.GatewayCode.ShouldBe(321);
    }

    [Theory]
    [InlineData(true, "2␀6␀{0}␀27␀8421␀", "2␀6␀{0}␀28␀0␀", 8421)]
    [InlineData(true, "2␀6␀{0}␀28␀0␀", "2␀6␀{0}␀27␀0␀", 0)]
    [InlineData(false, "2␀6␀{0}␀27␀0␀", "2␀6␀{0}␀28␀77␀", 77)]
    public async Task Samples_OpenInterest_IsThatOfTheOwnRightAndEndsTheStream(
        bool isCall,
        string first,
        string second,
        double expected
    )
    {
        var messages = new List<string[]>();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            messages.Add(await session.ReadAsync());
            var id = messages[0][2];
            await session.SendAsync(string.Format(first, id), string.Format(second, id));
            messages.Add(await session.ReadAsync());
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var answers = await client
            .SamplesAsync(
                [isCall ? Ib.Option : s_put],
                QuoteFields.OpenInterest,
                TimeSpan.FromSeconds(30),
                CancellationToken.None
            )
            .ListAsync();
        await QuoteTests.WhenAsync(() => messages.Count == 2);

        (answers.Single().Error, answers.Single().Quote.OpenInterest).ShouldBe((null, expected));
        messages[0][^5..].ShouldBe(["0", "100,101", "0", "0", ""]);
        messages[1].ShouldBe(["2", "2", messages[0][2]]);
    }

    [Fact]
    public async Task Samples_NotAllInTime_AreWhatCame()
    {
        var clock = new ManualClock();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            var id = (await session.ReadAsync())[2];
            await session.SendAsync($"1␀6␀{id}␀1␀5.1␀12␀0␀");
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Ib.Fast(peer.Port), clock);

        var asking = client
            .SamplesAsync([Ib.Option], QuoteFields.OpenInterest, TimeSpan.FromSeconds(7), CancellationToken.None)
            .ListAsync();
        await clock.WhenPendingAsync(t => t.SetTo == TimeSpan.FromSeconds(7), CancellationToken.None);
        await QuoteTests.WhenAsync(() => client.Statistics.Received >= 3);
        clock.Advance(TimeSpan.FromSeconds(7));
        var answer = (await asking).Single();

        (answer.Error, answer.Quote.Fields).ShouldBe((null, QuoteFields.Bid));
    }

    [Fact]
    public async Task Stream_Changes_AreStatesUntilTheReaderLeaves()
    {
        var messages = new List<string[]>();
        var more = new TaskCompletionSource();
        await using var peer = new GatewayPeer(async session =>
        {
            await session.StartAsync();
            messages.Add(await session.ReadAsync());
            var id = messages[0][2];
            await session.SendAsync($"1␀6␀{id}␀1␀5.1␀12␀0␀");
            await more.Task;
            await session.SendAsync($"2␀6␀{id}␀0␀14␀");
            messages.Add(await session.ReadAsync());
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(peer);

        var states = new List<(double, double)>();
        await foreach (var answer in client.StreamAsync(Ib.Option, "100,101", CancellationToken.None))
        {
            states.Add((answer.Quote.Bid, answer.Quote.BidSize));
            if (states.Count == 2)
            {
                break;
            }

            more.SetResult();
        }

        await QuoteTests.WhenAsync(() => messages.Count == 2);
        states.ShouldBe([(5.1, 12), (5.1, 14)]);
        messages[1][0].ShouldBe("2");
    }
}
