using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>The names of an answer's columns.</summary>
internal static class FieldNames
{
    /// <summary>Takes <c>data.fields</c> and finds the declared columns in it.</summary>
    public static AnswerField[] Take(string api, ref JsonCursor cursor, ColumnBatch into) =>
        AnswerField.Match(TushareErrors.Answer, api, TakeNames(api, ref cursor), into);

    private static List<string> TakeNames(string api, ref JsonCursor cursor)
    {
        if (cursor.Peek() != '[')
        {
            throw TushareErrors.Answer.Envelope(api, "its member 'fields' is not an array");
        }

        var names = new List<string>();
        cursor.Take((byte)'[');
        for (var more = !cursor.TryTake((byte)']'); more; more = cursor.TakeCommaOr((byte)']'))
        {
            if (cursor.Peek() != '"')
            {
                throw TushareErrors.Answer.Envelope(api, "its member 'fields' holds something that is not a name");
            }

            var name = cursor.TakeString(out var hasEscapes);
            if (names.Count == AnswerField.NamesMax || name.Length > AnswerField.NameBytesMax)
            {
                throw TushareErrors.Answer.Envelope(
                    api,
                    $"its member 'fields' has more than {AnswerField.NamesMax} names or one of more than {AnswerField.NameBytesMax} bytes"
                );
            }

            names.Add(Encoding.UTF8.GetString(hasEscapes ? JsonText.Unescape(name) : name));
        }

        return names;
    }
}
