using System.Globalization;

namespace Tidemark.Cli.Output;

/// <summary>
/// Messages that would push everything else off the screen, cut to one, with a word on where the whole is.
/// </summary>
internal static class Screenful
{
    private const int LongestText = 4000;
    private const int MostLines = 40;

    /// <param name="text">What is to be said.</param>
    /// <param name="whole">Where all of it can be read, for example <c>--json has the whole</c>.</param>
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
