using System.Text;

namespace Tidemark.Vendors.Decoding;

/// <summary>A vendor's bytes, cut and cleaned so that they can stand in a message.</summary>
internal static class Excerpt
{
    public static string Of(ReadOnlySpan<byte> utf8, int bytes)
    {
        var isCut = utf8.Length > bytes;
        var end = isCut ? bytes : utf8.Length;
        while (isCut && end > 0 && (utf8[end] & 0xC0) == 0x80)
        {
            end--; // not in the middle of a character
        }

        return Clean(Encoding.UTF8.GetString(utf8[..end])) + (isCut ? "…" : "");
    }

    public static string Of(string text, int length)
    {
        var isCut = text.Length > length;
        return Clean(isCut ? text[..length] : text) + (isCut ? "…" : "");
    }

    /// <summary>The same as a sentence, to which another may be added.</summary>
    public static string Sentence(string text, int length)
    {
        var said = Of(text, length).TrimEnd();
        return said.Length > 0 && char.IsPunctuation(said[^1]) ? said : said + ".";
    }

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var isBlank = char.IsControl(c) || char.IsWhiteSpace(c);
            if (!isBlank)
            {
                clean.Append(c);
            }
            else if (clean.Length > 0 && clean[^1] != ' ')
            {
                clean.Append(' ');
            }
        }

        return clean.ToString();
    }
}
