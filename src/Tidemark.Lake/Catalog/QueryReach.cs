using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>
/// The tables that a query may read, by the words in its text. Words in comments and texts count, too: one table too
/// many is better than one too few.
/// </summary>
public static partial class QueryReach
{
    /// <summary>Whether a query names a table or its macro.</summary>
    public static bool MayRead(string sql, TableId table) =>
        Words(sql) is var words && (words.Contains(table.Name) || words.Contains(table.Name + "_dt"));

    /// <summary>
    /// The names of a table or folder of the lake (<c>layer.name</c>) in queries; empty when no query can name it.
    /// </summary>
    internal static IReadOnlyList<string> NamesOf(string table) =>
        table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..] is var name && TableId.IsName(name)
            ? [name, name + "_dt"]
            : [];

    /// <summary>The first of some names that is a word of the text, or null.</summary>
    internal static string? FirstNamed(string sql, IReadOnlySet<string> names) =>
        names.Count == 0 ? null : Word().Matches(sql).Select(m => m.Value).FirstOrDefault(names.Contains);

    /// <summary>The views, macros and tables that a text makes.</summary>
    internal static IEnumerable<string> CreatedBy(string sql) =>
        Created().Matches(sql).Select(c => c.Groups["name"].Value);

    /// <summary>The views, macros, tables and schemas that a text drops or renames.</summary>
    internal static IEnumerable<string> DroppedBy(string sql) =>
        Dropped().Matches(sql).Select(c => c.Groups["name"].Value);

    /// <summary>
    /// The query and the migrations whose views and macros it uses, directly or through other views and macros.
    /// </summary>
    internal static string WithMigrations(string sql, IReadOnlyList<CatalogMigration> migrations)
    {
        var text = new StringBuilder(sql);
        var left = migrations.ToList();
        int before;
        do
        {
            before = left.Count;
            var words = Words(text.ToString());
            foreach (var used in left.Where(m => CreatedBy(m.Sql).Any(words.Contains)).ToArray())
            {
                text.Append('\n').Append(used.Sql);
                left.Remove(used);
            }
        } while (left.Count < before);

        return text.ToString();
    }

    private static HashSet<string> Words(string sql) =>
        Word().Matches(sql).Select(m => m.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    // CREATE … VIEW a.b, MACRO "a"."b", TABLE b: the last part of the name.
    [GeneratedRegex(
        @"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:VIEW|MACRO|FUNCTION|TABLE)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:""?\w+""?\s*\.\s*)*""?(?<name>\w+)""?",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Created();

    [GeneratedRegex(
        @"\b(?:DROP|ALTER)\s+(?:VIEW|MACRO|FUNCTION|TABLE|SCHEMA)\s+(?:IF\s+EXISTS\s+)?(?:""?\w+""?\s*\.\s*)*""?(?<name>\w+)""?",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Dropped();
}
