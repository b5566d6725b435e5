using System.Buffers.Binary;
using System.Text;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// Collects the frames of one direction from bytes that pass through. Bytes that are no frame end the collecting; they
/// still pass through.
/// </summary>
internal sealed class FrameCollector(bool fromClient)
{
    private const int GreetingLetters = 4;

    private readonly List<byte> _bytes = [];
    private bool _needsGreeting = fromClient;

    /// <summary>Whether bytes came that are no frame.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The frames that these bytes complete; a client's first frame is its greeting.</summary>
    public IEnumerable<(IReadOnlyList<string> Fields, bool IsGreeting)> Add(ReadOnlyMemory<byte> bytes)
    {
        if (IsLost)
        {
            yield break;
        }

        _bytes.AddRange(bytes.Span);
        var at = 0;
        while (TryNext(at, out var start, out var length))
        {
            var text = Encoding.Latin1.GetString([.. _bytes.GetRange(start, length)]);
            var isGreeting = _needsGreeting;
            _needsGreeting = false;
            at = start + length;
            yield return (isGreeting ? [text] : Fields(text), isGreeting);
        }

        _bytes.RemoveRange(0, at);
    }

    private static string[] Fields(string payload) =>
        payload.EndsWith('\0') ? payload[..^1].Split('\0') : payload.Split('\0');

    private bool TryNext(int at, out int start, out int length)
    {
        start = at + FrameBuffer.Prefix + (_needsGreeting ? GreetingLetters : 0);
        length = 0;
        if (_bytes.Count < start || IsLost)
        {
            return false;
        }

        var prefix = (Span<byte>)[.. _bytes.GetRange(start - FrameBuffer.Prefix, FrameBuffer.Prefix)];
        var size = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        IsLost = size is 0 or > FrameBuffer.MaxPayload;
        length = IsLost ? 0 : (int)size;
        return !IsLost && _bytes.Count >= start + length;
    }
}
