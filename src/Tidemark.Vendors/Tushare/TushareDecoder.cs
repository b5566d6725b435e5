using System.Text.Unicode;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Decodes one answer of Tushare, UTF-8 JSON that is wholly in memory, straight into columns: no document, no object a
/// row, no string a value. Pure and without state, so that one instance serves all threads.
/// </summary>
/// <remarks>
/// Members may come in any order. Columns are found by <c>data.fields</c>, without regard to case; columns that were
/// not declared are skipped. Numbers may be text; empty text, <c>--</c>, <c>NaN</c> and <c>None</c> in anything but a
/// text column are null, any other text that does not fit is an error.
/// </remarks>
public sealed class TushareDecoder
{
    internal const string VendorName = "tushare";

    /// <summary>
    /// Appends the rows of an answer; on any error, and when the vendor reports one, <paramref name="into"/> is left as
    /// it was.
    /// </summary>
    /// <param name="api">For error messages.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="into">Its definitions say what to look for and how to read it.</param>
    /// <returns>The page; with a code other than 0 the vendor's error, which the caller classifies.</returns>
    /// <param name="rowBytesMax">The most bytes that <paramref name="into"/> may hold in the end.</param>
    /// <exception cref="VendorException">
    /// Transient when the body is not a complete answer, Schema when it is one and does not have the declared shape.
    /// </exception>
    public TusharePage Decode(string api, ReadOnlySpan<byte> body, ColumnBatch into, long rowBytesMax = long.MaxValue)
    {
        var rowsBefore = into.RowCount;
        var isDone = false;
        try
        {
            var page = new PageReader(api, body, into, rowBytesMax).Read();
            isDone = page.Code == 0;
            if (!Utf8.IsValid(body))
            {
                isDone = false;
                throw TushareErrors.Answer.Garbled(api, body, "it is not UTF-8", inner: null);
            }

            return page;
        }
        catch (MalformedJsonException e)
        {
            var where = $"{e.Message} (byte {e.Position} of {body.Length})";
            throw TushareErrors.Answer.Garbled(api, body, body.IsEmpty ? "it is empty" : where, e);
        }
        finally
        {
            if (!isDone)
            {
                into.Truncate(rowsBefore);
            }
        }
    }
}

/// <summary>One answer, decoded.</summary>
/// <param name="Code">0 = success.</param>
/// <param name="Message">The vendor's text; empty when there is none.</param>
/// <param name="Rows">Rows appended.</param>
/// <param name="HasMore">What the vendor says; null when it says nothing.</param>
/// <param name="Items">Where the rows stand in the body; empty when there are none.</param>
public readonly record struct TusharePage(int Code, string Message, int Rows, bool? HasMore, Range Items);
