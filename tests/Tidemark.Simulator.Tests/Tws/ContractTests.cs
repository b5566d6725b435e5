namespace Tidemark.Simulator.Tests.Tws;

/// <summary>Contract details, chains, searches, and bars.</summary>
public sealed class ContractTests
{
    [Theory]
    [InlineData("C")]
    [InlineData("call")]
    [InlineData("CALL")]
    public async Task Details_OfOneOption_FindItHoweverItIsNamed(string right)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(
            Ask.Details(1, Ask.Option(right: right)),
            Ask.Details(2, "727230001␀␀␀␀␀␀␀␀␀␀␀␀"),
            Ask.Details(3, "0␀␀OPT␀␀0.0␀␀␀SMART␀␀␀AAPL  251219C00200000␀␀")
        );

        var frames = await client.ReadAllAsync();

        frames.Count.ShouldBe(6);
        frames.Count(frame => frame.Contains("␀727230001␀")).ShouldBe(3);
        frames[5].ShouldBe("52␀1␀3␀");
    }

    [Fact]
    public async Task Details_WithoutExchange_HaveARowForEach()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Details(1, Ask.Underlying("AAPL", exchange: "")));

        var frames = await client.ReadAllAsync();
        frames.SkipLast(1).Select(frame => frame.Split('␀')[7]).ShouldBe(["SMART", "NASDAQ", "NYSE"]);
    }

    [Theory]
    [InlineData("ISLAND", 2)]
    [InlineData("NYSE", 2)]
    [InlineData("LSE", 1)]
    public async Task Details_AtOneExchange_AreThereOrNot(string exchange, int frames)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Details(1, Ask.Underlying("AAPL", exchange: exchange)));

        (await client.ReadAllAsync()).Count.ShouldBe(frames);
    }

    [Fact]
    public async Task Details_OfAPartialOption_AreTheWholeChain()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(
            Ask.Details(1, Ask.Option(date: "202512", strike: "0.0", right: "")),
            Ask.Details(2, Ask.Option("SPX", strike: "6600", tradingClass: "SPXW"))
        );

        var frames = await client.ReadAllAsync();
        frames.Count(frame => frame.StartsWith("10␀1␀")).ShouldBe(3);
        frames.Count(frame => frame.StartsWith("10␀2␀")).ShouldBe(1);
    }

    [Fact]
    public async Task Details_OfAnExpiredOption_AreUnknown()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Clock.UtcNow = new DateTimeOffset(2025, 12, 20, 17, 0, 0, TimeSpan.Zero);
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Details(1, Ask.Option()));

        (await client.ReadAllAsync()).ShouldHaveSingleItem().ShouldStartWith("4␀2␀1␀200␀");
    }

    [Fact]
    public async Task Details_OverAWeekend_SayThatItIsClosed()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Clock.UtcNow = new DateTimeOffset(2025, 11, 21, 17, 0, 0, TimeSpan.Zero);
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Details(1, Ask.Call));

        (await client.ReadAllAsync())[0].ShouldContain("␀20251121:0930-20251121:1600;20251122:CLOSED␀");
    }

    [Fact]
    public async Task Chain_OfTwoClasses_HasSmartFirstAndARowForEachClass()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Chain(1, "SPX", SmallMarket.Index, "IND"));

        (await client.ReadAllAsync())
            .Select(frame => string.Join(' ', frame.Split('␀')[2..]).Split("20251219")[0].Trim())
            .ShouldBe([
                "SMART 416904 SPX 100 2",
                "SMART 416904 SPXW 100 2",
                "CBOE 416904 SPX 100 2",
                "CBOE 416904 SPXW 100 2",
                "",
            ]);
    }

    [Theory]
    [InlineData("AAPL", 99)]
    [InlineData("MSFT", SmallMarket.Apple)]
    public async Task Chain_OfAnUnknownUnderlying_IsJustTheEnd(string symbol, int conId)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Chain(1, symbol, conId));

        (await client.ReadAllAsync()).ShouldBe(["76␀1␀"]);
    }

    [Fact]
    public async Task Search_MoreThanOnceASecond_Waits()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync("81␀1␀AA␀", "81␀2␀SP␀");
        (await client.ReadAllAsync()).ShouldBe(["79␀1␀1␀265598␀AAPL␀STK␀NASDAQ␀USD␀1␀OPT␀APPLE INC␀␀"]);

        gateway.Advance(1);

        (await client.ReadAllAsync()).ShouldBe(["79␀2␀1␀416904␀SPX␀IND␀CBOE␀USD␀1␀OPT␀S&P 500 Stock Index␀␀"]);
    }

    [Theory]
    [InlineData("1 hour", "1 D", 3, "20251120 09:30:00 US/Eastern")]
    [InlineData("1 hour", "2 D", 10, "20251119 09:30:00 US/Eastern")]
    [InlineData("30 mins", "3600 S", 2, "20251120 11:00:00 US/Eastern")]
    [InlineData("1 day", "5 D", 5, "20251114")]
    [InlineData("1 day", "1 W", 5, "20251114")]
    [InlineData("1 week", "1 M", 5, "20251021")]
    [InlineData("1 month", "1 Y", 13, "20241121")]
    public async Task Bars_OfASpan_BeginWhereItDoes(string size, string duration, int bars, string first)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Bars(1, size: size, duration: duration));

        var fields = (await client.ReadAllAsync()).ShouldHaveSingleItem().Split('␀');
        fields[4].ShouldBe(bars.ToString());
        fields[5].ShouldBe(first);
        fields.Length.ShouldBe(5 + (bars * 8) + 1);
    }

    [Theory]
    [InlineData("20251119-21:00:00", 7)]
    [InlineData("20251119 16:00:00 America/New_York", 7)]
    [InlineData("20251119 12:00:00 US/Eastern", 3)]
    public async Task Bars_UpToAnEnd_StopThere(string end, int bars)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(Ask.Bars(1, end: end));

        (await client.ReadAllAsync())[0].Split('␀')[4].ShouldBe(bars.ToString());
    }

    [Fact]
    public async Task Bars_KeptUpToDate_AreToldEveryFiveSecondsUntilTheyAreCancelled()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Bars(1, size: "5 mins", keeps: true));
        await client.ReadAllAsync();
        gateway.Advance(10);

        var frames = await client.ReadAllAsync();

        frames.Count.ShouldBe(2);
        frames[0].ShouldStartWith("90␀1␀10␀20251120 12:00:00 US/Eastern␀");
        await client.SendAsync("25␀1␀1␀", "25␀1␀1␀");
        frames = await client.ReadAllAsync();
        frames[0]
            .ShouldContain("␀162␀Historical Market Data Service error message:API historical data query cancelled: 1␀");
        frames[1].ShouldContain("␀366␀");
        gateway.Advance(30);
        (await client.ReadAllAsync()).ShouldBeEmpty();
    }
}
