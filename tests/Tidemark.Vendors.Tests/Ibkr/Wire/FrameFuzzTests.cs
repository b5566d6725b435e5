using Tidemark.Testing.Tws;
using Tidemark.Vendors.Ibkr.Wire;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr.Wire;

/// <summary>
/// Golden frames, damaged by seed: a decoder may say that one makes no sense, and nothing else may happen.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class FrameFuzzTests
{
    private const int Cases = 1_000_000;
    private const int Seed = 20251120;

    /// <summary>
    /// Each damaged frame stands between guards of another byte, and is followed by a good one that must come out as
    /// ever. Reading beyond the span throws by itself; a frame that is told must be told once, by its own request or by
    /// nobody's.
    /// </summary>
    [Fact]
    public void Decode_AMillionDamagedFrames_CostsThatFrameOnly()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{Cases} cases, seed {Seed}");
        var random = new Random(Seed);
        var frames = Golden.FromGateway.Select(f => f.Bytes[sizeof(int)..]).ToArray();
        var good = GoldenFrames.BytesOf("57␀1␀777777␀")[sizeof(int)..];
        var sink = new DeafSink();
        var decoder = new FrameDecoder(sink);
        var broken = 0L;
        for (var i = 0; i < Cases; i++)
        {
            var frame = Damaged(frames[random.Next(frames.Length)], random);
            var brokenBefore = sink.Broken;

            decoder.Decode(frame);

            (sink.Broken - brokenBefore).ShouldBeLessThan(2, $"case {i}");
            broken += sink.Broken - brokenBefore;
            sink.LastEnd = 0;
            decoder.Decode(good);
            if (sink.LastEnd != 777777)
            {
                Assert.Fail($"case {i}: the frame after it was not read");
            }
        }

        // The damage is real, and does not always make nonsense.
        broken.ShouldBeInRange(Cases / 10, Cases * 9 / 10);
    }

    /// <summary>
    /// The same damage on the wire: lengths lie too. Frames come out or the stream is garbage; it never stands still.
    /// </summary>
    [Fact]
    public void Buffer_DamagedStream_EndsOrGoesOn()
    {
        var random = new Random(Seed);
        var stream = Golden.FromGateway.SelectMany(f => f.Bytes).ToArray();
        var decoder = new FrameDecoder(new DeafSink());
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = Damaged(stream, random);
            var buffer = new FrameBuffer();
            var read = 0;
            for (var at = 0; at < damaged.Length; )
            {
                var piece = Math.Min(random.Next(1, 2000), damaged.Length - at);
                damaged.AsSpan(at, piece).CopyTo(buffer.Free().Span);
                buffer.Commit(piece);
                at += piece;
                while (buffer.TryRead(out var payload, out _))
                {
                    decoder.Decode(payload);
                    read += payload.Length + sizeof(int);
                }
            }

            (read + buffer.Unread.Length).ShouldBe(damaged.Length, $"case {i}");
        }
    }

    private static byte[] Damaged(byte[] frame, Random random)
    {
        var bytes = frame.ToList();
        for (var left = random.Next(1, 4); left > 0 && bytes.Count > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes[at] = 0;
                    break;
                case 4:
                    var end = bytes.IndexOf(0, at);
                    bytes.RemoveRange(at, (end < 0 ? bytes.Count : end + 1) - at);
                    break;
                default:
                    bytes.InsertRange(at, s_nasty[random.Next(s_nasty.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static readonly byte[][] s_nasty =
    [
        "2147483647\0"u8.ToArray(),
        "-1\0"u8.ToArray(),
        "9223372036854775808\0"u8.ToArray(),
        "1E99999\0"u8.ToArray(),
        "\0\0\0\0"u8.ToArray(),
        @"\u12"u8.ToArray(),
    ];
}
