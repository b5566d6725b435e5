namespace Tidemark.Operations.Planning;

/// <summary>The days that this workspace wants, both included.</summary>
/// <param name="From">Null = decided by the planner (the last 30 trading days).</param>
/// <param name="To">Null = open end.</param>
public sealed record PlanOptions(DateOnly? From, DateOnly? To);

/// <summary>The instruments that the user named.</summary>
/// <param name="Symbols">Named in the workspace file.</param>
/// <param name="FromFile">A CSV file with more of them, absolute, or null. Whether it exists is seen when it is read.</param>
public sealed record TargetPoolOptions(IReadOnlyList<string> Symbols, string? FromFile);
