using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// The versions that a client speaks, from its greeting: <c>v100..176</c> or <c>v176</c>, perhaps followed by options.
/// </summary>
internal readonly record struct VersionRange(int Lowest, int Highest, bool AsksForPacing)
{
    public bool Contains(int version) => version >= Lowest && version <= Highest;

    public static bool TryParse(ReadOnlySpan<byte> text, out VersionRange range)
    {
        range = default;
        var end = text.IndexOf((byte)' ');
        var versions = end < 0 ? text : text[..end];
        if (versions.IsEmpty || versions[0] != (byte)'v')
        {
            return false;
        }

        versions = versions[1..];
        var dots = versions.IndexOf(".."u8);
        if (
            !TryVersion(dots < 0 ? versions : versions[..dots], out var lowest)
            || !TryVersion(dots < 0 ? versions : versions[(dots + 2)..], out var highest)
        )
        {
            return false;
        }

        range = new VersionRange(lowest, highest, text.IndexOf("+PACEAPI"u8) > 0);
        return true;
    }

    private static bool TryVersion(ReadOnlySpan<byte> text, out int version) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version);
}
