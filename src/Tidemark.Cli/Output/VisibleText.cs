using System.Globalization;
using System.Text;

namespace Tidemark.Cli.Output;

/// <summary>
/// Text from outside (vendors' messages, names of files, data) as it may go to a terminal: characters that would move
/// the cursor, change colours, rename the window or turn the direction of writing are shown instead of obeyed.
/// </summary>
internal static class VisibleText
{
    private const char FirstPicture = '\u2400'; // the picture of NUL; those of the other controls follow in order
    private const char DeletePicture = '\u2421';

    /// <summary>The text; the same instance when there is nothing to show.</summary>
    public static string Of(string text)
    {
        var first = 0;
        while (first < text.Length && !IsHidden(text[first]))
        {
            first++;
        }

        if (first == text.Length)
        {
            return text;
        }

        var visible = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var letter in text.AsSpan(first))
        {
            visible = letter switch
            {
                _ when !IsHidden(letter) => visible.Append(letter),
                < ' ' => visible.Append((char)(FirstPicture + letter)),
                '\x7F' => visible.Append(DeletePicture),
                _ => visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
            };
        }

        return visible.ToString();
    }

    /// <summary>The text as a cell of a table: on one line, and cut when it is long.</summary>
    /// <param name="text">From anywhere.</param>
    /// <param name="length">At most as many characters; a cut one ends with <c>…</c>.</param>
    public static string Cell(string text, int length)
    {
        var isCut = text.Length > length;
        if (isCut)
        {
            text = text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
        }

        // Line ends and tabs would break the table.
        var line = Of(text)
            .Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal);
        return isCut ? line + "…" : line;
    }

    private static bool IsHidden(char letter) =>
        letter switch
        {
            '\n' or '\r' or '\t' => false,
            _ when char.IsControl(letter) => true,
            // Marks that turn the direction of what follows: a name can pretend to be another.
            >= '\u202A' and <= '\u202E' => true,
            >= '\u2066' and <= '\u2069' => true,
            _ => false,
        };
}
