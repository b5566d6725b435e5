using System.Globalization;
using System.Text.RegularExpressions;

namespace Tidemark.Definitions.Files;

/// <summary>
/// The migrations of <c>catalog.duckdb</c> among the definitions: a file <c>NNN_name.sql</c> each. Each refresh of the
/// catalog reads them anew, so they are no part of the bundle that a run goes by.
/// </summary>
public static partial class CatalogScripts
{
    /// <summary>By number, whatever stands behind it: that is what an own file takes the place of.</summary>
    public static DefinitionKind Kind { get; } = new("catalog", [".sql"], ReadId: IdOf);

    private static string IdOf(string path)
    {
        var name = Path.GetFileName(path);
        var match = FileName().Match(name);
        return match.Success
            ? int.Parse(match.Groups["version"].ValueSpan, CultureInfo.InvariantCulture)
                .ToString("D6", CultureInfo.InvariantCulture)
            : name;
    }

    [GeneratedRegex("^(?<version>[0-9]{1,6})_[A-Za-z0-9_]+\\.sql$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
