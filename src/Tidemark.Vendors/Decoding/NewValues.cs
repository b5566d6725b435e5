using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Decoding;

/// <summary>
/// Tells numbers from texts among the values of a column that nobody declared. In doubt a value is a text: of a code
/// like 000001, or of a number with more digits than a double holds, a double would lose something.
/// </summary>
internal static class NewValues
{
    private const int DigitsMax = 15;

    /// <summary>Looks at a value as JSON writes it: what stands in quotes is a text.</summary>
    public static void SeeJson(NewColumn column, ReadOnlySpan<byte> value)
    {
        switch (value[0])
        {
            case (byte)'"':
                See(column, value[1..^1].Trim((byte)' '), mayBeNumber: false);
                break;
            case (byte)'[' or (byte)'{':
                column.SeeOther();
                break;
            case (byte)'n' or (byte)'N':
                break; // null, NaN
            default:
                See(column, value, mayBeNumber: true);
                break;
        }
    }

    /// <summary>Looks at a cell of a table of texts.</summary>
    public static void SeeCell(NewColumn column, ReadOnlySpan<byte> cell) => See(column, cell, mayBeNumber: true);

    private static void See(NewColumn column, ReadOnlySpan<byte> text, bool mayBeNumber)
    {
        if (ValueReader.MeansAbsent(text))
        {
            return;
        }

        if (mayBeNumber && IsWholeInADouble(text))
        {
            column.SeeNumber();
        }
        else
        {
            column.SeeText();
        }
    }

    private static bool IsWholeInADouble(ReadOnlySpan<byte> text)
    {
        if (!DecimalNumber.TryParse(text, out double value) || !double.IsFinite(value))
        {
            return false;
        }

        var digits = 0;
        foreach (var c in text)
        {
            digits += c - (uint)'0' <= 9 ? 1 : 0;
        }

        var magnitude = text.TrimStart("+-"u8);
        var isCode = magnitude.Length > 1 && magnitude[0] == '0' && magnitude[1] - (uint)'0' <= 9;
        return digits <= DigitsMax && !isCode;
    }
}
