using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using Tidemark.DuckDb;
using Tidemark.Operations.Query;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes rows as one JSON array of objects. Numbers of any length are written in full; those that JSON cannot express
/// are the texts <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>. Booleans, lists, arrays, structs and maps
/// (objects, with their keys as texts) become JSON values; everything else is the engine's text. Of two columns with
/// one name the second gets another, because many readers keep only one.
/// </summary>
internal static class JsonRows
{
    private const int EscapeBuffer = 4096;
    private static readonly JavaScriptEncoder s_encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static long Write(QueryRows rows, TextWriter writer)
    {
        var output = new Utf8Output(writer);
        var names = UniqueNames.Of(rows.Columns.Select(c => c.Name)).Select(Encoding.UTF8.GetBytes).ToArray();
        var count = 0L;
        output.Write("["u8);
        while (rows.Next() is var (chunk, size))
        {
            for (var row = 0; row < size; row++)
            {
                output.Write(count++ == 0 ? "\n  {"u8 : ",\n  {"u8);
                for (var i = 0; i < names.Length; i++)
                {
                    WriteName(output, names[i], i);
                    WriteValue(output, chunk[i], rows.Columns[i].Type, row);
                }

                output.Write((byte)'}');
            }
        }

        output.Write(count == 0 ? "]\n"u8 : "\n]\n"u8);
        output.Flush();
        return count;
    }

    private static void WriteName(Utf8Output output, ReadOnlySpan<byte> name, int index)
    {
        output.Write(index == 0 ? ""u8 : ","u8);
        WriteText(output, name);
        output.Write((byte)':');
    }

    /// <param name="output">The output to write to.</param>
    /// <param name="values">Texts, in the nesting of <paramref name="type"/>.</param>
    /// <param name="type">The type of the values before they became texts.</param>
    /// <param name="row">The position of the value.</param>
    private static void WriteValue(Utf8Output output, Vector values, ColumnType type, int row)
    {
        if (values.IsNull(row))
        {
            output.Write("null"u8);
        }
        else if (!type.IsNested)
        {
            WriteScalar(output, values.Text(row), type.Kind);
        }
        else if (type.Kind == LogicalKind.Struct)
        {
            WriteStruct(output, values, type, row);
        }
        else if (type.Kind == LogicalKind.Map)
        {
            WriteMap(output, values, type, row);
        }
        else
        {
            var elements = values.Elements;
            var (offset, length) = values.Items(row);
            output.Write((byte)'[');
            for (var i = 0; i < length; i++)
            {
                output.Write(i == 0 ? ""u8 : ","u8);
                WriteValue(output, elements, type.Children[0], offset + i);
            }

            output.Write((byte)']');
        }
    }

    private static void WriteStruct(Utf8Output output, Vector values, ColumnType type, int row)
    {
        output.Write((byte)'{');
        for (var i = 0; i < type.Children.Count; i++)
        {
            WriteName(output, Encoding.UTF8.GetBytes(type.MemberNames[i]), i);
            WriteValue(output, values.Member(i), type.Children[i], row);
        }

        output.Write((byte)'}');
    }

    private static void WriteMap(Utf8Output output, Vector values, ColumnType type, int row)
    {
        var (keys, items) = values.Pairs;
        var (offset, length) = values.Items(row);
        output.Write((byte)'{');
        for (var i = 0; i < length; i++)
        {
            WriteName(output, keys.Text(offset + i), i);
            WriteValue(output, items, type.Children[1], offset + i);
        }

        output.Write((byte)'}');
    }

    private static void WriteScalar(Utf8Output output, ReadOnlySpan<byte> text, LogicalKind kind)
    {
        switch (kind)
        {
            case LogicalKind.Float or LogicalKind.Double when !char.IsAsciiDigit((char)text[^1]):
                // nan, inf, -inf
                output.Write(
                    text[0] == '-' ? "\"-Infinity\""u8
                    : text[0] == 'i' ? "\"Infinity\""u8
                    : "\"NaN\""u8
                );
                break;
            case LogicalKind.Boolean:
            case >= LogicalKind.TinyInt and <= LogicalKind.Double:
            case LogicalKind.HugeInt or LogicalKind.UHugeInt or LogicalKind.BigNum or LogicalKind.Decimal:
                output.Write(text);
                break;
            default:
                WriteText(output, text);
                break;
        }
    }

    private static void WriteText(Utf8Output output, ReadOnlySpan<byte> text)
    {
        output.Write((byte)'"');
        Span<byte> escaped = stackalloc byte[EscapeBuffer];
        while (text.Length > 0)
        {
            var plain = s_encoder.FindFirstCharacterToEncodeUtf8(text);
            var end = plain < 0 ? text.Length : plain;
            output.Write(text[..end]);
            text = text[end..];
            if (text.Length > 0)
            {
                s_encoder.EncodeUtf8(text, escaped, out var consumed, out var written);
                output.Write(escaped[..written]);
                text = text[consumed..];
            }
        }

        output.Write((byte)'"');
    }
}
