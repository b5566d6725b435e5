using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// Writes rows as JSON arrays by hand: whole-market answers are mostly short decimals kept as scaled integers, which
/// print several times faster than doubles. Not thread-safe; dispose it to hand over the rest.
/// </summary>
internal sealed class JsonRowWriter : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>The longest single value other than a text; a text reserves its own space.</summary>
    private const int ValueBytes = 48;

    /// <summary>The longest text that is written without encoding it first.</summary>
    private const int ShortText = 64;

    private readonly IBufferWriter<byte> _output;
    private readonly bool _numbersAsText;
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _used;
    private bool _anyRow;
    private bool _anyValue;

    public JsonRowWriter(IBufferWriter<byte> output, bool numbersAsText)
    {
        _output = output;
        _numbersAsText = numbersAsText;
    }

    public int Rows { get; private set; }

    public void BeginRow()
    {
        Room(ValueBytes);
        if (_anyRow)
        {
            _block[_used++] = (byte)',';
        }

        _block[_used++] = (byte)'[';
        _anyRow = true;
        _anyValue = false;
        Rows++;
    }

    public void EndRow()
    {
        Room(1);
        _block[_used++] = (byte)']';
    }

    public void Null()
    {
        Separate();
        "null"u8.CopyTo(_block.AsSpan(_used));
        _used += 4;
    }

    /// <summary>Writes a text that needs no escape: codes and dates.</summary>
    public void Plain(ReadOnlySpan<byte> ascii)
    {
        Separate();
        Room(ascii.Length + 2);
        _block[_used++] = (byte)'"';
        ascii.CopyTo(_block.AsSpan(_used));
        _used += ascii.Length;
        _block[_used++] = (byte)'"';
    }

    /// <summary>Writes any UTF-8 text.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.ContainsAnyInRange((byte)0, (byte)31) || utf8.ContainsAny((byte)'"', (byte)'\\', (byte)127))
        {
            Plain(JsonEncodedText.Encode(utf8, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        }
        else
        {
            Plain(utf8);
        }
    }

    public void Text(string? text)
    {
        if (text is null)
        {
            Null();
        }
        else if (text.Length <= ShortText && IsPlain(text))
        {
            Span<byte> ascii = stackalloc byte[ShortText];
            Plain(ascii[..Encoding.ASCII.GetBytes(text, ascii)]);
        }
        else
        {
            Plain(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        }
    }

    /// <summary>Whether a text is written as it is: codes and words of the Latin alphabet.</summary>
    private static bool IsPlain(string text) =>
        !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.AsSpan().ContainsAny('"', '\\');

    /// <summary>Writes a day as <c>"20220601"</c>; null when there is none.</summary>
    public void Day(DateOnly? day)
    {
        if (day is not { } value)
        {
            Null();
            return;
        }

        Span<byte> text = stackalloc byte[8];
        var number = (value.Year * 10000) + (value.Month * 100) + value.Day;
        for (var i = 7; i >= 0; i--)
        {
            text[i] = (byte)('0' + (number % 10));
            number /= 10;
        }

        Plain(text);
    }

    public void Integer(long value)
    {
        Separate();
        Quote();
        Digits(value);
        Quote();
    }

    /// <summary>
    /// Writes <paramref name="value"/> ÷ 10^<paramref name="decimals"/>, without needless zeros but always with a
    /// fraction, as the vendor prints it.
    /// </summary>
    public void Decimal(long value, int decimals)
    {
        Separate();
        Quote();
        if (value < 0)
        {
            _block[_used++] = (byte)'-';
            value = -value;
        }

        // Constant divisors, because the compiler turns them into multiplications.
        var (whole, rest) = decimals switch
        {
            0 => (value, 0),
            1 => Math.DivRem(value, 10),
            2 => Math.DivRem(value, 100),
            3 => Math.DivRem(value, 1000),
            4 => Math.DivRem(value, 10_000),
            _ => throw new ArgumentOutOfRangeException(nameof(decimals)),
        };
        Digits(whole);
        _block[_used++] = (byte)'.';
        Fraction((uint)rest, decimals);
        Quote();
    }

    /// <summary>
    /// Writes the shortest text that reads back as exactly this double; null for values that JSON does not have.
    /// </summary>
    public void Double(double value)
    {
        if (!double.IsFinite(value))
        {
            Null();
            return;
        }

        // Market data is mostly short decimals. Up to 15 digits a decimal that reads back as the same double is also
        // the shortest one.
        var scaled = Math.Round(value * 10_000);
        if (Math.Abs(scaled) < 1e15 && scaled / 10_000 == value)
        {
            Decimal((long)scaled, 4);
            return;
        }

        Separate();
        Quote();
        _ = Utf8Formatter.TryFormat(value, _block.AsSpan(_used), out var written);
        var hasFraction = _block.AsSpan(_used, written).IndexOfAny(".E"u8) >= 0;
        _used += written;
        if (!hasFraction)
        {
            _block[_used++] = (byte)'.';
            _block[_used++] = (byte)'0';
        }

        Quote();
    }

    public void Dispose()
    {
        Flush();
        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    /// <summary>Writes the digits after the point without zeros at the end, at least one.</summary>
    private void Fraction(uint rest, int digits)
    {
        if (rest == 0)
        {
            _block[_used++] = (byte)'0';
            return;
        }

        while (rest % 10 == 0)
        {
            rest /= 10;
            digits--;
        }

        for (var i = _used + digits - 1; i >= _used; i--)
        {
            _block[i] = (byte)('0' + (rest % 10));
            rest /= 10;
        }

        _used += digits;
    }

    private void Digits(long value)
    {
        _ = Utf8Formatter.TryFormat(value, _block.AsSpan(_used), out var written);
        _used += written;
    }

    private void Separate()
    {
        Room(ValueBytes);
        if (_anyValue)
        {
            _block[_used++] = (byte)',';
        }

        _anyValue = true;
    }

    private void Quote()
    {
        if (_numbersAsText)
        {
            _block[_used++] = (byte)'"';
        }
    }

    private void Room(int bytes)
    {
        if (_block.Length - _used >= bytes)
        {
            return;
        }

        Flush();
        if (bytes > _block.Length)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = ArrayPool<byte>.Shared.Rent(bytes);
        }
    }

    private void Flush()
    {
        _output.Write(_block.AsSpan(0, _used));
        _used = 0;
    }
}
