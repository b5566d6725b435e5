using System.Text;
using System.Text.RegularExpressions;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>
/// What a query may read, told by the words in its text. Those in comments and texts count as well: better a table too many than one too few.
/// </summary>
public static partial class QueryReach
{
    /// <summary>Whether a query names a table or its macro.</summary>
    public static bool MayRead(string sql, TableId table) =>
        Words(sql) is var words && (words.Contains(table.Name) || words.Contains(table.Name + "_dt"));

    /// <summary>The query and the migrations whose views and macros it uses, directly or through another's.</summary>
    internal static string WithMigrations(string sql, IReadOnlyList<CatalogMigration> migrations)
    {
        var text = new StringBuilder(sql);
        var left = migrations.ToList();
        int before;
        do
        {
            before = left.Count;
            var words = Words(text.ToString());
            foreach (
                var used in left.Where(m => Created().Matches(m.Sql).Any(c => words.Contains(c.Groups["name"].Value)))
                    .ToArray()
            )
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

    // The last part of the name that is created: catalog_meta."tables" → tables.
    [GeneratedRegex(
        @"\b(?:VIEW|MACRO|FUNCTION|TABLE)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:""?\w+""?\s*\.\s*)*""?(?<name>\w+)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Created();
}
