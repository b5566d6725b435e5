using Tidemark.Testing.Tws;

namespace Tidemark.Vendors.Tests.Ibkr.Support;

/// <summary>What gateways write, from all golden files that there are.</summary>
internal static class Golden
{
    private const string Folder = "golden/";
    private const string Extension = ".frames";

    /// <summary>All but the answer to the greeting, which is no message.</summary>
    public static IReadOnlyList<GoldenFrame> FromGateway { get; } =
    [
        .. typeof(GoldenFrames)
            .Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(n => GoldenFrames.Read(n[Folder.Length..^Extension.Length]))
            .Where(f => !f.FromClient && f.Message != "version and connection time"),
    ];

    public static string ContractData { get; } =
        GoldenFrames.Read("session").Single(f => f.Message == "contractData").Dump;
}
