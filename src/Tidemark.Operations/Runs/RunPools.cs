using Tidemark.Core.Runs;

namespace Tidemark.Operations.Runs;

/// <summary>The pools as users name them where they may name both.</summary>
public static class RunPools
{
    private const string Targets = "targets";
    private const string Universe = "universe";

    /// <summary>Both pools.</summary>
    public const string Both = "both";

    /// <summary>Every name that there is.</summary>
    public static IReadOnlyList<string> Names { get; } = [Targets, Universe, Both];

    /// <summary>The pools that a name means, in the order in which they run.</summary>
    public static IReadOnlyList<RunScope> Of(string name) =>
        name switch
        {
            Targets => [RunScope.Targets],
            Universe => [RunScope.Universe],
            Both => [RunScope.Targets, RunScope.Universe],
            _ => throw new ArgumentException($"'{name}' is no pool", nameof(name)),
        };
}
