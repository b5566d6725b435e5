using System.Buffers;
using Tidemark.Core.Secrets;

namespace Tidemark.Vendors.Http;

/// <summary>One answer's bytes in rented memory that grows up to a limit. Not thread-safe.</summary>
internal sealed class AnswerBody(int limit) : IDisposable
{
    private const int FirstSize = 64 << 10;

    private byte[] _buffer = [];
    private bool _isDisposed;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    /// <summary>Reads the stream to its end; false = it holds more than the limit.</summary>
    public async ValueTask<bool> ReadAsync(Stream stream, long? expected, CancellationToken cancellationToken)
    {
        // One byte more than announced, so that the end is seen without growing.
        Grow((int)Math.Clamp((expected ?? 0) + 1, FirstSize, limit + 1L));
        while (true)
        {
            var read = await stream.ReadAsync(_buffer.AsMemory(Length), cancellationToken);
            if (read == 0)
            {
                return true;
            }

            Length += read;
            if (Length > limit)
            {
                return false;
            }

            if (Length == _buffer.Length)
            {
                Grow((int)Math.Min(_buffer.Length * 2L, limit + 1L));
            }
        }
    }

    /// <summary>Whether a secret stood in it.</summary>
    public bool HeldSecret { get; private set; }

    /// <summary>Overwrites every secret with asterisks.</summary>
    public void Mask(SecretMask secrets) => HeldSecret = secrets.Mask(_buffer.AsSpan(0, Length)) > 0;

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Return();
            _buffer = [];
            Length = 0;
        }
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        Span.CopyTo(larger);
        Return();
        _buffer = larger;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
