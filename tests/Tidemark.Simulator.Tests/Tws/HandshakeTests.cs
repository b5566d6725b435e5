using System.Text;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>Who is let in, who is sent away, and how.</summary>
public sealed class HandshakeTests
{
    [Theory]
    [InlineData("v100..176")]
    [InlineData("v157..178")]
    [InlineData("v176")]
    [InlineData("v100..225 +PACEAPI")]
    public async Task Greeting_RangeWithTheVersion_IsAnsweredAndThenSilence(string range)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.StrangerAsync();

        // Both at once, as some clients do; nothing but the version may come before the client starts.
        await client.SendAsync($"API␀ {range}", "49␀1␀", "71␀2␀1␀␀", "49␀1␀");

        (await client.ReadAsync()).ShouldBe("176␀20251120 12:00:00 Eastern Standard Time␀");
        (await client.ReadAsync()).ShouldBe("15␀1␀DU1234567␀");
        (await client.ReadUntilAsync("49␀1␀")).Count.ShouldBe(5);
    }

    [Theory]
    [InlineData("v100..175")]
    [InlineData("v177..225")]
    [InlineData("v100.176")]
    [InlineData("v")]
    [InlineData("100..176")]
    [InlineData("v100..176..200")]
    public async Task Greeting_RangeWithoutTheVersion_IsClosedWithALineInTheLog(string range)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.StrangerAsync();

        await client.SendAsync($"API␀ {range}");

        // Nothing can be said to it: before the versions are agreed, such a client takes any frame for the version.
        (await client.ReadToEndAsync()).ShouldBeEmpty();
        gateway.Log.Single().ShouldStartWith("a client was sent away: it ");
    }

    [Fact]
    public async Task Greeting_OfAClientBeforeVersion100_IsToldWhyInItsOwnWay()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.StrangerAsync();

        await client.SendBytesAsync("63\0"u8.ToArray());

        var answer = Encoding.ASCII.GetString(await client.ReadToEndAsync()).Split('\0');
        answer[..2].ShouldBe(["76", "20251120 12:00:00 Eastern Standard Time"]);
        answer[2..6].ShouldBe(["4", "2", "-1", "321"]);
        answer[6].ShouldContain("version 63");
        answer[6].ShouldContain("176");
        gateway.Log.Single().ShouldContain("version 63");
        gateway.Statistics.ClientsAccepted.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("API\0\u0001\0\0\0v100..176")]
    [InlineData("API\0\0\0\0\0")]
    public async Task Port_SpokenToInAnotherProtocol_Closes(string text)
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.StrangerAsync();

        await client.SendBytesAsync(Encoding.Latin1.GetBytes(text.PadRight(8, '\0')));

        (await client.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x01000000u)]
    [InlineData(0xFFFFFFFFu)]
    public async Task Frame_OfAnImpossibleLength_EndsThisConnectionOnly(uint length)
    {
        await using var gateway = await TestGateway.StartAsync();
        var other = await gateway.ClientAsync(2);
        var client = await gateway.ClientAsync();

        await client.SendBytesAsync([(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length]);

        (await client.ReadToEndAsync()).ShouldBeEmpty();
        (await other.ReadAllAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task ClientId_InUse_IsRefusedAndFreeAgainAfterwards()
    {
        await using var gateway = await TestGateway.StartAsync();
        var first = await gateway.ClientAsync(7);
        var second = await gateway.StrangerAsync();
        await second.SendAsync("API␀ v100..176");
        await second.ReadAsync();
        await second.SendAsync("71␀2␀7␀␀");

        (await second.ReadAsync()).ShouldBe(
            "4␀2␀-1␀326␀Unable to connect as the client id is already in use. Retry with a unique client id.␀␀"
        );
        (await second.ReadToEndAsync()).ShouldBeEmpty();

        await first.DisposeAsync();
        await WhenAsync(() => gateway.Statistics.Clients == 0);
        await gateway.ClientAsync(7);
        gateway.Statistics.ClientsAccepted.ShouldBe(2);
    }

    [Fact]
    public async Task Clients_MoreThan32_AreClosed()
    {
        await using var gateway = await TestGateway.StartAsync();
        for (var id = 0; id < 32; id++)
        {
            await gateway.ClientAsync(id);
        }

        var late = await gateway.StrangerAsync();

        (await late.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoClients_AtOnce_HaveTheirOwnIdsAndTypes()
    {
        await using var gateway = await TestGateway.StartAsync();
        var one = await gateway.ClientAsync(1);
        var two = await gateway.ClientAsync(2);
        gateway.Market.State = Simulator.Options.TradingState.Closed;
        await one.SendAsync(Ask.DataType(2), Ask.Stream(5));
        await two.SendAsync(Ask.Stream(5, Ask.Put));

        (await one.ReadAllAsync())[0].ShouldBe("58␀1␀5␀2␀");
        (await two.ReadAllAsync())[0].ShouldBe("58␀1␀5␀1␀");
        await one.DisposeAsync();
        await WhenAsync(() => gateway.Statistics.Clients == 1);
        gateway.Statistics.Lines.ShouldBe(1);
    }

    [Fact]
    public async Task HalfClose_AfterAQuestion_StillGetsTheAnswer()
    {
        await using var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Chain(1));
        client.CloseSending();

        (await client.ReadUntilAsync("76␀")).Count.ShouldBe(3);
        (await client.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dispose_WithClientsConnected_EndsAtOnce()
    {
        var gateway = await TestGateway.StartAsync();
        var client = await gateway.ClientAsync();
        await client.SendAsync(Ask.Stream(1), Ask.Snapshot(2, Ask.Unquoted));
        await client.ReadAllAsync();

        await gateway.Simulator.DisposeAsync();

        (await client.ReadToEndAsync()).ShouldBeEmpty();
        gateway.Statistics.Lines.ShouldBe(0);
    }

    [Fact]
    public async Task Start_PortTaken_SaysSo()
    {
        await using var gateway = await TestGateway.StartAsync();

        var error = await Should.ThrowAsync<IOException>(() =>
            TestGateway.StartAsync(options => options with { Port = gateway.Simulator.Port })
        );

        error.Message.ShouldContain($"Port {gateway.Simulator.Port}");
    }

    /// <summary>Waits for other threads to get there; only a failure takes long.</summary>
    private static async Task WhenAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
