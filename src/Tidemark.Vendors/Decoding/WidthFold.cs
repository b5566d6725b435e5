namespace Tidemark.Vendors.Decoding;

/// <summary>
/// Wide forms of ASCII, as Chinese pages mix them, as the narrow ones: <c>（亿元）</c> as <c>(亿元)</c>. That is what
/// NFKC does with them; the runtime has no tables of Unicode in its invariant mode.
/// </summary>
internal static class WidthFold
{
    private const char FirstWide = '！';
    private const char LastWide = '～';
    private const char WideBlank = '\u3000';

    public static string Of(string text) =>
        text.AsSpan().ContainsAnyInRange(FirstWide, LastWide) || text.Contains(WideBlank, StringComparison.Ordinal)
            ? string.Create(
                text.Length,
                text,
                static (narrow, wide) =>
                {
                    for (var i = 0; i < wide.Length; i++)
                    {
                        narrow[i] = wide[i] switch
                        {
                            >= FirstWide and <= LastWide => (char)(wide[i] - FirstWide + '!'),
                            WideBlank => ' ',
                            var other => other,
                        };
                    }
                }
            )
            : text;
}
