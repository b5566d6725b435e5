using System.Security.Cryptography;
using System.Text;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// The name that a column of a vendor gets in a table: one that a declaration could have, so that a declaration can
/// take it over, and the same in every process, so that two that adopt it at once agree.
/// </summary>
internal static class AdoptedName
{
    private const int LengthMax = 60;
    private const string Prefix = "adopted_";

    /// <summary>
    /// The vendor's name in small letters, digits and _ where that says as much; else <c>adopted_</c> and digits that
    /// follow from it.
    /// </summary>
    /// <param name="field">The vendor's name.</param>
    /// <param name="taken">Names that other columns have.</param>
    public static string Of(string field, IReadOnlyCollection<string> taken)
    {
        var plain = Plain(field);
        return plain is not null && !taken.Contains(plain) ? plain : Prefix + Digits(field);
    }

    // No letter may be lost: 成交量 and 成交额 would become the same.
    private static string? Plain(string field)
    {
        var name = new StringBuilder(field.Length);
        foreach (var c in field.Trim())
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                name.Append(char.ToLowerInvariant(c));
            }
            else if (char.IsAscii(c))
            {
                name.Append('_');
            }
            else
            {
                return null;
            }
        }

        return name.Length is > 0 and <= LengthMax && char.IsAsciiLetter(name[0]) ? name.ToString() : null;
    }

    private static string Digits(string field) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(field)))[..12];
}
