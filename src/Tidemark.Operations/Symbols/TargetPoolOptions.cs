namespace Tidemark.Operations.Symbols;

/// <summary>The instruments that the user named.</summary>
/// <param name="Symbols">Named in the workspace file.</param>
/// <param name="FromFile">
/// A CSV file with more of them, absolute, or null. Whether it exists is seen when it is read.
/// </param>
public sealed record TargetPoolOptions(IReadOnlyList<string> Symbols, string? FromFile);
