using System.Collections.Frozen;

namespace Tidemark.Vendors.AkShare;

/// <summary>
/// Which hosts a function of AkShare scrapes, as <c>host-families.csv</c> says it: those of a family refuse and fail
/// together, so that calls are limited by family. Source: the host of each function in AkShare 1.18.94.
/// </summary>
public sealed class HostFamilies
{
    /// <summary>The family of functions that nobody has placed.</summary>
    public const string Unknown = "default";

    private readonly FrozenDictionary<string, string> _byFunction;

    private HostFamilies(IEnumerable<KeyValuePair<string, string>> byFunction) =>
        _byFunction = byFunction.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The table of the program.</summary>
    public static HostFamilies Read()
    {
        using var stream = typeof(HostFamilies).Assembly.GetManifestResourceStream("host-families.csv")!;
        using var reader = new StreamReader(stream);
        return new HostFamilies(
            reader
                .ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(line => !line.StartsWith('#'))
                .Skip(1) // names of the columns
                .Select(line => line.Split(','))
                .Select(cells => KeyValuePair.Create(cells[0], cells[1]))
        );
    }

    /// <summary>All families, in the order of their names.</summary>
    public IReadOnlyList<string> All => [.. _byFunction.Values.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The family of a function.</summary>
    public string Of(string function) => _byFunction.GetValueOrDefault(function, Unknown);
}
