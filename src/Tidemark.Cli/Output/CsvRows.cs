using System.Buffers;
using System.Text;
using Tidemark.Operations.Query;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes rows as CSV: one line of names, then one per row. A null is empty, an empty text <c>""</c>.
/// </summary>
internal static class CsvRows
{
    private static readonly SearchValues<byte> s_quoted = SearchValues.Create(",\"\r\n"u8);

    public static long Write(QueryRows rows, TextWriter writer)
    {
        var output = new Utf8Output(writer);
        var names = UniqueNames.Of(rows.Columns.Select(c => c.Name));
        for (var i = 0; i < names.Count; i++)
        {
            Separate(output, i);
            WriteText(output, Encoding.UTF8.GetBytes(names[i]));
        }

        output.Write((byte)'\n');
        var count = 0L;
        while (rows.Next() is var (chunk, size))
        {
            for (var row = 0; row < size; row++)
            {
                for (var i = 0; i < chunk.ColumnCount; i++)
                {
                    Separate(output, i);
                    if (!chunk[i].IsNull(row))
                    {
                        WriteText(output, chunk[i].Text(row));
                    }
                }

                output.Write((byte)'\n');
            }

            count += size;
        }

        output.Flush();
        return count;
    }

    private static void Separate(Utf8Output output, int column)
    {
        if (column > 0)
        {
            output.Write((byte)',');
        }
    }

    private static void WriteText(Utf8Output output, ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text.IndexOfAny(s_quoted) < 0)
        {
            output.Write(text);
            return;
        }

        output.Write((byte)'"');
        while (text.IndexOf((byte)'"') is var quote and >= 0)
        {
            output.Write(text[..(quote + 1)]);
            output.Write((byte)'"');
            text = text[(quote + 1)..];
        }

        output.Write(text);
        output.Write((byte)'"');
    }
}
