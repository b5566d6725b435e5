using Tidemark.Simulator.Tws;
using Tidemark.Testing;
using Tidemark.Testing.Tws;

namespace Tidemark.Simulator.Tests.Tws;

public sealed class SessionTests
{
    [Fact]
    public async Task WorkedSession_FromTheGatewaysSide_IsSentByteForByte()
    {
        var frames = GoldenFrames.Read("session");
        await using var gateway = await StartAsync();
        await using var client = await TwsTestClient.ConnectAsync(gateway.Port);

        foreach (var frame in frames)
        {
            if (frame.FromClient)
            {
                await client.SendBytesAsync(frame.Bytes);
            }
            else
            {
                (await client.ReadBytesAsync()).ShouldBe(frame.Bytes, frame.Name);
            }
        }

        frames.Count.ShouldBe(34);
    }

    private static Task<TwsSimulator> StartAsync() =>
        TwsSimulator.StartAsync(
            new TwsSimulatorOptions
            {
                Market = new SmallMarket(),
                TimeProvider = new ManualClock(new DateTimeOffset(2025, 11, 21, 3, 15, 30, TimeSpan.Zero)),
            },
            TestContext.Current.CancellationToken
        );
}
