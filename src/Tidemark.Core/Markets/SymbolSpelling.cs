namespace Tidemark.Core.Markets;

/// <summary>
/// A symbol as somebody types it, taken apart: <c>600519</c>, <c>sh600519</c>, <c>SH.600519</c>, <c>SSE:600519</c>,
/// <c>600519.XSHG</c>, <c>600519.ss</c>, <c>６００５１９</c>. Pure: whether there is such a symbol, <see cref="SymbolBook"/>
/// knows.
/// </summary>
/// <param name="Code">
/// Without exchange, upper-case: <c>600519</c>. Digits whose leading zeros a spreadsheet ate are not yet filled up.
/// </param>
/// <param name="Exchange">The exchange that is named; null when none is.</param>
/// <param name="Text">The typed text, trimmed, narrow and upper-case.</param>
public readonly record struct SymbolSpelling(string Code, Exchange? Exchange, string Text)
{
    private const char FirstWide = '\uFF01';
    private const char LastWide = '\uFF5E';
    private static readonly char[] s_separators = ['.', ':', '_', '-', ' '];

    public static SymbolSpelling Parse(string typed)
    {
        var text = Narrow(typed).Trim().ToUpperInvariant();
        var last = text.LastIndexOfAny(s_separators);
        if (last > 0 && Exchanges.Find(text[(last + 1)..]) is { } behind)
        {
            return new SymbolSpelling(text[..last], behind, text);
        }

        var first = text.IndexOfAny(s_separators);
        if (first > 0 && Exchanges.Find(text[..first]) is { } before)
        {
            return new SymbolSpelling(text[(first + 1)..], before, text);
        }

        var letters = text.TakeWhile(char.IsAsciiLetter).Count();
        return
            letters > 0
            && letters < text.Length
            && text.AsSpan(letters).IndexOfAnyExceptInRange('0', '9') < 0
            && Exchanges.Find(text[..letters]) is { CodeLength: > 0 } glued
            ? new SymbolSpelling(text[letters..], glued, text)
            : new SymbolSpelling(text, null, text);
    }

    /// <summary>
    /// The one way in which it is kept, <c>600519.SH</c>, when the spelling alone says it all; else null.
    /// </summary>
    public string? Canonical =>
        Exchange is { Suffix: { } suffix } exchange && Code.Length > 0
            ? $"{Filled(exchange.CodeLength)}.{suffix}"
            : null;

    // Full-width letters, digits and dots, as Chinese input methods make them. Unicode's own normalization needs ICU,
    // which not every machine has.
    private static string Narrow(string text) =>
        string.Create(
            text.Length,
            text,
            (narrow, wide) =>
            {
                for (var i = 0; i < wide.Length; i++)
                {
                    narrow[i] = wide[i] switch
                    {
                        >= FirstWide and <= LastWide => (char)(wide[i] - FirstWide + '!'),
                        '\u3000' => ' ',
                        var other => other,
                    };
                }
            }
        );

    /// <summary>The code with leading zeros, if it is digits only and shorter.</summary>
    public string Filled(int length) => Code.All(char.IsAsciiDigit) ? Code.PadLeft(length, '0') : Code;
}
