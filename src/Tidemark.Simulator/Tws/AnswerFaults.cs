using System.Buffers.Binary;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tws;

/// <summary>Spoils, in one precise way, an answer that is written and not sent yet.</summary>
internal static class AnswerFaults
{
    private const int MostSegments = 200;
    private const int LongestSegment = 7;

    /// <summary>A message number that no client knows.</summary>
    private const int UnknownMessage = 250;

    /// <param name="start">The beginning of the answer; it ends where the buffer ends.</param>
    public static void Apply(Fault fault, Outbox outbox, int start, ulong seed)
    {
        var buffer = outbox.Buffer;
        var answer = buffer.Written[start..].ToArray();
        var last = LastFrame(answer);
        switch (fault.Kind)
        {
            case FaultKind.Drop:
                buffer.Truncate(start + last + ((answer.Length - last) / 2));
                outbox.End(Ending.Reset);
                break;
            case FaultKind.Truncate when answer.Length > 0:
                buffer.Truncate(start + last);
                WriteFrame(buffer, FirstFields(answer.AsSpan(last + FrameBuffer.Prefix)), []);
                break;
            case FaultKind.Duplicate:
                buffer.Raw(answer);
                break;
            case FaultKind.Empty:
                buffer.Truncate(start);
                buffer.Raw(answer.AsSpan(last));
                break;
            case FaultKind.Garbage:
                buffer.Truncate(start);
                buffer.Raw(FaultBodies.HtmlPage.Span);
                break;
            case FaultKind.UnknownMessage:
                buffer.Truncate(start);
                buffer.Begin(UnknownMessage).Int(1).Text("unknown").End();
                buffer.Raw(answer);
                break;
            case FaultKind.ExtraFields:
                buffer.Truncate(start);
                for (var at = 0; at < answer.Length; )
                {
                    var end = End(answer, at);
                    WriteFrame(buffer, answer.AsSpan(at + FrameBuffer.Prefix, end - at - FrameBuffer.Prefix), "1\0"u8);
                    at = end;
                }

                break;
            case FaultKind.Split:
                Split(outbox, start, seed);
                break;
        }
    }

    private static void Split(Outbox outbox, int start, ulong seed)
    {
        var end = outbox.Buffer.Length;
        outbox.Cut(start);
        var at = start;
        for (var segment = 0; segment < MostSegments; segment++)
        {
            at += 1 + SeededHash.Index(SeededHash.Mix(seed, (ulong)segment), LongestSegment);
            if (at >= end)
            {
                return;
            }

            outbox.Cut(at);
        }
    }

    /// <summary>The beginning of the last frame.</summary>
    private static int LastFrame(ReadOnlySpan<byte> answer)
    {
        var last = 0;
        for (var at = 0; at < answer.Length; at = End(answer, at))
        {
            last = at;
        }

        return last;
    }

    private static int End(ReadOnlySpan<byte> answer, int at) =>
        at + FrameBuffer.Prefix + BinaryPrimitives.ReadInt32BigEndian(answer[at..]);

    /// <summary>Half of the fields, at least the message's number.</summary>
    private static ReadOnlySpan<byte> FirstFields(ReadOnlySpan<byte> payload)
    {
        var keep = Math.Max(payload.Count((byte)0) / 2, 1);
        var length = 0;
        while (keep-- > 0)
        {
            length += payload[length..].IndexOf((byte)0) + 1;
        }

        return payload[..length];
    }

    private static void WriteFrame(FrameBuffer buffer, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more)
    {
        buffer.BeginPayload();
        buffer.Raw(payload);
        buffer.Raw(more);
        buffer.End();
    }
}
