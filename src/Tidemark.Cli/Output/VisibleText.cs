using System.Globalization;
using System.Text;

namespace Tidemark.Cli.Output;

/// <summary>
/// Makes text from outside (vendors' messages, file names, data) safe for a terminal: shows characters that would move
/// the cursor, change colours, rename the window or turn the direction of writing.
/// </summary>
internal static class VisibleText
{
    private const char FirstPicture = '\u2400'; // the picture of NUL; those of the other controls follow in order
    private const char DeletePicture = '\u2421';

    /// <summary>The safe text; the same instance when nothing has to change.</summary>
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
    /// <param name="text">Any text.</param>
    /// <param name="length">The largest number of characters; a cut text ends with <c>…</c>.</param>
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
            // Marks that turn the direction of writing: with them a name can look like another.
            >= '\u202A' and <= '\u202E' => true,
            >= '\u2066' and <= '\u2069' => true,
            _ => false,
        };
}
