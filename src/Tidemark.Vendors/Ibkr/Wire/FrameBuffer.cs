using System.Buffers.Binary;

namespace Tidemark.Vendors.Ibkr.Wire;

/// <summary>
/// What has been received and not yet read: frames in whatever pieces the network delivers them. A payload is only
/// valid until the next call of <see cref="Free"/>.
/// </summary>
internal sealed class FrameBuffer
{
    /// <summary>The longest payload that either end accepts.</summary>
    public const int PayloadMax = 0xFFFFFF;

    private const int Prefix = sizeof(int);
    private const int UsualCapacity = 1 << 16;
    private const int UsefulSpace = 1 << 12;

    private byte[] _bytes = new byte[UsualCapacity];
    private int _start;
    private int _end;

    /// <summary>The bytes that belong to no frame read so far.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Room for the next piece. Grows as data comes, not as a length promises.</summary>
    public Memory<byte> Free()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            if (_bytes.Length > 16 * UsualCapacity)
            {
                _bytes = new byte[UsualCapacity];
            }
        }

        if (_bytes.Length - _end < UsefulSpace)
        {
            var unread = Unread;
            var target = unread.Length > _bytes.Length / 2 ? new byte[_bytes.Length * 2] : _bytes;
            unread.CopyTo(target);
            (_bytes, _start, _end) = (target, 0, unread.Length);
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>So many bytes were written into what <see cref="Free"/> gave.</summary>
    public void Commit(int bytes) => _end += bytes;

    /// <summary>The next whole frame's payload; false when its end has not come.</summary>
    /// <param name="isGarbage">There is a length that no frame has: nothing after it can be understood.</param>
    public bool TryRead(out ReadOnlySpan<byte> payload, out bool isGarbage)
    {
        payload = default;
        isGarbage = false;
        if (_end - _start < Prefix)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(_start));
        if (length > PayloadMax)
        {
            isGarbage = true;
            return false;
        }

        if (_end - _start - Prefix < length)
        {
            return false;
        }

        payload = _bytes.AsSpan(_start + Prefix, (int)length);
        _start += Prefix + (int)length;
        return true;
    }
}
