using FsCheck;
using FsCheck.Fluent;
using Tidemark.Testing.Tws;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Tests.Ibkr.Wire;

public sealed class FrameBufferTests
{
    private static readonly byte[][] s_frames =
    [
        .. GoldenFrames.Read("session").Where(f => !f.FromClient).Select(f => f.Bytes),
    ];

    /// <summary>Whatever pieces the network makes of the stream, the frames are those that were sent.</summary>
    [Fact]
    public void TryRead_StreamInAnyPieces_GivesTheFrames() =>
        Prop.ForAll(
                Gen.Choose(1, 700).NonEmptyListOf().ToArbitrary(),
                pieces =>
                {
                    var sent = s_frames.SelectMany(f => f).ToArray();
                    var buffer = new FrameBuffer();
                    var read = new List<byte[]>();
                    var (at, next) = (0, 0);
                    while (at < sent.Length)
                    {
                        var length = Math.Min(pieces[next++ % pieces.Count], sent.Length - at);
                        Receive(buffer, sent.AsSpan(at, length), read);
                        at += length;
                    }

                    read.ShouldBe(s_frames.Select(f => f[sizeof(int)..]));
                }
            )
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void TryRead_FrameOfTheGreatestSize_IsRead()
    {
        var payload = new byte[FrameBuffer.PayloadMax];
        payload[^1] = 7;
        var buffer = new FrameBuffer();
        var read = new List<byte[]>();

        Receive(buffer, [0x00, 0xFF, 0xFF, 0xFF, .. payload], read);
        Receive(buffer, [0, 0, 0, 1, 9], read);

        read.Select(r => (r.Length, r[^1])).ShouldBe([(payload.Length, (byte)7), (1, (byte)9)]);
    }

    [Theory]
    [InlineData(0x01, 0x00, 0x00, 0x00)]
    [InlineData(0xFF, 0xFF, 0xFF, 0xFF)]
    [InlineData('H', 'T', 'T', 'P')]
    public void TryRead_LengthThatNoFrameHas_IsGarbage(int a, int b, int c, int d)
    {
        var buffer = new FrameBuffer();
        new byte[] { (byte)a, (byte)b, (byte)c, (byte)d }.CopyTo(buffer.Free());
        buffer.Commit(4);

        buffer.TryRead(out _, out var isGarbage).ShouldBeFalse();
        isGarbage.ShouldBeTrue();
    }

    [Fact]
    public void TryRead_EmptyFrame_IsAFrame()
    {
        var read = new List<byte[]>();
        Receive(new FrameBuffer(), [0, 0, 0, 0, 0, 0, 0, 1, 5], read);
        read.ShouldBe([
            [],
            [5],
        ]);
    }

    /// <summary>A length is a promise: room is made for what has come.</summary>
    [Fact]
    public void Free_AfterAHugePromise_GrowsWithWhatComes()
    {
        var buffer = new FrameBuffer();
        new byte[] { 0x00, 0xFF, 0xFF, 0xFF }.CopyTo(buffer.Free());
        buffer.Commit(4);

        buffer.TryRead(out _, out _).ShouldBeFalse();
        buffer.Free().Length.ShouldBeLessThan(1 << 20);
    }

    private static void Receive(FrameBuffer buffer, ReadOnlySpan<byte> bytes, List<byte[]> read)
    {
        while (!bytes.IsEmpty)
        {
            var free = buffer.Free().Span;
            var length = Math.Min(free.Length, bytes.Length);
            bytes[..length].CopyTo(free);
            buffer.Commit(length);
            bytes = bytes[length..];
            while (buffer.TryRead(out var payload, out _))
            {
                read.Add(payload.ToArray());
            }
        }
    }
}
