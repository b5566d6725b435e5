using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Bench.Ibkr;

/// <summary>Ticks of many snapshots of options, from memory to numbers, on one thread.</summary>
internal static class DecodeFigures
{
    private const int Snapshots = 20_000;
    private const int Rounds = 7;

    // What a gateway sends for one option, in the order in which it does.
    private static readonly string[] s_snapshot =
    [
        "58|1|{0}|1|",
        "46|6|{0}|45|1763672130|",
        "1|6|{0}|4|5.15|3|0|",
        "45|6|{0}|49|0.0|",
        "2|6|{0}|8|1543|",
        "1|6|{0}|6|5.6|0|0|",
        "1|6|{0}|7|4.8|0|0|",
        "1|6|{0}|9|5.0|0|0|",
        "1|6|{0}|1|5.1|12|1|",
        "1|6|{0}|2|5.2|9|1|",
        "21|{0}|10|0|0.2451|0.521|5.099999904632568|0.0|0.021|0.205|-0.1105|201.35|",
        "21|{0}|11|0|0.251|0.5215|5.199999809265137|0.0|0.0206|0.2051|-0.112|201.35|",
        "21|{0}|12|0|-1|-2|-1|0.0|-2|-2|-2|201.35|",
        "21|{0}|13|0|0.248|0.5212|5.148|0.0|0.0208|0.205|-0.1112|201.35|",
        "57|1|{0}|",
    ];

    public static void Run(Report report)
    {
        var bytes = Bytes();
        var sink = new SumSink();

        // Made once a connection.
        var (buffer, decoder) = (new FrameBuffer(), new FrameDecoder(sink));
        var best = double.MaxValue;
        var allocated = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            Decode(bytes, buffer, decoder);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var messages = (double)Snapshots * s_snapshot.Length;
        if (sink.Messages != messages * Rounds || sink.Broken > 0)
        {
            throw new InvalidOperationException(
                $"{sink.Messages} of {messages * Rounds} messages, {sink.Broken} broken"
            );
        }

        report.AtLeast("decoding from memory", messages / best / 1e6, 2, "M messages/s on one core");
        // An allocation takes 24 bytes at least.
        report.AtMost("allocations for 100 messages", allocated / 24.0 / messages * 100, 1, "");
    }

    private static void Decode(ReadOnlySpan<byte> bytes, FrameBuffer buffer, FrameDecoder decoder)
    {
        while (bytes.Length > 0)
        {
            // As a socket does: whatever fits, frames cut anywhere.
            var free = buffer.Free().Span;
            var piece = Math.Min(Math.Min(free.Length, bytes.Length), 1 << 15);
            bytes[..piece].CopyTo(free);
            bytes = bytes[piece..];
            buffer.Commit(piece);
            while (buffer.TryRead(out var payload, out _))
            {
                decoder.Decode(payload);
            }
        }
    }

    private static byte[] Bytes()
    {
        using var stream = new MemoryStream();
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        for (var id = 1; id <= Snapshots; id++)
        {
            foreach (var message in s_snapshot)
            {
                var payload = Encoding.ASCII.GetBytes(
                    message.Replace("{0}", $"{id}", StringComparison.Ordinal).Replace('|', '\0')
                );
                BinaryPrimitives.WriteInt32BigEndian(prefix, payload.Length);
                stream.Write(prefix);
                stream.Write(payload);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Uses every number, so that none can be left out.</summary>
    private sealed class SumSink : IGatewaySink
    {
        public long Messages { get; private set; }

        public long Broken { get; private set; }

        public double Sum { get; private set; }

        public void OnPrice(int requestId, int tickType, double price, double size) => Add(price + size);

        public void OnSize(int requestId, int tickType, double size) => Add(size);

        public void OnGeneric(int requestId, int tickType, double value) => Add(value);

        public void OnText(int requestId, int tickType, ReadOnlySpan<byte> text) => Add(text.Length);

        public void OnComputation(int requestId, int tickType, in OptionComputation computation) =>
            Add(computation.Delta + computation.UnderlyingPrice);

        public void OnMarketDataType(int requestId, int type) => Add(type);

        public void OnPart(int requestId, object part) => Add(0);

        public void OnEnd(int requestId) => Add(requestId);

        public void OnError(int requestId, int code, string text) => Add(code);

        public void OnNextValidId(int id) => Add(id);

        public void OnAccounts(int accounts, int paper) => Add(accounts);

        public void OnCurrentTime(long epochSeconds) => Add(epochSeconds);

        public void OnOther(int messageId) => Add(messageId);

        public void OnExtraFields(int messageId) => Broken++;

        public void OnBroken(int messageId, int requestId) => Broken++;

        private void Add(double value)
        {
            Messages++;
            Sum += value;
        }
    }
}
