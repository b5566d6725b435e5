using Tidemark.DuckDb;

namespace Tidemark.Lake.Catalog;

/// <summary>
/// <c>EXPLAIN</c>, <c>EXPLAIN ANALYZE</c> and <c>EXPLAIN (FORMAT json)</c> at the beginning of a text. The engine gives
/// trees of queries only, so the query after the prefix is judged alone and then run after an <c>EXPLAIN</c> that we
/// write. So nothing depends on whether this reading is right.
/// </summary>
/// <param name="Length">Characters before the query.</param>
/// <param name="Options">The prefix as we write it; empty when there is none.</param>
internal readonly record struct ExplainPrefix(int Length, string Options)
{
    private static readonly string[] s_formats = ["DEFAULT", "TEXT", "JSON", "HTML", "GRAPHVIZ", "YAML", "MERMAID"];

    public static ExplainPrefix Of(string text)
    {
        var at = 0;
        if (Word(text, ref at) != "EXPLAIN")
        {
            return new ExplainPrefix(0, "");
        }

        var options = "EXPLAIN";
        var after = at;
        if (Word(text, ref after) is "ANALYZE" or "ANALYSE")
        {
            (options, at) = ("EXPLAIN ANALYZE", after);
        }

        after = at;
        Blanks(text, ref after);
        var close = after < text.Length && text[after] == '(' ? text.IndexOf(')', after) : -1;
        if (close > 0)
        {
            var inside = text[(after + 1)..close]
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (
                inside is [var name, var format]
                && name.Equals("FORMAT", StringComparison.OrdinalIgnoreCase)
                && s_formats.Contains(format.ToUpperInvariant())
            )
            {
                return new ExplainPrefix(
                    close + 1,
                    $"EXPLAIN ({(options.Length > "EXPLAIN".Length ? "ANALYZE, " : "")}FORMAT {format.ToUpperInvariant()})"
                );
            }
        }

        return new ExplainPrefix(at, options);
    }

    private static string Word(string text, ref int at)
    {
        Blanks(text, ref at);
        var start = at;
        while (at < text.Length && char.IsAsciiLetter(text[at]))
        {
            at++;
        }

        return text[start..at].ToUpperInvariant();
    }

    private static void Blanks(string text, ref int at)
    {
        while (at < text.Length)
        {
            var isComment = text.AsSpan(at).StartsWith("--") || text.AsSpan(at).StartsWith("/*");
            if (!char.IsWhiteSpace(text[at]) && !(isComment && SqlText.SkipQuoted(text, ref at)))
            {
                return;
            }

            at += isComment ? 0 : 1;
        }
    }
}
