using System.Globalization;

namespace Tidemark.Core;

/// <summary>
/// The two spellings of a day: <c>2022-06-01</c> here and in the lake, <c>20220601</c> at Chinese vendors.
/// </summary>
public static class TradeDate
{
    public const string IsoFormat = "yyyy-MM-dd";
    public const string CompactFormat = "yyyyMMdd";

    public static string ToIso(this DateOnly date) => date.ToString(IsoFormat, CultureInfo.InvariantCulture);

    public static string ToCompact(this DateOnly date) => date.ToString(CompactFormat, CultureInfo.InvariantCulture);

    /// <summary>Parses <c>YYYY-MM-DD</c> and nothing else.</summary>
    public static bool TryParseIso(string? text, out DateOnly date) =>
        DateOnly.TryParseExact(text, IsoFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>Parses <c>YYYYMMDD</c> and nothing else.</summary>
    public static bool TryParseCompact(string? text, out DateOnly date) =>
        DateOnly.TryParseExact(text, CompactFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    public static DateOnly ParseIso(string text) =>
        TryParseIso(text, out var date) ? date : throw new FormatException($"'{text}' is not a date like 2022-06-01");
}
