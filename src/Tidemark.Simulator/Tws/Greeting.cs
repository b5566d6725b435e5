using System.Buffers;
using System.Globalization;

namespace Tidemark.Simulator.Tws;

/// <summary>
/// A client's greeting: a range of versions, the bare number of a client from before version 100, or neither.
/// </summary>
internal readonly record struct Greeting
{
    /// <summary>The bytes of the shortest legacy greeting: two digits and a NUL.</summary>
    public const int ShortestLegacy = 3;

    private Greeting(VersionRange? range, int legacy)
    {
        _range = range;
        _legacy = legacy;
    }

    private readonly VersionRange? _range;
    private readonly int _legacy;

    /// <summary>A greeting that this protocol does not have.</summary>
    public static Greeting None => default;

    /// <summary>Whether the client speaks the protocol from before version 100, without frames.</summary>
    public bool IsLegacy => _legacy > 0;

    /// <summary>The versions; only for a client that is not refused.</summary>
    public VersionRange Range => _range!.Value;

    public static Greeting Of(VersionRange range) => new(range, 0);

    /// <summary>Reads a bare version number that ends with NUL; null when it is none.</summary>
    public static Greeting? TryLegacy(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> start = stackalloc byte[ShortestLegacy];
        if (bytes.Length < ShortestLegacy)
        {
            return null;
        }

        bytes.Slice(0, ShortestLegacy).CopyTo(start);
        return
            start[2] == 0 && int.TryParse(start[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new Greeting(null, version)
            : null;
    }

    /// <summary>
    /// Whether the client speaks a version; if not, <paramref name="reason"/> says why it is refused.
    /// </summary>
    public bool Admits(int version, out string reason)
    {
        var number = version.ToString(CultureInfo.InvariantCulture);
        reason =
            IsLegacy
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"it speaks version {_legacy} of the API, from before version 100, and this gateway {number}; update its client library"
                )
            : _range is not { } range
                ? "it does not begin as clients of the API do (API, then a range of versions like v100..176)"
            : range.Contains(version) ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it speaks versions {range.Lowest} to {range.Highest}, and this gateway {number} alone"
            );
        return reason.Length == 0;
    }
}
