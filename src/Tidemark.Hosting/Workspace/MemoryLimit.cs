using System.Globalization;

namespace Tidemark.Hosting.Workspace;

/// <summary>A share of the machine's memory (<c>70%</c>) or an amount (<c>4GB</c>, <c>512MB</c>).</summary>
public readonly record struct MemoryLimit(int? Percent, long? Bytes)
{
    internal const string Expected = "a share like 70% or an amount like 4GB or 512MB";

    /// <summary>The limit in bytes on a machine with this many bytes of memory.</summary>
    public long Resolve(long totalBytes) => Bytes ?? totalBytes / 100 * (Percent ?? 100);

    internal static bool TryParse(string text, out MemoryLimit limit)
    {
        limit = default;
        if (text.EndsWith('%'))
        {
            var isShare = TryNumber(text[..^1], out var percent) && percent is >= 1 and <= 100;
            limit = new MemoryLimit(percent, null);
            return isShare;
        }

        if (text.Length < 3 || !TryNumber(text[..^2].TrimEnd(), out var count) || count < 1)
        {
            return false;
        }

        long? unit = text[^2..] switch
        {
            "MB" => 1L << 20,
            "GB" => 1L << 30,
            _ => null,
        };
        limit = new MemoryLimit(null, count * unit);
        return unit is not null;
    }

    private static bool TryNumber(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
