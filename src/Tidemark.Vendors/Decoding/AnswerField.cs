using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Decoding;

/// <summary>Where the values of one field of an answer go.</summary>
/// <param name="Name">As the vendor spells it.</param>
/// <param name="Column">Null = skipped.</param>
/// <param name="Day">Where the day of a moment goes beside; null where no column wants it.</param>
/// <param name="Seen">Where to note what is skipped; null where nobody asks.</param>
internal readonly record struct AnswerField(
    string Name,
    Column? Column,
    ValueColumn<int>? Day = null,
    NewColumn? Seen = null
)
{
    /// <summary>The most names that an answer may have, and the most bytes of one.</summary>
    public const int NamesMax = 2048;

    public const int NameBytesMax = 512;

    /// <summary>Finds the declared columns among the names of an answer, without regard to case or width.</summary>
    /// <exception cref="VendorException">A column is missing, or comes twice.</exception>
    public static AnswerField[] Match(AnswerErrors errors, string api, IReadOnlyList<string> names, ColumnBatch into)
    {
        var fields = new AnswerField[names.Count];
        var found = new bool[into.Columns.Count];
        var unknown = new List<string>();
        for (var i = 0; i < fields.Length; i++)
        {
            var column = IndexOf(into, names[i], from: 0);
            column = column < 0 ? IndexOfAlias(into, names[i], names) : column;
            if (column < 0 || (found[column] && into.Definitions[column].AdoptedAt is not null))
            {
                // The other name of a declared column, beside its usual one, is nothing new.
                var isAlias = into.Definitions.Any(each => each.Alias is { } alias && IsSameName(alias, names[i]));
                fields[i] = new AnswerField(names[i], null, Seen: isAlias ? null : into.Drift.Watch(names[i]));
                unknown.AddRange(isAlias ? [] : [names[i]]);
                continue;
            }

            if (found[column])
            {
                throw errors.Envelope(api, $"it has the column '{names[i]}' twice");
            }

            found[column] = true;
            fields[i] = new AnswerField(names[i], into.Columns[column]);
            if (
                IndexOf(into, names[i], column + 1) is var other and >= 0
                && into.Definitions[other].AdoptedAt is null // which a declaration has taken the field from
            )
            {
                found[other] = true;
                fields[i] = OfMoment(names[i], into.Columns[column], into.Columns[other]);
            }
        }

        var missing = Missing(into, found, optional: false);
        if (missing.Count > 0)
        {
            throw errors.ColumnMissing(api, missing, unknown);
        }

        into.Drift.Note(unknown, Missing(into, found, optional: true));
        return fields;
    }

    /// <summary>Optional columns that the answer left out are null in every row.</summary>
    public static void FillAbsent(AnswerField[] fields, ColumnBatch into, int rows)
    {
        foreach (var column in into.Columns)
        {
            var isFilled = Array.Exists(
                fields,
                field => ReferenceEquals(field.Column, column) || ReferenceEquals(field.Day, column)
            );
            for (var row = 0; row < rows && !isFilled; row++)
            {
                column.AppendNull();
            }
        }
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
            if (IsSame(into.Definitions[i], name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The column that has the name as its other one, where the answer lacks the usual one.</summary>
    private static int IndexOfAlias(ColumnBatch into, string name, IReadOnlyList<string> names)
    {
        for (var i = 0; i < into.Definitions.Count; i++)
        {
            var definition = into.Definitions[i];
            if (
                definition.Alias is { } alias
                && IsSameName(alias, name)
                && !names.Any(other => IsSame(definition, other))
            )
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsSameName(string declared, string sent) =>
        string.Equals(declared, sent, StringComparison.OrdinalIgnoreCase)
        || string.Equals(WidthFold.Of(declared), WidthFold.Of(sent), StringComparison.OrdinalIgnoreCase);

    // What was adopted was seen as it is sent; somebody who declares a column may spell it otherwise.
    private static bool IsSame(ColumnDefinition column, string sent) =>
        column.AdoptedAt is not null ? column.Field == sent : IsSameName(column.Field, sent);

    private static List<string> Missing(ColumnBatch into, bool[] found, bool optional)
    {
        var missing = new List<string>();
        for (var i = 0; i < found.Length; i++)
        {
            if (!found[i] && into.Definitions[i].Optional == optional)
            {
                missing.Add(into.Definitions[i].Field);
            }
        }

        return missing;
    }
}
