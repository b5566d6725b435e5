using System.Text;
using System.Text.Unicode;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.AkShare;

/// <summary>
/// Decodes one answer of AKTools, a bare array of objects that is wholly in memory, straight into columns: no document,
/// no object a row, no string a value. Pure and without state, so that one instance serves all threads.
/// </summary>
/// <remarks>
/// The names of the first row decide which columns there are; those of the others must be the same, in any order.
/// Columns that were not declared are skipped. An empty array has no names, so that it lacks none.
/// </remarks>
internal sealed class AkShareDecoder
{
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
            var rows = new ObjectReader(api, body, into, rowBytesMax).Read();
            if (!Utf8.IsValid(body))
            {
                throw AkShareErrors.Answer.Garbled(api, body, "it is not UTF-8", inner: null);
            }

            isDone = true;
            return rows;
        }
        catch (MalformedJsonException e)
        {
            var where = $"{e.Message} (byte {e.Position} of {body.Length})";
            throw AkShareErrors.Answer.Garbled(api, body, body.IsEmpty ? "it is empty" : where, e);
        }
        finally
        {
            if (!isDone)
            {
                into.Truncate(rowsBefore);
            }
        }
    }

    /// <summary>The names of the first row, as they are sent; none where there is no row.</summary>
    public static IReadOnlyList<string> NamesOf(string api, ReadOnlySpan<byte> body)
    {
        var cursor = new JsonCursor(body, body.StartsWith("\uFEFF"u8) ? 3 : 0);
        cursor.Take((byte)'[');
        return cursor.Peek() == ']' ? [] : [.. TakeNames(api, cursor).Select(Encoding.UTF8.GetString)];
    }

    /// <summary>Looks through a row that begins here; the cursor is a copy.</summary>
    internal static List<byte[]> TakeNames(string api, JsonCursor cursor)
    {
        if (cursor.Peek() != '{')
        {
            throw AkShareErrors.Answer.RowShape(api, 0, "is not an object");
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
                throw AkShareErrors.Answer.Envelope(
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
