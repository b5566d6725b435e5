using System.Buffers.Binary;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Counts the messages of one client when they arrive, before any of them is held back, so that the rate is measured at
/// the socket. The greeting and its four letters do not count.
/// </summary>
internal sealed class ArrivalCounter(TwsStatistics statistics, TimeProvider clock)
{
    private const int GreetingLetters = 4;

    private readonly SlidingWindow _second = new(TimeSpan.FromSeconds(1));
    private readonly byte[] _prefix = new byte[FrameBuffer.Prefix];
    private int _have = -GreetingLetters;
    private long _left;
    private bool _isGreeted;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var now = clock.GetUtcNow();
        var messages = 0;
        var inOneSecond = 0;
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var step = (int)Math.Min(_left, bytes.Length);
                _left -= step;
                bytes = bytes[step..];
            }
            else
            {
                if (_have >= 0)
                {
                    _prefix[_have] = bytes[0];
                }

                bytes = bytes[1..];
                if (++_have < FrameBuffer.Prefix)
                {
                    continue;
                }

                _have = 0;
                _left = BinaryPrimitives.ReadUInt32BigEndian(_prefix);
            }

            if (_left > 0)
            {
                continue;
            }

            if (_isGreeted)
            {
                messages++;
                inOneSecond = _second.Add(now);
            }

            _isGreeted = true;
        }

        if (messages > 0)
        {
            statistics.Arrived(messages, inOneSecond);
        }
    }
}
