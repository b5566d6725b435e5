using System.Text;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>What goes wrong on purpose, by a file of rules.</summary>
public sealed class TwsFaultTests
{
    [Fact]
    public async Task Drop_OfAnAnswer_EndsInTheMiddleOfAFrame()
    {
        await using var gateway = await FaultyAsync("reqMktData", "drop");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3));

        var bytes = await client.ReadToEndAsync();

        Encoding.ASCII.GetString(bytes).ShouldContain("58\u00001\u00003\u0000");
        WholeFrames(bytes).ShouldBeFalse();
    }

    [Fact]
    public async Task HangUp_InsteadOfAnAnswer_FreesTheClientId()
    {
        await using var gateway = await FaultyAsync("reqCurrentTime", "hang_up", "{nth: 1}");
        var client = await gateway.ClientAsync();
        await client.SendAsync("49␀1␀");
        (await client.ReadToEndAsync()).ShouldBeEmpty();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (gateway.Statistics.Clients > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var again = await gateway.ClientAsync();
        (await again.ReadAllAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("split")]
    [InlineData("merge")]
    public async Task Segments_SplitOrMerged_CarryTheSameFrames(string fault)
    {
        await using var whole = await TestGateway.StartAsync();
        await using var gateway = await FaultyAsync("reqMktData", fault);
        var expected = await whole.ClientAsync();
        var client = await gateway.ClientAsync();
        await expected.SendAsync(Ask.Snapshot(3));
        await client.SendAsync(Ask.Snapshot(3));

        (await client.ReadAllAsync()).ShouldBe(await expected.ReadAllAsync());
    }

    [Fact]
    public async Task Merge_WithoutAnotherRequest_IsSentAfterAll()
    {
        await using var gateway = await FaultyAsync("reqMktData", "merge");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3));
        await gateway.Clock.WhenPendingAsync(timer => true, TestContext.Current.CancellationToken);

        gateway.Advance(0.2);

        (await client.ReadUntilAsync("57␀1␀3␀")).Count.ShouldBe(16);
    }

    [Fact]
    public async Task NoEnd_OfASnapshot_LeavesTheClientWaiting()
    {
        await using var gateway = await FaultyAsync("reqMktData", "no_end");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3));
        gateway.Advance(60);

        (await client.ReadAllAsync()).ShouldNotContain(frame => frame.StartsWith("57␀"));
        gateway.Statistics.Lines.ShouldBe(0);
    }

    [Fact]
    public async Task SlowTicks_ComeSoFarApart()
    {
        await using var gateway = await FaultyAsync("reqMktData", "{slow_ticks: 3000}");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3));
        (await client.ReadAllAsync()).Count.ShouldBe(2);
        gateway.Advance(2.9);
        (await client.ReadAllAsync()).ShouldBeEmpty();

        gateway.Advance(0.1);

        (await client.ReadAllAsync())[^1].ShouldBe("57␀1␀3␀");
    }

    [Fact]
    public async Task CompetingSession_TakesTheData()
    {
        await using var gateway = await FaultyAsync("reqMktData", "competing_session", "{every: 2}");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3), Ask.Snapshot(4));

        (await client.ReadAllAsync())[^1].ShouldBe("4␀2␀4␀10197␀No market data during competing live session␀␀");
    }

    [Fact]
    public async Task LinkLost_TellsAllClientsAndForgetsTheirStreams()
    {
        await using var gateway = await FaultyAsync("reqCurrentTime", "{link_lost: 5000}", "{nth: 1}");
        var other = await gateway.ClientAsync(2);
        var client = await gateway.ClientAsync();
        await other.SendAsync(Ask.Stream(3));
        await other.ReadUntilAsync("21␀3␀13␀");
        await client.SendAsync("49␀1␀");

        (await other.ReadAsync()).ShouldStartWith("4␀2␀-1␀1100␀Connectivity between IBKR");
        gateway.Market.Change(SmallMarket.AppleCall, quote => quote with { Bid = 5.05 });
        gateway.Advance(4.9);
        (await other.ReadAllAsync()).ShouldBeEmpty();
        gateway.Advance(0.1);

        (await other.ReadAsync()).ShouldBe(
            "4␀2␀-1␀1101␀Connectivity between IBKR and Trader Workstation has been restored - data lost.␀␀"
        );
        await other.SendAsync(Ask.Stream(3));
        (await other.ReadAllAsync())[0].ShouldBe("58␀1␀3␀1␀", "the id is free again");
        (await client.ReadUntilAsync("4␀2␀-1␀1101␀")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task LinkInterrupted_KeepsStreams()
    {
        await using var gateway = await FaultyAsync("reqCurrentTime", "{link_interrupted: 5000}", "{nth: 1}");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(3), "49␀1␀");
        await client.ReadUntilAsync("4␀2␀-1␀1100␀");
        gateway.Market.Change(SmallMarket.AppleCall, quote => quote with { Bid = 5.05 });
        gateway.Advance(5);
        (await client.ReadAsync()).ShouldStartWith("4␀2␀-1␀1102␀Connectivity between IBKR");

        gateway.Advance(0.1);

        (await client.ReadAsync()).ShouldBe("1␀6␀3␀1␀5.05␀12␀1␀");
    }

    [Fact]
    public async Task Garbage_ComesInsteadOfFrames()
    {
        await using var gateway = await FaultyAsync("reqMktData", "garbage");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3));
        client.CloseSending();

        Encoding.ASCII.GetString(await client.ReadToEndAsync()).ShouldStartWith("<html>");
    }

    [Fact]
    public async Task Version_IsAnother()
    {
        await using var gateway = await FaultyAsync("hello", "{version: 150}");
        var client = await gateway.StrangerAsync();

        await client.SendAsync("API␀ v100..176");

        (await client.ReadAsync()).ShouldStartWith("150␀20251120");
    }

    [Fact]
    public async Task ClientId_IsTaken()
    {
        await using var gateway = await FaultyAsync("startApi", "id_in_use", "{nth: 1}");
        var client = await gateway.StrangerAsync();
        await client.SendAsync("API␀ v100..176", "71␀2␀1␀␀");
        await client.ReadAsync();

        (await client.ReadAsync()).ShouldStartWith("4␀2␀-1␀326␀");
        (await client.ReadToEndAsync()).ShouldBeEmpty();
        await gateway.ClientAsync();
    }

    [Fact]
    public async Task ExtraFields_AreAtTheEndOfEveryFrame()
    {
        await using var gateway = await FaultyAsync("reqContractDetails", "extra_fields");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Details(3, Ask.Call));

        var frames = await client.ReadAllAsync();

        frames[0].ShouldEndWith("␀1␀1␀1␀1␀");
        frames[1].ShouldBe("52␀1␀3␀1␀");
    }

    [Fact]
    public async Task UnknownMessage_ComesBeforeTheAnswer()
    {
        await using var gateway = await FaultyAsync("reqSecDefOptParams", "unknown_message");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Chain(3));

        var frames = await client.ReadAllAsync();

        frames.Count.ShouldBe(4);
        frames[0].ShouldBe("250␀1␀unknown␀");
    }

    [Theory]
    [InlineData("truncate", "10␀3␀AAPL␀OPT␀|52␀")]
    [InlineData("empty", "52␀1␀3␀")]
    [InlineData("silent", "")]
    [InlineData("duplicate", "10␀3␀AAPL␀OPT␀|52␀1␀3␀|10␀3␀AAPL␀OPT␀|52␀1␀3␀")]
    [InlineData("{error: {code: 502, message: away}}", "4␀2␀3␀502␀away␀␀")]
    [InlineData("rate_limit", "4␀2␀3␀100␀Max rate")]
    public async Task Answer_Spoilt_IsWhatTheRuleSays(string fault, string beginnings)
    {
        await using var gateway = await FaultyAsync("reqContractDetails", fault);
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Details(3, Ask.Call));

        var frames = await client.ReadAllAsync();

        var expected = beginnings.Split('|', StringSplitOptions.RemoveEmptyEntries);
        frames.Count.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            frames[i].ShouldStartWith(expected[i]);
        }
    }

    [Fact]
    public async Task Delay_IsByTheGatewaysClock()
    {
        await using var gateway = await FaultyAsync("reqSecDefOptParams", "{delay: 4000}");
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Chain(3));
        await gateway.Clock.WhenPendingAsync(
            timer => timer.SetTo == TimeSpan.FromSeconds(4),
            TestContext.Current.CancellationToken
        );

        gateway.Advance(4);

        (await client.ReadUntilAsync("76␀3␀")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Parameters_ChooseTheContract()
    {
        const string rules = """
            - vendor: tws
              api: reqMktData
              params: {conId: "727230002"}
              do: {error: {code: 10197, message: gone}}
            """;
        await using var gateway = await TestGateway.StartAsync(faults: rules);
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Snapshot(3), Ask.Snapshot(4, Ask.Put));

        var frames = await client.ReadAllAsync();

        frames.ShouldContain("57␀1␀3␀");
        frames[^1].ShouldBe("4␀2␀4␀10197␀gone␀␀");
    }

    [Fact]
    public void Rules_WithAnUnknownWord_AreRefused()
    {
        var error = Should.Throw<Exception>(() => FaultRules.Parse("- {vendor: tws, do: explode}"));

        error.Message.ShouldContain("explode");
    }

    private static Task<TestGateway> FaultyAsync(string api, string fault, string? when = null) =>
        TestGateway.StartAsync(
            faults: $"- {{vendor: tws, api: {api}, {(when is null ? "" : $"when: {when}, ")}do: {fault}}}"
        );

    private static bool WholeFrames(byte[] bytes)
    {
        var at = 0;
        while (at + 4 <= bytes.Length)
        {
            at += 4 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
        }

        return at == bytes.Length;
    }
}
