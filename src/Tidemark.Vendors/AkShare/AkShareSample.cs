using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.AkShare;

/// <summary>
/// Reads an answer of which nobody has declared the columns. The decoder looks at it first: what it lets pass has the
/// shape that is taken for granted here.
/// </summary>
internal static class AkShareSample
{
    /// <summary>More rows would tell no more of the columns.</summary>
    private const int RowsMax = 2_000;

    public static AnswerSample Read(string api, ReadOnlySpan<byte> body)
    {
        new AkShareDecoder().Decode(api, body, new ColumnBatch([]));
        var names = AkShareDecoder.NamesOf(api, body);
        var rows = new List<IReadOnlyList<SampleValue>>();
        var cursor = new JsonCursor(body, body.StartsWith("\uFEFF"u8) ? 3 : 0);
        cursor.Take((byte)'[');
        for (var more = !cursor.TryTake((byte)']'); more && rows.Count < RowsMax; more = cursor.TakeCommaOr((byte)']'))
        {
            rows.Add(Row(ref cursor, names));
        }

        return new AnswerSample(names, rows);
    }

    /// <summary>The members of a row in the order of the names.</summary>
    private static SampleValue[] Row(ref JsonCursor cursor, IReadOnlyList<string> names)
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
}
