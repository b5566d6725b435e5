using Tidemark.Core.Runs;

namespace Tidemark.Operations.Runs;

/// <summary>The pools that commands accept where both may be named.</summary>
public static class RunPools
{
    /// <inheritdoc cref="Pools.Both"/>
    public const string Both = Pools.Both;

    /// <inheritdoc cref="Pools.Names"/>
    public static IReadOnlyList<string> Names => Pools.Names;

    /// <inheritdoc cref="Pools.Of"/>
    public static IReadOnlyList<Pool> Of(string name) => Pools.Of(name);
}
