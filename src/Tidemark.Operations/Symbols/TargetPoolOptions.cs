namespace Tidemark.Operations.Symbols;

/// <summary>The instruments that the user named.</summary>
/// <param name="Symbols">The symbols in the workspace file.</param>
/// <param name="FromFile">
/// A CSV file with more symbols, absolute, or null. Whether it exists is checked when it is read.
/// </param>
public sealed record TargetPoolOptions(IReadOnlyList<string> Symbols, string? FromFile);
