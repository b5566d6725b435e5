using System.Text;
using System.Text.Unicode;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.Decoding;

/// <summary>How rows that are objects are written.</summary>
/// <param name="Errors">The messages of what is wrong with them.</param>
/// <param name="TryDay">Reads a day.</param>
/// <param name="TryMoment">Reads a moment.</param>
/// <param name="AllowsLines">Whether they may be an object a line, beside one array.</param>
internal sealed record ObjectFormat(
    AnswerErrors Errors,
    TryReadDay TryDay,
    TryReadMoment TryMoment,
    bool AllowsLines = false
);

/// <summary>
/// Decodes rows that are objects of JSON, wholly in memory, straight into columns: no document, no object a row, no
/// string a value. Pure and without state, so that one instance serves all threads.
/// </summary>
/// <remarks>
/// The names of the first row decide which columns there are; those of the others must be the same, in any order.
/// Columns that were not declared are skipped. An empty array has no names, so that it lacks none.
/// </remarks>
internal sealed class ObjectDecoder(ObjectFormat format)
{
    /// <summary>More rows of a sample would tell no more of its columns.</summary>
    private const int SampleRowsMax = 2_000;

    /// <summary>
    /// Appends the rows of an answer; on any error <paramref name="into"/> is left as it was.
    /// </summary>
    /// <param name="api">For error messages.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="into">Its definitions say what to look for and how to read it.</param>
    /// <param name="rowBytesMax">The most bytes that <paramref name="into"/> may hold in the end.</param>
    /// <returns>Rows appended.</returns>
    /// <exception cref="VendorException">
    /// Transient when the body is not a complete answer, Schema when it is one and does not have the declared shape.
    /// </exception>
    public int Decode(string api, ReadOnlySpan<byte> body, ColumnBatch into, long rowBytesMax = long.MaxValue)
    {
        var rowsBefore = into.RowCount;
        var isDone = false;
        try
        {
            var rows = new ObjectReader(format, api, body, into, rowBytesMax).Read();
            if (!Utf8.IsValid(body))
            {
                throw format.Errors.Garbled(api, body, "it is not UTF-8", inner: null);
            }

            isDone = true;
            return rows;
        }
        catch (MalformedJsonException e)
        {
            var where = $"{e.Message} (byte {e.Position} of {body.Length})";
            throw format.Errors.Garbled(api, body, body.IsEmpty ? "it is empty" : where, e);
        }
        finally
        {
            if (!isDone)
            {
                into.Truncate(rowsBefore);
            }
        }
    }

    /// <summary>Reads an answer of which nobody has declared the columns.</summary>
    /// <exception cref="VendorException">As <see cref="Decode"/>.</exception>
    public AnswerSample Sample(string api, ReadOnlySpan<byte> body)
    {
        Decode(api, body, new ColumnBatch([])); // what it lets pass has the shape that is taken for granted here
        var cursor = new JsonCursor(body, body.StartsWith("\uFEFF"u8) ? 3 : 0);
        var isArray = cursor.TryTake((byte)'[');
        var more = !isArray || !cursor.TryTake((byte)']');
        List<string> names = more ? [.. TakeNames(format.Errors, api, cursor).Select(Encoding.UTF8.GetString)] : [];
        var rows = new List<IReadOnlyList<SampleValue>>();
        while (more && rows.Count < SampleRowsMax)
        {
            rows.Add(SampleRow(ref cursor, names));
            more = isArray ? cursor.TakeCommaOr((byte)']') : !cursor.IsAtEnd();
        }

        return new AnswerSample(names, rows);
    }

    /// <summary>The members of a row in the order of the names.</summary>
    private static SampleValue[] SampleRow(ref JsonCursor cursor, IReadOnlyList<string> names)
    {
        var values = new Dictionary<string, SampleValue>(StringComparer.Ordinal);
        cursor.Take((byte)'{');
        for (var more = !cursor.TryTake((byte)'}'); more; more = cursor.TakeCommaOr((byte)'}'))
        {
            var name = Encoding.UTF8.GetString(cursor.TakeName());
            values[name] = SampleValues.Take(ref cursor);
        }

        return [.. names.Select(name => values[name])];
    }

    /// <summary>Looks through a row that begins here; the cursor is a copy.</summary>
    internal static List<byte[]> TakeNames(AnswerErrors errors, string api, JsonCursor cursor)
    {
        if (cursor.Peek() != '{')
        {
            throw errors.RowShape(api, 0, "is not an object");
        }

        var names = new List<byte[]>();
        cursor.Position++;
        for (var more = !cursor.TryTake((byte)'}'); more; more = cursor.TakeCommaOr((byte)'}'))
        {
            if (cursor.Peek() != '"')
            {
                cursor.Fail('"');
            }

            var name = cursor.TakeName();
            if (names.Count == AnswerField.NamesMax || name.Length > AnswerField.NameBytesMax)
            {
                throw errors.Envelope(
                    api,
                    $"a row has more than {AnswerField.NamesMax} names or one of more than {AnswerField.NameBytesMax} bytes"
                );
            }

            names.Add(name.ToArray());
            cursor.TakeAny();
        }

        return names;
    }
}
