namespace Tidemark.DuckDb;

/// <summary>One statement of a text.</summary>
/// <param name="Text">From the end of the statement before it to its semicolon, which is left out.</param>
/// <param name="FirstLine">The line on which <paramref name="Text"/> begins, from 1.</param>
/// <param name="Line">The line of its first word.</param>
public sealed record SqlStatement(string Text, int FirstLine, int Line);

/// <summary>SQL as text: finds the ends of statements as DuckDB does.</summary>
public static class SqlText
{
    /// <summary>The statements of a text; blanks and comments alone are none.</summary>
    public static IReadOnlyList<SqlStatement> Statements(string text)
    {
        var statements = new List<SqlStatement>();
        var start = 0;
        int? firstWord = null;
        for (var at = 0; at <= text.Length; )
        {
            if (at == text.Length || text[at] == ';')
            {
                if (firstWord is { } word)
                {
                    statements.Add(new SqlStatement(text[start..at], LineOf(text, start), LineOf(text, word)));
                }

                (start, firstWord) = (++at, null);
                continue;
            }

            var before = at;
            var isComment = text.AsSpan(at).StartsWith("--") || text.AsSpan(at).StartsWith("/*");
            if (!SkipQuoted(text, ref at))
            {
                at++;
            }

            if (!isComment && !char.IsWhiteSpace(text[before]))
            {
                firstWord ??= before;
            }
        }

        return statements;
    }

    /// <summary>Skips a text, a quoted name or a comment that begins here. DuckDB refuses one without an end.</summary>
    public static bool SkipQuoted(string text, ref int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("--"))
        {
            at = EndOf(text, "\n", at + 2);
        }
        else if (rest.StartsWith("/*"))
        {
            at = EndOf(text, "*/", at + 2);
        }
        else if (rest.StartsWith("$") && DollarTag(rest) is { Length: > 0 } tag)
        {
            at = EndOf(text, tag, at + tag.Length);
        }
        else if (rest[0] is '\'' or '"')
        {
            // Only in E'…' a backslash hides the quote after it.
            var escapes = rest[0] == '\'' && at > 0 && text[at - 1] is 'e' or 'E';
            var quote = text[at++];
            while (at < text.Length && text[at] != quote)
            {
                at += escapes && text[at] == '\\' ? 2 : 1;
            }

            at = Math.Min(at + 1, text.Length);
        }
        else
        {
            return false;
        }

        return true;
    }

    // Matches $$ or $name$.
    private static string DollarTag(ReadOnlySpan<char> text)
    {
        var end = 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end < text.Length && text[end] == '$' && (end == 1 || !char.IsAsciiDigit(text[1]))
            ? text[..(end + 1)].ToString()
            : "";
    }

    private static int EndOf(string text, string mark, int from)
    {
        var end = text.IndexOf(mark, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + mark.Length;
    }

    private static int LineOf(string text, int position) => 1 + text.AsSpan(0, position).Count('\n');
}
