using Tidemark.Core.Errors;

namespace Tidemark.Cli.Output;

/// <summary>
/// Accepts one statement that only reads. The connection can write no database, but COPY could write files in the lake, which it has to be
/// able to read: hence one statement, and one whose first word only reads, behind EXPLAIN ANALYZE too.
/// </summary>
internal static class SingleSelect
{
    private static readonly string[] s_queries =
    [
        "SELECT",
        "WITH",
        "FROM",
        "VALUES",
        "DESCRIBE",
        "SUMMARIZE",
        "SHOW",
        "TABLE",
        "PIVOT",
        "UNPIVOT",
    ];

    /// <summary>The statement without the semicolon at its end.</summary>
    /// <exception cref="TidemarkException">Code <c>SQL_NOT_A_QUERY</c>: it is empty, not a query, or more than one.</exception>
    public static string Checked(string query)
    {
        var text = query.Trim().TrimEnd(';').Trim();
        var at = 0;
        var word = NextWord(text, ref at);
        while (word is "EXPLAIN" or "ANALYZE")
        {
            word = NextWord(text, ref at);
        }

        if (!s_queries.Contains(word))
        {
            throw Refused(
                "Only queries are allowed here (SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN of a query)."
            );
        }

        return HasSemicolon(text) ? throw Refused("Only one statement is allowed at once.") : text;
    }

    // Comments and brackets may stand before a word.
    private static string NextWord(string text, ref int at)
    {
        while (at < text.Length && !char.IsAsciiLetter(text[at]))
        {
            if (!SkipQuoted(text, ref at))
            {
                if (!char.IsWhiteSpace(text[at]) && text[at] != '(')
                {
                    return "";
                }

                at++;
            }
        }

        var start = at;
        while (at < text.Length && char.IsAsciiLetter(text[at]))
        {
            at++;
        }

        return text[start..at].ToUpperInvariant();
    }

    private static bool HasSemicolon(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            if (SkipQuoted(text, ref at))
            {
                continue;
            }

            if (text[at++] == ';')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Passes over a text, a quoted name or a comment that begins here. One without an end is left to DuckDB to refuse.</summary>
    private static bool SkipQuoted(string text, ref int at)
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
            // E'…' is the one text in which a backslash hides the quote after it.
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

    // $$ or $name$.
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

    private static TidemarkException Refused(string message) => new(ErrorKind.BadRequest, "SQL_NOT_A_QUERY", message);
}
