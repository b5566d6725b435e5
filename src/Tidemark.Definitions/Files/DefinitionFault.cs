using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Files;

/// <summary>
/// A definition that cannot be used. It is left out, with whatever needs it; a shipped one whose place it has taken
/// does not come back for it.
/// </summary>
/// <param name="Kind"><c>dataset</c>, <c>check</c>, <c>calendar</c>, <c>sessions</c> or <c>table</c>.</param>
/// <param name="Id">Which.</param>
/// <param name="Code">Of the error that it is for whoever names it.</param>
/// <param name="Problems">All of them, each with file and line.</param>
public sealed record DefinitionFault(string Kind, string Id, string Code, IReadOnlyList<YamlProblem> Problems)
{
    /// <summary>Every word that names it, as far as its file can be understood; its id among them.</summary>
    public IReadOnlyList<string> Names { get; init; } = [Id];

    /// <summary>The problems as one sentence.</summary>
    public string Reason => string.Join("; ", YamlProblems.Ordered(Problems));

    /// <summary>The error of whoever asks for just this one.</summary>
    public InvalidDefinitionException ToException() =>
        YamlProblems.ToException(Code, $"the {Kind} {Id}, which is left out", Problems);

    /// <summary>One error of several.</summary>
    public static InvalidDefinitionException ToException(IReadOnlyList<DefinitionFault> faults) =>
        YamlProblems.ToException(faults[0].Code, "the definitions", [.. faults.SelectMany(f => f.Problems).Distinct()]);
}
