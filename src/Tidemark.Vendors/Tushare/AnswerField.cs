using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tushare;

/// <summary>Where the values of one field of an answer go.</summary>
/// <param name="Name">As the vendor spells it.</param>
/// <param name="Column">Null = skipped.</param>
/// <param name="Day">Where the day of a moment goes beside; null where no column wants it.</param>
internal readonly record struct AnswerField(string Name, Column? Column, ValueColumn<int>? Day = null)
{
    private const int NamesMax = 2048;
    private const int NameBytesMax = 512;

    /// <summary>Takes <c>data.fields</c> and finds the declared columns in it.</summary>
    public static AnswerField[] Take(string api, ref JsonCursor cursor, ColumnBatch into)
    {
        var names = TakeNames(api, ref cursor);
        var fields = new AnswerField[names.Count];
        var found = new bool[into.Columns.Count];
        var unknown = new List<string>();
        for (var i = 0; i < fields.Length; i++)
        {
            var column = IndexOf(into, names[i], from: 0);
            if (column < 0)
            {
                fields[i] = new AnswerField(names[i], null);
                unknown.Add(names[i]);
                continue;
            }

            if (found[column])
            {
                throw TushareErrors.Envelope(api, $"it has the column '{names[i]}' twice");
            }

            found[column] = true;
            fields[i] = new AnswerField(names[i], into.Columns[column]);
            if (IndexOf(into, names[i], column + 1) is var other and >= 0)
            {
                found[other] = true;
                fields[i] = OfMoment(names[i], into.Columns[column], into.Columns[other]);
            }
        }

        var missing = Missing(into, found);
        return missing.Count == 0 ? fields : throw TushareErrors.ColumnMissing(api, missing, unknown);
    }

    private static List<string> TakeNames(string api, ref JsonCursor cursor)
    {
        if (cursor.Peek() != '[')
        {
            throw TushareErrors.Envelope(api, "its member 'fields' is not an array");
        }

        var names = new List<string>();
        cursor.Take((byte)'[');
        for (var more = !cursor.TryTake((byte)']'); more; more = cursor.TakeCommaOr((byte)']'))
        {
            if (cursor.Peek() != '"')
            {
                throw TushareErrors.Envelope(api, "its member 'fields' holds something that is not a name");
            }

            var name = cursor.TakeString(out var hasEscapes);
            if (names.Count == NamesMax || name.Length > NameBytesMax)
            {
                throw TushareErrors.Envelope(
                    api,
                    $"its member 'fields' has more than {NamesMax} names or one of more than {NameBytesMax} bytes"
                );
            }

            names.Add(Encoding.UTF8.GetString(hasEscapes ? JsonText.Unescape(name) : name));
        }

        return names;
    }

    // Definitions see to it that two columns of one field are a moment and its day.
    private static AnswerField OfMoment(string name, Column one, Column other) =>
        one is ValueColumn<int> day
            ? new AnswerField(name, other, day)
            : new AnswerField(name, one, (ValueColumn<int>)other);

    private static int IndexOf(ColumnBatch into, string name, int from)
    {
        for (var i = from; i < into.Definitions.Count; i++)
        {
            if (string.Equals(into.Definitions[i].Field, name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static List<string> Missing(ColumnBatch into, bool[] found)
    {
        var missing = new List<string>();
        for (var i = 0; i < found.Length; i++)
        {
            if (!found[i] && !into.Definitions[i].Optional)
            {
                missing.Add(into.Definitions[i].Field);
            }
        }

        return missing;
    }
}
