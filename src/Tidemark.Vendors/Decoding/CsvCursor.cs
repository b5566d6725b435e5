namespace Tidemark.Vendors.Decoding;

/// <summary>
/// Walks once over CSV text (RFC 4180) that is wholly in memory: commas between cells, CRLF or LF after every row, also
/// the last, and quotes around cells that have one of these in them. Throws <see cref="MalformedCsvException"/>.
/// </summary>
internal ref struct CsvCursor(ReadOnlySpan<byte> text)
{
    private const byte Quote = (byte)'"';

    private readonly ReadOnlySpan<byte> _text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
    private int _position;

    public readonly bool IsAtEnd => _position == _text.Length;

    /// <summary>Takes line ends that stand alone.</summary>
    public void SkipEmptyLines()
    {
        while (_position < _text.Length && _text[_position] is (byte)'\n' or (byte)'\r')
        {
            TakeLineEnd();
        }
    }

    /// <summary>Takes a cell and the comma or line end after it.</summary>
    /// <param name="isQuoted">Whether it stood in quotes: an empty one is a text then.</param>
    /// <param name="isLast">Whether its row ends with it.</param>
    public ReadOnlySpan<byte> TakeCell(out bool isQuoted, out bool isLast)
    {
        isQuoted = _position < _text.Length && _text[_position] == Quote;
        var cell = isQuoted ? TakeQuoted() : TakePlain();
        if (_position == _text.Length)
        {
            throw new MalformedCsvException("its last line does not end", isCutOff: true);
        }

        isLast = _text[_position] != (byte)',';
        if (isLast)
        {
            TakeLineEnd();
        }
        else
        {
            _position++;
        }

        return cell;
    }

    private ReadOnlySpan<byte> TakePlain()
    {
        var rest = _text[_position..];
        var length = rest.IndexOfAny(",\n\r\""u8);
        length = length < 0 ? rest.Length : length;
        if (length < rest.Length && rest[length] == Quote)
        {
            throw new MalformedCsvException("has a quote in a cell that does not begin with one");
        }

        _position += length;
        return rest[..length];
    }

    private ReadOnlySpan<byte> TakeQuoted()
    {
        var start = ++_position;
        var isDoubled = false;
        while (true)
        {
            var length = _text[_position..].IndexOf(Quote);
            if (length < 0)
            {
                throw new MalformedCsvException("a quote is not closed", isCutOff: true);
            }

            _position += length + 1;
            if (_position == _text.Length || _text[_position] != Quote)
            {
                break;
            }

            isDoubled = true;
            _position++;
        }

        if (_position < _text.Length && _text[_position] is not ((byte)',' or (byte)'\n' or (byte)'\r'))
        {
            throw new MalformedCsvException("has text behind a closed quote");
        }

        var cell = _text[start..(_position - 1)];
        return isDoubled ? Undoubled(cell) : cell;
    }

    private void TakeLineEnd()
    {
        if (_text[_position] == '\r')
        {
            _position++;
            if (_position == _text.Length)
            {
                throw new MalformedCsvException("its last line does not end", isCutOff: true);
            }
        }

        if (_text[_position] != '\n')
        {
            throw new MalformedCsvException("has a carriage return that no line feed follows");
        }

        _position++;
    }

    private static byte[] Undoubled(ReadOnlySpan<byte> cell)
    {
        var text = new byte[cell.Length];
        var length = 0;
        for (var i = 0; i < cell.Length; i++)
        {
            text[length++] = cell[i];
            i += cell[i] == Quote ? 1 : 0;
        }

        return text[..length];
    }
}

/// <summary>The text is not CSV, or is cut off.</summary>
/// <param name="reason">What is wrong, as the rest of a sentence about a row.</param>
/// <param name="isCutOff">Whether more of it would mend it.</param>
internal sealed class MalformedCsvException(string reason, bool isCutOff = false) : Exception(reason)
{
    public bool IsCutOff => isCutOff;
}
