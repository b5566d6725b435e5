using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>Snapshots and streams: what comes, when, and how it ends.</summary>
public sealed class MarketDataTests
{
    [Fact]
    public async Task Snapshot_NobodyQuotes_TakesElevenSeconds()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3, Ask.Unquoted));
        var first = await client.ReadAllAsync();
        gateway.Advance(10.999);
        (await client.ReadAllAsync()).ShouldBeEmpty();
        gateway.Statistics.Lines.ShouldBe(1);

        gateway.Advance(0.001);

        first.ShouldContain("1␀6␀3␀9␀0.05␀0␀0␀");
        (await client.ReadAllAsync()).ShouldBe([
            "1␀6␀3␀1␀-1.0␀0␀1␀",
            "1␀6␀3␀2␀-1.0␀0␀1␀",
            "21␀3␀10␀0␀-1␀-2␀-1␀-1␀-2␀-2␀-2␀-1␀",
            "21␀3␀11␀0␀-1␀-2␀-1␀-1␀-2␀-2␀-2␀-1␀",
            "57␀1␀3␀",
        ]);
        gateway.Statistics.Lines.ShouldBe(0);
    }

    [Fact]
    public async Task Snapshot_ThatBecomesComplete_EndsThenAndTellsEachTickOnce()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Market.Change(SmallMarket.AppleCall, quote => quote with { Bid = double.NaN, BidSize = 0 });
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3));
        var frames = await client.ReadAllAsync();
        gateway.Advance(1);
        (await client.ReadAllAsync()).ShouldBeEmpty();
        gateway.Market.Set(SmallMarket.AppleCall, SmallMarket.CallQuote with { Ask = 5.3 });

        gateway.Advance(0.1);

        (await client.ReadAllAsync()).ShouldBe([
            "1␀6␀3␀1␀5.1␀12␀1␀",
            "21␀3␀10␀0␀0.2451␀0.521␀5.099999904632568␀0.0␀0.021␀0.205␀-0.1105␀201.35␀",
            "57␀1␀3␀",
        ]);
        frames.ShouldContain("1␀6␀3␀2␀5.2␀9␀1␀");
        gateway.Advance(20);
        (await client.ReadAllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Snapshot_OfAStock_AwaitsAndTellsItsOpening()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Snapshot(3, Ask.Stock));

        var frames = await client.ReadAllAsync();
        frames.ShouldContain("1␀6␀3␀14␀199.5␀0␀0␀");
        frames.ShouldContain("81␀3␀0.01␀9c0001␀3␀");
        frames[^1].ShouldBe("57␀1␀3␀");
        frames.ShouldNotContain(frame => frame.StartsWith("21␀"));
    }

    [Fact]
    public async Task Stream_OfAnOption_TellsChangesEveryTenthOfASecond()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(3));
        await client.ReadAllAsync();
        gateway.Advance(0.5);
        (await client.ReadAllAsync()).ShouldBeEmpty();
        gateway.Market.Change(SmallMarket.AppleCall, q => q with { Bid = 5.05, BidSize = 4, AskSize = 7 });
        gateway.Advance(0.099);
        (await client.ReadAllAsync()).ShouldBeEmpty();

        gateway.Advance(0.001);

        (await client.ReadAllAsync()).ShouldBe(
            ["1␀6␀3␀1␀5.05␀4␀1␀", "2␀6␀3␀0␀4␀", "2␀6␀3␀3␀7␀"],
            "a size alone where the price stays"
        );
        await client.SendAsync(Ask.Cancel(3));
        gateway.Market.Change(SmallMarket.AppleCall, q => q with { Bid = 5.06 });
        (await client.ReadAllAsync()).ShouldBeEmpty();
        gateway.Advance(1);
        (await client.ReadAllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_OfAStock_TellsChangesEveryQuarterOfASecond()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(3, Ask.Stock));
        await client.ReadAllAsync();
        gateway.Market.Change(SmallMarket.Apple, q => q with { Volume = 41_000_100 });
        gateway.Advance(0.2);
        (await client.ReadAllAsync()).ShouldBeEmpty();

        gateway.Advance(0.05);

        (await client.ReadAllAsync()).ShouldBe(["2␀6␀3␀8␀41000100␀"]);
    }

    [Theory]
    [InlineData(Ask.Call, "8421␀", "0␀", "1543␀")]
    [InlineData(Ask.Put, "0␀", "8421␀", "0␀")]
    public async Task Stream_WithOpenInterest_TellsBothSidesLater(
        string contract,
        string calls,
        string puts,
        string volumeOfCalls
    )
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(3, contract, "100,101"));
        var frames = await client.ReadAllAsync();
        frames.ShouldContain("2␀6␀3␀29␀" + volumeOfCalls);
        frames.ShouldNotContain(frame => frame.StartsWith("2␀6␀3␀27␀"));

        gateway.Advance(1);

        (await client.ReadAllAsync()).ShouldBe(["2␀6␀3␀27␀" + calls, "2␀6␀3␀28␀" + puts]);
    }

    [Fact]
    public async Task Stream_WithoutDefaultTicks_TellsWhatWasAskedForAlone()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Stream(3, generic: "mdoff,100"));

        (await client.ReadAllAsync()).Skip(2).ShouldBe(["2␀6␀3␀29␀1543␀", "2␀6␀3␀30␀0␀"]);
    }

    [Fact]
    public async Task GenericTicks_OfAStock_AreToldUnderTheirNumbers()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Stream(3, Ask.Stock, "mdoff,236,293,294,295,318,375,411,456"));

        var trade = "201.35;100;1763672130000;41000000;200.78333333;true";
        (await client.ReadAllAsync())
            .Skip(2)
            .ShouldBe(
                [
                    $"46␀6␀3␀77␀{trade}␀",
                    "1␀6␀3␀57␀201.35␀0␀0␀",
                    "45␀6␀3␀54␀10.0␀",
                    "45␀6␀3␀55␀0.06666666666666667␀",
                    "45␀6␀3␀56␀6.666666666666667␀",
                    "45␀6␀3␀46␀3.0␀",
                    "45␀6␀3␀58␀105.0␀",
                    "46␀6␀3␀59␀,,,␀",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Delayed_WhenAllowed_ComesLateUnderItsOwnNumbers()
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Profile = EntitlementProfile.Delayed,
            }
        );
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.DataType(3), Ask.Snapshot(4));

        (await client.ReadAllAsync())
            .Select(frame => string.Join(' ', frame.Split('␀').Take(4)))
            .ShouldBe([
                "58 1 4 3",
                "81 4 0.01 c70003",
                "4 2 4 10167",
                "1 6 4 66",
                "1 6 4 67",
                "1 6 4 68",
                "46 6 4 88",
                "45 6 4 90",
                "2 6 4 74",
                "1 6 4 72",
                "1 6 4 73",
                "1 6 4 75",
                "21 4 80 0",
                "21 4 81 0",
                "21 4 82 0",
                "21 4 83 0",
                "57 1 4 ",
            ]);
        gateway.Market.Asked.ShouldBe([gateway.Clock.UtcNow.AddMinutes(-15)]);
    }

    [Fact]
    public async Task Delayed_WithoutTimes_LeavesOutWhatSomeClientsCannotName()
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Profile = EntitlementProfile.Delayed,
                SendsDelayedTimes = false,
            }
        );
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.DataType(3), Ask.Stream(4));

        var frames = await client.ReadAllAsync();
        frames.ShouldNotContain(frame => frame.StartsWith("46␀") || frame.StartsWith("45␀"));
        frames.Count.ShouldBe(14);
    }

    [Theory]
    [InlineData(1, 10090)]
    [InlineData(3, 10091)]
    public async Task Partial_OptionWithoutItsUnderlying_HasQuotesButNoGreeks(int type, int notice)
    {
        await using var gateway = await TestGateway.StartAsync(options =>
            options with
            {
                Profile = EntitlementProfile.Partial,
            }
        );
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.DataType(type), Ask.Snapshot(4));

        var frames = await client.ReadAllAsync();

        frames[2].ShouldStartWith($"4␀2␀4␀{notice}␀Part of requested market data");
        frames.ShouldContain("1␀6␀4␀1␀5.1␀12␀1␀");
        frames.ShouldNotContain(frame => frame.StartsWith("21␀"));
        gateway.Advance(11);
        (await client.ReadAllAsync()).ShouldBe(["57␀1␀4␀"]);
    }

    [Fact]
    public async Task AfterTheClose_SidesAreGoneUnlessFrozenDataIsAllowed()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Advance(5 * 3600);
        gateway.Market.State = TradingState.Closed;
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3), Ask.DataType(2), Ask.Snapshot(4));

        var frames = await client.ReadAllAsync();
        gateway.Advance(11);
        frames.AddRange(await client.ReadAllAsync());

        frames.ShouldContain("58␀1␀3␀1␀");
        frames.ShouldContain("1␀6␀3␀1␀-1.0␀0␀1␀");
        frames.ShouldContain("1␀6␀3␀9␀5.0␀0␀0␀");
        frames[^1].ShouldBe("57␀1␀3␀");
        frames.ShouldContain("58␀1␀4␀2␀");
        frames.ShouldContain("1␀6␀4␀1␀5.1␀12␀1␀");
        frames.ShouldContain("57␀1␀4␀");
    }

    [Fact]
    public async Task BeforeTheOpening_ThereIsTheCloseAndThenSilenceUntilTheBell()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Clock.UtcNow = new DateTimeOffset(2025, 11, 21, 14, 29, 0, TimeSpan.Zero);
        gateway.Market.State = TradingState.Closed;
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(3));

        (await client.ReadAllAsync()).ShouldBe(["58␀1␀3␀1␀", "81␀3␀0.01␀c70003␀3␀", "1␀6␀3␀9␀5.0␀0␀0␀"]);
        gateway.Advance(59);
        (await client.ReadAllAsync()).ShouldBeEmpty();

        gateway.Market.State = TradingState.Open;
        gateway.Advance(1);

        (await client.ReadAllAsync()).ShouldContain("1␀6␀3␀1␀5.1␀12␀1␀");
    }

    [Fact]
    public async Task Stream_OverTheClose_SaysThatDataAreFrozen()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.DataType(4), Ask.Stream(3));
        (await client.ReadAllAsync())[0].ShouldBe("58␀1␀3␀1␀");

        gateway.Advance(5 * 3600);
        gateway.Market.State = TradingState.Closed;
        gateway.Advance(1);

        var frames = await client.ReadAllAsync();
        frames[0].ShouldBe("58␀1␀3␀2␀");
        frames.ShouldContain("1␀6␀3␀1␀5.1␀12␀1␀");
    }

    [Fact]
    public async Task Halt_IsTold()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(3));
        (await client.ReadAllAsync()).ShouldContain("45␀6␀3␀49␀0.0␀");

        gateway.Market.State = TradingState.Halted;
        gateway.Advance(1);

        (await client.ReadAllAsync()).ShouldContain("45␀6␀3␀49␀1.0␀");
    }
}
