using Tidemark.Core.Datasets;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>The lists that rules are resolved by, whether they are in the lake or not.</summary>
/// <param name="Lists">Those of instruments, industries, themes.</param>
/// <param name="Weights">The dataset with the members of indices; null where no rule needs it.</param>
/// <param name="Members">Of which indices, and on which days.</param>
public sealed record TargetLists(
    IReadOnlyList<DatasetDefinition> Lists,
    DatasetDefinition? Weights,
    IReadOnlyList<(string Part, DateOnly Day)> Members
)
{
    public static TargetLists None { get; } = new([], null, []);
}
