namespace Tidemark.Operations.Planning;

/// <summary>The days that this workspace wants, both included.</summary>
/// <param name="From">Null = decided by the planner (the last 30 trading days).</param>
/// <param name="To">Null = open end.</param>
public sealed record PlanOptions(DateOnly? From, DateOnly? To);
