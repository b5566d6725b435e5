using System.Buffers;
using System.Text;

namespace Tidemark.Cli.Output;

/// <summary>
/// Sends UTF-8 bytes to a writer of characters, in pieces of one size: a long text is never in memory twice, and
/// stdout is not written to for each value.
/// </summary>
internal sealed class Utf8Output(TextWriter writer)
{
    private const int Piece = 32 * 1024;
    private readonly byte[] _bytes = new byte[Piece];
    private readonly char[] _chars = new char[Piece + 1];
    private readonly Decoder _decoder = new UTF8Encoding(false).GetDecoder();
    private int _count;

    public void Write(ReadOnlySpan<byte> utf8)
    {
        while (utf8.Length > 0)
        {
            var part = Math.Min(utf8.Length, Piece - _count);
            utf8[..part].CopyTo(_bytes.AsSpan(_count));
            _count += part;
            utf8 = utf8[part..];
            if (_count == Piece)
            {
                Flush();
            }
        }
    }

    public void Write(byte value) => Write([value]);

    public void Write(string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Write(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>Writes the collected bytes; an incomplete character waits for its other bytes.</summary>
    public void Flush()
    {
        var chars = _decoder.GetChars(_bytes.AsSpan(0, _count), _chars, flush: false);
        _count = 0;
        writer.Write(_chars.AsSpan(0, chars));
    }
}
