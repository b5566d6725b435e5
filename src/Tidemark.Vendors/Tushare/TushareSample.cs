using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Reads an answer of which nobody has declared the columns. The decoder looks at it first: what it lets pass has the
/// shape that is taken for granted here.
/// </summary>
internal static class TushareSample
{
    /// <summary>More rows would tell no more of the columns.</summary>
    private const int RowsMax = 2_000;

    public static AnswerSample Read(string api, ReadOnlySpan<byte> body)
    {
        var page = new TushareDecoder().Decode(api, body, new ColumnBatch([]));
        if (page.Code != 0)
        {
            throw TushareErrors.Refused(api, page.Code, page.Message);
        }

        var start = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        var data = Find(body, start, "data"u8);
        var fields = data < 0 || body[data] != '{' ? -1 : Find(body, data, "fields"u8);
        var items = fields < 0 ? -1 : Find(body, data, "items"u8);
        if (fields < 0)
        {
            return new AnswerSample([], []);
        }

        string[] names = [.. Values(body, fields, out _).Select(value => value.Text)];
        return new AnswerSample(names, items < 0 || body[items] != '[' ? [] : Rows(body, items));
    }

    /// <summary>Where the value of a member begins; −1 when there is none.</summary>
    private static int Find(ReadOnlySpan<byte> body, int objectAt, ReadOnlySpan<byte> member)
    {
        var found = -1;
        var cursor = new JsonCursor(body, objectAt);
        cursor.Take((byte)'{');
        for (var more = !cursor.TryTake((byte)'}'); more; more = cursor.TakeCommaOr((byte)'}'))
        {
            var isIt = cursor.TakeName().SequenceEqual(member);
            cursor.Peek();
            found = isIt ? cursor.Position : found;
            cursor.TakeAny();
        }

        return found;
    }

    private static List<IReadOnlyList<SampleValue>> Rows(ReadOnlySpan<byte> body, int items)
    {
        var rows = new List<IReadOnlyList<SampleValue>>();
        var cursor = new JsonCursor(body, items);
        cursor.Take((byte)'[');
        for (var more = !cursor.TryTake((byte)']'); more && rows.Count < RowsMax; more = cursor.TakeCommaOr((byte)']'))
        {
            cursor.Peek();
            rows.Add(Values(body, cursor.Position, out var end));
            cursor.Position = end;
        }

        return rows;
    }

    private static List<SampleValue> Values(ReadOnlySpan<byte> body, int arrayAt, out int end)
    {
        var values = new List<SampleValue>();
        var cursor = new JsonCursor(body, arrayAt);
        cursor.Take((byte)'[');
        for (var more = !cursor.TryTake((byte)']'); more; more = cursor.TakeCommaOr((byte)']'))
        {
            values.Add(SampleValues.Take(ref cursor));
        }

        end = cursor.Position;
        return values;
    }
}
