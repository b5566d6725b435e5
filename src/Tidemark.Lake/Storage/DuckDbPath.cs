using System.Text;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Storage;

/// <summary>How paths are written where DuckDB takes a pattern.</summary>
internal static class DuckDbPath
{
    /// <summary>A literal that matches exactly this path.</summary>
    public static string Literal(string path) => DuckDbSql.Literal(Pattern(path));

    /// <summary>The pattern that matches exactly this path.</summary>
    public static string Pattern(string path)
    {
        if (path.AsSpan().IndexOfAny('*', '?', '[') < 0)
        {
            return path;
        }

        var pattern = new StringBuilder(path.Length + 8);
        foreach (var c in path)
        {
            _ = c is '*' or '?' or '[' ? pattern.Append('[').Append(c).Append(']') : pattern.Append(c);
        }

        return pattern.ToString();
    }

    /// <summary>A list of literals, each of which matches exactly its path.</summary>
    public static string Literals(IEnumerable<string> paths) => $"[{string.Join(", ", paths.Select(Literal))}]";
}
