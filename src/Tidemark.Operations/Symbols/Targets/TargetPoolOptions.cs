namespace Tidemark.Operations.Symbols.Targets;

/// <summary>The instruments that the workspace file names: <c>pools.targets</c>.</summary>
/// <param name="Symbols">The symbols in the workspace file.</param>
/// <param name="FromFile">
/// A CSV file with more symbols, absolute, or null. Whether it exists is checked when it is read.
/// </param>
public sealed record TargetPoolOptions(IReadOnlyList<string> Symbols, string? FromFile)
{
    public IReadOnlyList<TagRule> Tags { get; init; } = [];

    public IReadOnlyList<IndexRule> Indexes { get; init; } = [];

    public IReadOnlyList<Watchlist> Watchlists { get; init; } = [];
}

/// <summary>Symbols under a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Symbols">Those in the workspace file.</param>
/// <param name="File">A file with more of them, as <see cref="TargetPoolOptions.FromFile"/>; or null.</param>
public sealed record Watchlist(string Name, IReadOnlyList<string> Symbols, string? File = null);
