namespace Tidemark.Core.Runs;

/// <summary>A set of instruments that is planned, run, evaluated and reported by itself.</summary>
public enum Pool
{
    /// <summary>The instruments that the user named.</summary>
    Targets,

    /// <summary>Every instrument of the markets that are collected.</summary>
    Universe,
}

/// <summary>How pools are written.</summary>
public static class Pools
{
    /// <summary>What people write for both.</summary>
    public const string Both = "both";

    /// <summary>The pools as reports show them: the wider one first.</summary>
    public static IReadOnlyList<Pool> All { get; } = [Pool.Universe, Pool.Targets];

    /// <summary>Every name that <see cref="Of"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [Pool.Targets.Name(), Pool.Universe.Name(), Both];

    /// <summary>The views of completeness by name.</summary>
    public static IReadOnlyDictionary<string, Pool> ByViewName { get; } = All.ToDictionary(ViewName);

    /// <summary>Of runs, leases and tables' logs, and of commands: <c>targets</c>, <c>universe</c>.</summary>
    public static string Name(this Pool pool) => pool == Pool.Targets ? "targets" : "universe";

    /// <summary>Of completeness, stored and shown: <c>target_pool</c>, <c>source_pool</c>.</summary>
    public static string ViewName(this Pool pool) => pool == Pool.Targets ? "target_pool" : "source_pool";

    /// <summary>The pools that a name means, in the order in which they run: the user's own first.</summary>
    /// <exception cref="ArgumentException">The name is none of <see cref="Names"/>.</exception>
    public static IReadOnlyList<Pool> Of(string name) =>
        name == Both ? [Pool.Targets, Pool.Universe]
        : name == Pool.Targets.Name() ? [Pool.Targets]
        : name == Pool.Universe.Name() ? [Pool.Universe]
        : throw new ArgumentException($"'{name}' is no pool", nameof(name));
}
