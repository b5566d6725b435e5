using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>The data that the simulated account may see.</summary>
public enum EntitlementProfile
{
    /// <summary>Everything, live.</summary>
    Live,

    /// <summary>Everything, 15 minutes late, when the client has asked for delayed data; else a refusal.</summary>
    Delayed,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Options live but without Greeks, because the data of their underlyings are only delayed.</summary>
    Partial,
}

/// <summary>The gateway's limits. Null means no limit.</summary>
public sealed record TwsLimits
{
    /// <summary>Messages of one client in any second; further ones wait or are refused.</summary>
    public int? MessagesPerSecond { get; init; } = 50;

    /// <summary>
    /// Refuses messages above <see cref="MessagesPerSecond"/> with error 100, and cuts the connection at the third
    /// refusal.
    /// </summary>
    public bool RejectsExcessMessages { get; init; }

    /// <summary>Open market data requests of all clients.</summary>
    public int? Lines { get; init; } = 100;

    /// <summary>Snapshots that all clients begin in any second.</summary>
    public int? SnapshotsPerSecond { get; init; } = 100;

    /// <summary>The pacing rules of historical data: 15 seconds, 6 in 2 seconds, 60 in 10 minutes.</summary>
    public bool PacesHistory { get; init; } = true;

    /// <summary>No limits, for measurements.</summary>
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
    /// <summary>The market with its contracts and quotes.</summary>
    public required IOptionMarket Market { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    public EntitlementProfile Profile { get; init; }

    /// <summary>The accounts that the gateway names. Without any, no client finishes connecting.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = ["DU1234567"];

    public TwsLimits Limits { get; init; } = new();

    /// <summary>The faults to inject; null for none.</summary>
    public FaultRules? Faults { get; init; }

    /// <summary>The seed for faults that have chance in them; the same seed spoils the same bytes.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether delayed data has the time of the last trade (88) and whether trading is halted (90). Real gateways send
    /// them; ib_async has no names for them and writes a line into its log for each.
    /// </summary>
    public bool SendsDelayedTimes { get; init; } = true;

    /// <summary>The least time between two updates of an option's stream.</summary>
    public TimeSpan OptionInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The least time between two updates of the stream of a stock or an index.</summary>
    public TimeSpan OtherInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Gets one line for each client that was refused, with the reason.</summary>
    public Action<string> Log { get; init; } = _ => { };

    /// <summary>
    /// The clock behind quotes, streams, snapshots, limits and delays: the wall's, or one driven by hand.
    /// </summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
