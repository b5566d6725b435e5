using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>What the simulated account may see.</summary>
public enum EntitlementProfile
{
    /// <summary>Everything as it happens.</summary>
    Live,

    /// <summary>Everything, 15 minutes late, when the client has asked for delayed data; else a refusal.</summary>
    Delayed,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Options as they happen but without Greeks, because their underlyings are only there delayed.</summary>
    Partial,
}

/// <summary>What the gateway lets through. Null is no limit.</summary>
public sealed record TwsLimits
{
    /// <summary>Messages of one client in any second; what is more waits, or is refused.</summary>
    public int? MessagesPerSecond { get; init; } = 50;

    /// <summary>
    /// Refuses what is above <see cref="MessagesPerSecond"/> with error 100 and cuts the connection at the third time.
    /// </summary>
    public bool RejectsExcessMessages { get; init; }

    /// <summary>Market data requests open at once, of all clients.</summary>
    public int? Lines { get; init; } = 100;

    /// <summary>Snapshots begun in any second, by all clients.</summary>
    public int? SnapshotsPerSecond { get; init; } = 100;

    /// <summary>The pacing rules of historical data: 15 seconds, 6 in 2 seconds, 60 in 10 minutes.</summary>
    public bool PacesHistory { get; init; } = true;

    /// <summary>Nothing is limited: for measuring.</summary>
    public static TwsLimits None { get; } =
        new()
        {
            MessagesPerSecond = null,
            Lines = null,
            SnapshotsPerSecond = null,
            PacesHistory = false,
        };
}

/// <summary>
/// How one simulated gateway behaves. Everything but <see cref="Market"/> has a default that lets a client through.
/// </summary>
public sealed record TwsSimulatorOptions
{
    /// <summary>What is listed and what it is quoted at.</summary>
    public required IOptionMarket Market { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    public EntitlementProfile Profile { get; init; }

    /// <summary>The accounts that the gateway names. Without any, no client becomes ready.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = ["DU1234567"];

    public TwsLimits Limits { get; init; } = new();

    /// <summary>What goes wrong on purpose; null for nothing.</summary>
    public FaultPlan? Faults { get; init; }

    /// <summary>What faults draw from where chance is in them; the same seed spoils the same bytes.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether delayed data has the time of the last trade (88) and whether trading is halted (90). Real gateways send
    /// them; ib_async has no names for them and writes a line into its log for each.
    /// </summary>
    public bool SendsDelayedTimes { get; init; } = true;

    /// <summary>How often a stream of an option may tell something new.</summary>
    public TimeSpan OptionInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a stream of a stock or an index may tell something new.</summary>
    public TimeSpan OtherInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Told, in a line, which client was sent away and why.</summary>
    public Action<string> Log { get; init; } = _ => { };

    /// <summary>
    /// The clock behind quotes, streams, snapshots, limits and delays: the wall's, or one driven by hand.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
