using Tidemark.Simulator.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>The budgets: what is delayed, what is refused, and what is counted.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task Messages_AboveTheRate_WaitForTheirSecond()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync([.. Enumerable.Repeat("49␀1␀", 120)]);
        for (var i = 0; i < 50; i++)
        {
            (await client.ReadAsync()).ShouldBe("49␀1␀1763658000␀");
        }

        await WaitingAsync(gateway);
        gateway.Advance(1);
        for (var i = 0; i < 50; i++)
        {
            (await client.ReadAsync()).ShouldBe("49␀1␀1763658001␀");
        }

        await WaitingAsync(gateway);
        gateway.Advance(1);
        (await client.ReadAsync()).ShouldBe("49␀1␀1763658002␀");
        gateway.Statistics.PeakMessagesPerSecond.ShouldBeGreaterThan(50, "they all came at once");
        gateway.Statistics.Errors.Keys.ShouldNotContain(100);
    }

    [Fact]
    public async Task Messages_WithinTheRate_AreCountedAsTheyCome()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        gateway.Advance(2);
        for (var second = 0; second < 3; second++)
        {
            for (var i = 0; i < 45; i++)
            {
                await client.SendAsync("49␀1␀");
                await client.ReadAsync();
            }

            gateway.Advance(1);
        }

        gateway.Statistics.PeakMessagesPerSecond.ShouldBe(45);
        gateway.Statistics.MessagesReceived.ShouldBe(136);
    }

    [Fact]
    public async Task Messages_AboveTheRate_WhenRejected_AreCutAtTheThird()
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Limits = new TwsLimits { RejectsExcessMessages = true },
            }
        );
        var client = await gateway.ClientAsync();
        // No more than bring the third: what is sent behind the cut may fail.
        await client.SendAsync([.. Enumerable.Range(1, 53).Select(Ask.Cancel)]);

        var frames = await client.ReadUntilAsync("4␀2␀53␀100␀");

        frames.Count.ShouldBe(53);
        frames[50].ShouldBe("4␀2␀51␀100␀Max rate of messages per second has been exceeded:max=50 rec=51 (1)␀␀");
        frames[52].ShouldContain("(3)");
        (await client.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_NearTheRate_WarnThoseWhoAskedToBePaced()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync(greeting: "v100..176 +PACEAPI");
        await client.SendAsync([.. Enumerable.Repeat("49␀1␀", 50)]);

        var frames = await client.ReadUntilAsync("4␀2␀-1␀0␀");

        frames[^1].ShouldBe("4␀2␀-1␀0␀Warning: Approaching max rate of 50 messages per second (44)␀␀");
        gateway.Statistics.Errors[0].ShouldBe(1);
    }

    [Fact]
    public async Task Lines_OfAllClients_AreAHundred()
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Limits = new TwsLimits { MessagesPerSecond = null },
            }
        );
        var one = await gateway.ClientAsync(1);
        var two = await gateway.ClientAsync(2);
        await one.SendAsync([.. Enumerable.Range(1, 60).Select(id => Ask.Stream(id))]);
        await one.ReadAllAsync();
        await two.SendAsync([.. Enumerable.Range(1, 40).Select(id => Ask.Stream(id, Ask.Put))]);
        await two.ReadAllAsync();

        await two.SendAsync(Ask.Snapshot(99));

        (await two.ReadAllAsync()).ShouldBe(["4␀2␀99␀101␀Max number of tickers has been reached␀␀"]);
        await one.SendAsync(Ask.Cancel(60));
        await one.ReadAllAsync();
        await two.SendAsync(Ask.Snapshot(99));
        (await two.ReadAllAsync())[^1].ShouldBe("57␀1␀99␀");
        gateway.Statistics.PeakLines.ShouldBe(100);
        gateway.Statistics.Lines.ShouldBe(99);
    }

    [Fact]
    public async Task Snapshots_MoreThanAHundredInASecond_AreRefusedUntilItIsOver()
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Limits = new TwsLimits { MessagesPerSecond = null },
            }
        );
        var client = await gateway.ClientAsync();
        await client.SendAsync([.. Enumerable.Range(1, 101).Select(id => Ask.Snapshot(id))]);

        (await client.ReadAllAsync())[^1]
            .ShouldBe(
                "4␀2␀101␀321␀Error validating request.-'bQ' : cause - Snapshot requests limitation exceeded:100 per 1 second(s)␀␀"
            );
        gateway.Advance(1);
        await client.SendAsync(Ask.Snapshot(102));
        (await client.ReadAllAsync())[^1].ShouldBe("57␀1␀102␀");
        gateway.Statistics.Snapshots.ShouldBe(101);
    }

    [Fact]
    public async Task TenThousandRequests_AtOnce_AreAllAnswered()
    {
        const int requests = 10_000;
        await using var gateway = await TestGateway.StartAsync(options => options with { Limits = TwsLimits.None });
        var client = await gateway.ClientAsync();
        var sending = client.SendAsync([.. Enumerable.Range(1, requests).Select(id => Ask.Details(id, Ask.Option()))]);

        for (var id = 1; id <= requests; id++)
        {
            (await client.ReadAsync()).ShouldStartWith($"10␀{id}␀AAPL␀OPT␀");
            (await client.ReadAsync()).ShouldBe($"52␀1␀{id}␀");
        }

        await sending;
        gateway.Statistics.Requests["reqContractDetails"].ShouldBe(requests);
    }

    [Fact]
    public async Task TenThousandRequests_WithinTheRate_AreHeldBackAndNotForgotten()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync([.. Enumerable.Range(1, 10_000).Select(id => Ask.Snapshot(id))]);
        for (var second = 0; second < 5; second++)
        {
            for (var i = 0; i < 50; i++)
            {
                await client.ReadUntilAsync("57␀1␀");
            }

            await WaitingAsync(gateway);
            gateway.Advance(1);
        }

        gateway.Statistics.Requests["reqMktData"].ShouldBeInRange(250, 300);
        gateway.Statistics.PeakLines.ShouldBe(1);
    }

    [Fact]
    public async Task History_SmallBars_ArePaced()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        var refusal = "162␀Historical Market Data Service error message:Historical data request pacing violation␀␀";
        await client.SendAsync(Bars(1, 60), Bars(2, 60));
        (await client.ReadAllAsync())[^1].ShouldBe("4␀2␀2␀" + refusal, "the same question within 15 seconds");
        gateway.Advance(15);
        await client.SendAsync(Bars(3, 60), Bars(4, 120), Bars(5, 180), Bars(6, 240), Bars(7, 300), Bars(8, 360));
        var frames = await client.ReadAllAsync();
        frames.Count(frame => frame.StartsWith("17␀")).ShouldBe(5);
        frames[^1].ShouldBe("4␀2␀8␀" + refusal, "the sixth within 2 seconds");

        gateway.Advance(2);
        await client.SendAsync(Bars(9, 420, "BID_ASK"), Bars(10, 480, "BID_ASK"), Bars(11, 540, "BID_ASK"));

        frames = await client.ReadAllAsync();
        frames.Count(frame => frame.StartsWith("17␀")).ShouldBe(2, "bid and ask count twice");
        frames[^1].ShouldBe("4␀2␀11␀" + refusal);

        static string Bars(int id, int seconds, string show = "TRADES") =>
            Ask.Bars(id, size: "30 secs", duration: $"{seconds} S", show: show);
    }

    [Fact]
    public async Task History_SixtySmallBarsInTenMinutes_IsTheMost()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        var answered = 0;
        for (var i = 1; i <= 61; i++)
        {
            await client.SendAsync(Ask.Bars(i, size: "1 secs", duration: $"{i} S"));
            answered += (await client.ReadAllAsync()).Count(frame => frame.StartsWith("17␀"));
            gateway.Advance(2);
        }

        answered.ShouldBe(60);
    }

    /// <summary>Until the gateway is holding a message back.</summary>
    private static Task WaitingAsync(TestGateway gateway) =>
        gateway.Clock.WhenPendingAsync(
            timer => timer.Remaining > TimeSpan.Zero && timer.Remaining <= TimeSpan.FromSeconds(1),
            TestContext.Current.CancellationToken
        );
}
