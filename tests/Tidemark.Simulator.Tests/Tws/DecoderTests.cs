using Tidemark.Simulator.Tws;
using Tidemark.Testing.Tws;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>What clients send, read from the golden frames.</summary>
public sealed class DecoderTests
{
    [Theory]
    [InlineData("session")]
    [InlineData("client")]
    public void Decoder_OfEveryGoldenRequest_ReadsItsKind(string file)
    {
        var frames = GoldenFrames.Read(file).Where(frame => frame.FromClient && !frame.Dump.StartsWith("API")).ToList();
        frames.ShouldNotBeEmpty();
        foreach (var frame in frames)
        {
            var request = RequestDecoder.Read(frame.Bytes.AsSpan(FrameBuffer.Prefix));

            ((int)request.Kind).ShouldBe(int.Parse(frame.Dump.Split('␀')[0]), frame.Name);
        }
    }

    [Fact]
    public void Decoder_OfAnOption_ReadsEveryField()
    {
        var frame = GoldenFrames.BytesOf(Ask.Stream(7, Ask.Option(strike: "202.5", tradingClass: "AAPL"), "100,101"));

        RequestDecoder
            .Read(frame.AsSpan(FrameBuffer.Prefix))
            .ShouldBe(
                new MarketDataRequest(
                    7,
                    new ContractQuery(0, "AAPL", "OPT", "20251219", 202.5, "C", "100", "SMART", "", "USD", "", "AAPL"),
                    "100,101",
                    IsSnapshot: false,
                    IsRegulatory: false
                )
            );
    }
}
