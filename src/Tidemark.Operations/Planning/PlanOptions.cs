namespace Tidemark.Operations.Planning;

/// <summary>The days that this workspace wants, both included.</summary>
/// <param name="From">Null: the planner decides (the last 30 trading days).</param>
/// <param name="To">Null: no last day.</param>
public sealed record PlanOptions(DateOnly? From, DateOnly? To);
