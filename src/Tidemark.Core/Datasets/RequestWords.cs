using System.Text.RegularExpressions;

namespace Tidemark.Core.Datasets;

/// <summary>
/// What stands in braces in the parameters of a dataset's calls, in the place of what differs between units.
/// </summary>
public static partial class RequestWords
{
    /// <summary>The unit's day.</summary>
    public const string Day = "dt";

    /// <summary>The first day that is asked for.</summary>
    public const string From = "from";

    /// <summary>The last day that is asked for.</summary>
    public const string To = "to";

    /// <summary>The unit's month.</summary>
    public const string Month = "month";

    /// <summary>The unit's quarter.</summary>
    public const string Quarter = "quarter";

    /// <summary>The unit's year.</summary>
    public const string Year = "year";

    /// <summary>The unit's part: a symbol, an exchange, a group.</summary>
    public const string Part = "part";

    /// <summary>A word in braces, with a format of its own after a colon.</summary>
    public static Regex Placeholder => PlaceholderPattern();

    private static string[] All => [Day, From, To, Month, Quarter, Year, Part];

    /// <summary>The words in braces of a parameter; null where something in braces is none.</summary>
    public static IReadOnlyList<string>? In(string value)
    {
        var words = new List<string>();
        var rest = Placeholder.Replace(
            value,
            match =>
            {
                words.Add(match.Groups["word"].Value);
                return "";
            }
        );
        return rest.AsSpan().ContainsAny('{', '}') || words.Except(All).Any() ? null : words;
    }

    [GeneratedRegex(@"\{(?<word>[a-z]+)(:(?<format>[yMd/\-.]+))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex PlaceholderPattern();
}
