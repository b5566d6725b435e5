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

    /// <summary>A symbol's code alone: <c>{part:code}</c> is 600519 where the part is 600519.SH.</summary>
    public const string Code = "code";

    /// <summary>A symbol with its exchange before it: <c>{part:prefixed}</c> is sh600519.</summary>
    public const string Prefixed = "prefixed";

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
                var (word, format) = (match.Groups["word"].Value, match.Groups["format"].Value);
                words.Add(IsFormatOf(word, format) ? word : format);
                return "";
            }
        );
        return rest.AsSpan().ContainsAny('{', '}') || words.Except(All).Any() ? null : words;
    }

    /// <summary>A symbol as a vendor spells it that does not write 600519.SH.</summary>
    public static string Spelled(string symbol, string format)
    {
        var dot = symbol.LastIndexOf('.');
        return dot < 0 || format.Length == 0 ? symbol
            : format == Code ? symbol[..dot]
            : string.Concat(symbol[(dot + 1)..].ToLowerInvariant(), symbol.AsSpan(0, dot));
    }

    private static bool IsFormatOf(string word, string format) =>
        format.Length == 0 || (word == Part) == (format is Code or Prefixed);

    [GeneratedRegex(@"\{(?<word>[a-z]+)(:(?<format>code|prefixed|[yMd/\-.]+))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex PlaceholderPattern();
}
