namespace Tidemark.Core.Runs;

/// <summary>
/// A queue of work that runs one job at a time, beside the other lanes: a long backfill of China never delays an option
/// slot, which cannot be had again.
/// </summary>
public enum Lane
{
    /// <summary>Targets, then the universe.</summary>
    China,

    /// <summary>The slots of US option chains.</summary>
    Options,
}

/// <summary>What a lane does now.</summary>
public enum LaneActivity
{
    /// <summary>Nothing runs, and what comes may begin.</summary>
    Idle,

    /// <summary>A job runs.</summary>
    Running,

    /// <summary>Nothing begins; a job that runs waits at its next unit.</summary>
    Paused,

    /// <summary>A job was asked to end, and finishes the commit in flight.</summary>
    Canceling,
}

/// <summary>How lanes and their activities are written, and which pools a lane runs.</summary>
public static class Lanes
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Lane> All { get; } = [Lane.China, Lane.Options];

    /// <summary>What people may write for one lane: its own name, or a pool's; <c>both</c> is China.</summary>
    public static IReadOnlyList<string> Scopes { get; } = [.. Pools.Names, Lane.Options.Name(), Lane.China.Name()];

    /// <summary>In the control database, in commands and JSON.</summary>
    public static string Name(this Lane lane) => lane == Lane.China ? "china" : "options";

    /// <inheritdoc cref="Name(Lane)"/>
    public static string Name(this LaneActivity activity) =>
        activity switch
        {
            LaneActivity.Idle => "idle",
            LaneActivity.Running => "running",
            LaneActivity.Paused => "paused",
            _ => "canceling",
        };

    /// <summary>The lane in which a pool runs.</summary>
    public static Lane Of(Pool pool) =>
        pool switch
        {
            Pool.Targets or Pool.Universe => Lane.China,
            _ => throw new ArgumentOutOfRangeException(nameof(pool), pool, "no lane runs this pool"),
        };

    /// <summary>The lane that a scope means.</summary>
    /// <exception cref="ArgumentException">The scope is none of <see cref="Scopes"/>.</exception>
    public static Lane Of(string scope) =>
        Scopes.Contains(scope, StringComparer.Ordinal)
            ? scope == Lane.Options.Name()
                ? Lane.Options
                : Lane.China
            : throw new ArgumentException($"'{scope}' is no pool or lane", nameof(scope));
}
