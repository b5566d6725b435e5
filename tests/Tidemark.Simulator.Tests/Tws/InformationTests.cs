namespace Tidemark.Simulator.Tests.Tws;

/// <summary>Questions of other people's clients that have nothing to do with options: each has its end.</summary>
public sealed class InformationTests
{
    public static TheoryData<string, string> Answers =>
        new()
        {
            {
                "24␀1␀",
                "19␀1␀<?xml version=\"1.0\" encoding=\"UTF-8\"?><ScanParameterResponse></ScanParameterResponse>␀"
            },
            { "22␀9␀10␀STK␀STK.US.MAJOR␀TOP_PERC_GAIN␀", "20␀3␀9␀0␀" },
            { "67␀1␀9␀", "67␀1␀9␀1|2|3|4|5|6|7␀" },
            { "68␀1␀9␀1␀", "68␀1␀9␀none␀" },
            { "79␀9␀", "77␀9␀0␀" },
            { "80␀", "78␀1␀DU1234567␀␀" },
            { "82␀", "80␀0␀" },
            { "85␀", "85␀0␀" },
            { "86␀9␀265598␀BRFG␀␀␀10␀␀", "87␀9␀0␀" },
            { "92␀9␀DU1234567␀␀", "94␀9␀0.0␀0.0␀0.0␀" },
            { "94␀9␀DU1234567␀␀265598␀", "95␀9␀0␀0.0␀0.0␀0.0␀0.0␀" },
            { "104␀9␀", "107␀9␀␀" },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Question_OfWhatIsNotSimulated_HasItsEnd(string request, string answer)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(request);

        (await client.ReadAsync()).ShouldBe(answer);
    }

    /// <summary>What asks for nothing, or ends what was never begun.</summary>
    [Fact]
    public async Task Messages_ThatHaveNoAnswer_GetNone()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();

        await client.SendAsync(
            "12␀1␀1␀",
            "13␀1␀",
            "23␀1␀9␀",
            "51␀1␀9␀",
            "53␀1␀9␀",
            "56␀1␀9␀",
            "57␀1␀9␀",
            "69␀1␀9␀none␀",
            "70␀1␀9␀",
            "89␀9␀",
            "93␀9␀",
            "95␀9␀",
            "98␀9␀",
            "101␀9␀",
            "103␀9␀"
        );

        (await client.ReadAllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task RealTimeBars_WhileTheyAreOpen_ComeEveryFiveSeconds()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        gateway.Advance(2);

        await client.SendAsync("50␀3␀9␀" + Ask.Stock + "5␀TRADES␀1␀␀", "50␀3␀10␀" + Ask.Stock + "5␀MIDPOINT␀1␀␀");
        (await client.ReadAllAsync()).ShouldBeEmpty();
        gateway.Advance(3);
        var bars = await client.ReadAllAsync();
        await client.SendAsync("51␀1␀10␀");
        await client.ReadAllAsync();
        gateway.Advance(5);

        bars.ShouldBe([
            "50␀3␀9␀1763658000␀100.0␀102.0␀99.0␀101.0␀1000␀100.5␀10␀",
            "50␀3␀10␀1763658000␀100.0␀102.0␀99.0␀101.0␀-1␀-1␀-1␀",
        ]);
        (await client.ReadAllAsync()).ShouldHaveSingleItem().ShouldStartWith("50␀3␀9␀1763658005␀");
    }

    /// <summary>An id that is cancelled and used again belongs to the second request alone.</summary>
    [Fact]
    public async Task KeptBars_CancelledAndAskedAgainUnderTheirId_AreToldOnce()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(
            Ask.Bars(9, keeps: true),
            "25␀1␀9␀",
            Ask.Bars(9, Ask.Call, keeps: true),
            "50␀3␀10␀" + Ask.Stock + "5␀TRADES␀1␀␀",
            "51␀1␀10␀",
            "50␀3␀10␀" + Ask.Stock + "5␀TRADES␀1␀␀"
        );
        await client.ReadAllAsync();

        gateway.Advance(5);

        var frames = await client.ReadAllAsync();
        frames.Count(frame => frame.StartsWith("90␀9␀")).ShouldBe(1);
        frames.Count(frame => frame.StartsWith("50␀3␀10␀")).ShouldBe(1);
    }
}
