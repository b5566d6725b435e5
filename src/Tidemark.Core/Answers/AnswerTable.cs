using System.Text;

namespace Tidemark.Core.Answers;

/// <summary>
/// Rows of texts as one text: a line a row, each with its end, and tabs between the fields. It is read at every start,
/// and JSON would cost more than what it replaces.
/// </summary>
public sealed record AnswerTable(IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public static AnswerTable Parse(string text)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (var line in Lines(text))
        {
            var fields = line.Split('\t');
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = fields[i].Contains('\\') ? Restored(fields[i]) : fields[i];
            }

            rows.Add(fields);
        }

        return new AnswerTable(rows);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var row in Rows)
        {
            for (var i = 0; i < row.Count; i++)
            {
                text.Append(i == 0 ? "" : "\t").Append(Escaped(row[i]));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string[] Lines(string text) =>
        text.Length == 0 ? [] : (text[^1] == '\n' ? text[..^1] : text).Split('\n');

    private static string Escaped(string field) =>
        field.AsSpan().IndexOfAny('\\', '\t', '\n') < 0
            ? field
            : field
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\t", "\\t", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Restored(string field)
    {
        var text = new StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            text.Append(
                field[i] != '\\' ? field[i]
                : field[++i] == 't' ? '\t'
                : field[i] == 'n' ? '\n'
                : '\\'
            );
        }

        return text.ToString();
    }
}
