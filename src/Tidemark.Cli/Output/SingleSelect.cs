using Tidemark.Core.Errors;
using Tidemark.DuckDb;

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
            if (!SqlText.SkipQuoted(text, ref at))
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
            if (SqlText.SkipQuoted(text, ref at))
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

    private static TidemarkException Refused(string message) => new(ErrorKind.BadRequest, "SQL_NOT_A_QUERY", message);
}
