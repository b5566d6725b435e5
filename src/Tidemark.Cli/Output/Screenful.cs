using System.Globalization;

namespace Tidemark.Cli.Output;

/// <summary>
/// Cuts long messages to one screen, and says where the whole message is.
/// </summary>
internal static class Screenful
{
    private const int LongestText = 4000;
    private const int MostLines = 40;

    /// <param name="text">The message.</param>
    /// <param name="whole">Where the whole message is, for example <c>--json has the whole</c>.</param>
    public static string Cut(string text, string whole)
    {
        var end = Math.Min(text.Length, LongestText);
        var lines = 0;
        for (var at = 0; at < end; at++)
        {
            if (text[at] == '\n' && ++lines == MostLines)
            {
                end = at;
            }
        }

        if (end == text.Length)
        {
            return text;
        }

        end -= char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{text[..end]}… ({text.Length - end} more characters; {whole})"
        );
    }
}
