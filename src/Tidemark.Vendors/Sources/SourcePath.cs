namespace Tidemark.Vendors.Sources;

/// <summary>The sources that a call depends on.</summary>
/// <param name="Relay">The server that asks others; null where the vendor answers by itself.</param>
/// <param name="Source">Who answers.</param>
/// <param name="Api">The call's own name there.</param>
internal sealed record SourcePath(string? Relay, string Source, string Api)
{
    /// <summary>From the outermost one in.</summary>
    public IReadOnlyList<string> Names { get; } =
        Relay is null ? [Source, $"{Source}/{Api}"] : [Relay, Source, $"{Source}/{Api}"];
}
