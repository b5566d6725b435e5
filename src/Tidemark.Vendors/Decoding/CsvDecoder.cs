using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.Decoding;

/// <summary>
/// Decodes CSV that is wholly in memory straight into columns: no object a row, no string a value. The header decides
/// which columns there are; those that were not declared are skipped. An empty cell is null, <c>""</c> an empty text.
/// </summary>
/// <remarks>
/// Not the engine's reader: that one guesses separators and types, takes a last line that is cut off for a whole one,
/// and reads a path, whose file may be another one by then than that of which the fingerprint was taken.
/// </remarks>
internal sealed class CsvDecoder(AnswerErrors errors, TryReadDay tryDay, TryReadMoment tryMoment)
{
    private const int RowsBetweenChecks = 1024;

    /// <summary>More rows of a sample would tell no more of its columns.</summary>
    private const int SampleRowsMax = 2_000;

    /// <summary>Appends the rows of a text; on any error <paramref name="into"/> is left as it was.</summary>
    /// <param name="api">For error messages.</param>
    /// <param name="text">The whole text, in UTF-8.</param>
    /// <param name="into">Its definitions say what to look for and how to read it.</param>
    /// <param name="rowBytesMax">The most bytes that <paramref name="into"/> may hold in the end.</param>
    /// <returns>Rows appended.</returns>
    /// <exception cref="VendorException">
    /// Transient when the text is cut off, Schema when it does not have the declared shape.
    /// </exception>
    public int Decode(string api, ReadOnlySpan<byte> text, ColumnBatch into, long rowBytesMax = long.MaxValue)
    {
        var before = into.RowCount;
        var isDone = false;
        var rows = 0;
        try
        {
            Read(api, text, into, rowBytesMax, ref rows);
            isDone = true;
            return rows;
        }
        catch (MalformedCsvException e)
        {
            throw Malformed(api, rows, e);
        }
        finally
        {
            if (!isDone)
            {
                into.Truncate(before);
            }
        }
    }

    /// <summary>Reads a text of which nobody has declared the columns.</summary>
    /// <exception cref="VendorException">As <see cref="Decode"/>.</exception>
    public AnswerSample Sample(string api, ReadOnlySpan<byte> text)
    {
        Decode(api, text, new ColumnBatch([])); // what it lets pass has the shape that is taken for granted here
        var cursor = new CsvCursor(text);
        var names = Names(api, ref cursor);
        var rows = new List<IReadOnlyList<SampleValue>>();
        while (HasMore(ref cursor, names.Count) && rows.Count < SampleRowsMax)
        {
            var row = new SampleValue[names.Count];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = ValueOf(cursor.TakeCell(out var isQuoted, out _), isQuoted);
            }

            rows.Add(row);
        }

        return new AnswerSample(names, rows);
    }

    private void Read(string api, ReadOnlySpan<byte> text, ColumnBatch into, long rowBytesMax, ref int rows)
    {
        var cursor = new CsvCursor(text);
        var fields = AnswerField.Match(errors, api, Names(api, ref cursor), into);
        var values = new ValueReader(errors, api, tryDay, tryMoment, into);
        while (HasMore(ref cursor, fields.Length))
        {
            var isLast = false;
            var cells = 0;
            while (!isLast)
            {
                var cell = cursor.TakeCell(out var isQuoted, out isLast);
                if (cells == fields.Length || (isLast && cells < fields.Length - 1))
                {
                    var has = cells == fields.Length ? "more cells than" : $"{cells + 1} cells, but";
                    throw errors.RowShape(api, rows, $"has {has} the header's {fields.Length}");
                }

                ref readonly var field = ref fields[cells++];
                values.Append(cell, cell.IsEmpty && !isQuoted, field.Column, field.Day, field.Name, rows, field.Seen);
            }

            if (++rows % RowsBetweenChecks == 0)
            {
                EnsureRoom(api, into, rowBytesMax);
            }
        }

        EnsureRoom(api, into, rowBytesMax);
        AnswerField.FillAbsent(fields, into, rows);
    }

    private List<string> Names(string api, ref CsvCursor cursor)
    {
        var names = new List<string>();
        for (var isLast = false; !isLast; )
        {
            var name = cursor.TakeCell(out _, out isLast).Trim((byte)' ');
            if (names.Count == AnswerField.NamesMax || name.Length > AnswerField.NameBytesMax)
            {
                throw errors.Envelope(
                    api,
                    $"its header has more than {AnswerField.NamesMax} names or one of more than {AnswerField.NameBytesMax} bytes"
                );
            }

            names.Add(Encoding.UTF8.GetString(name));
        }

        return names is [var only] && only.AsSpan().ContainsAny(";\t|")
            ? throw errors.Envelope(
                api,
                $"its header '{Excerpt.Of(only, 80)}' has no comma, which is what parts columns"
            )
            : names;
    }

    /// <summary>
    /// Whether another row follows. An empty line is a row only where a row is one cell, which may be null.
    /// </summary>
    private static bool HasMore(ref CsvCursor cursor, int columns)
    {
        if (columns > 1)
        {
            cursor.SkipEmptyLines();
        }

        return !cursor.IsAtEnd;
    }

    private void EnsureRoom(string api, ColumnBatch into, long rowBytesMax)
    {
        if (into.ByteCount > rowBytesMax)
        {
            throw errors.RowsTooLarge(api, rowBytesMax);
        }
    }

    private VendorException Malformed(string api, int rows, MalformedCsvException e) =>
        e.IsCutOff ? errors.Unfinished(api, e.Message, e) : errors.RowShape(api, rows, e.Message);

    private static SampleValue ValueOf(ReadOnlySpan<byte> cell, bool isQuoted)
    {
        var text = Encoding.UTF8.GetString(cell);
        return cell.IsEmpty && !isQuoted ? new SampleValue(SampleKind.Null, "")
            : !isQuoted && DecimalNumber.TryParse(cell, out double _) ? new SampleValue(SampleKind.Number, text)
            : text is "true" or "false" or "True" or "False" ? new SampleValue(SampleKind.Boolean, text)
            : new SampleValue(SampleKind.Text, text);
    }
}
