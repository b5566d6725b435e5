namespace Tidemark.Operations.Simulation;

/// <summary>A Tushare to be simulated.</summary>
/// <param name="Port">A TCP port on 127.0.0.1; 0 takes a free one.</param>
public sealed record TushareSimulation(int Port)
{
    /// <summary>Where it listens unless it is told otherwise.</summary>
    public const int DefaultPort = 7071;

    /// <summary>As many stocks as China has.</summary>
    public const int DefaultStocks = 5400;

    /// <summary>Another number, another market.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The market's size; funds and indices follow in proportion.</summary>
    public int Stocks { get; init; } = DefaultStocks;

    /// <summary>The market's today; null for the latest finished trading day.</summary>
    public DateOnly? Today { get; init; }

    /// <summary>Where recorded data is, absolute, which is served instead of an invented market.</summary>
    public string? Replay { get; init; }

    /// <summary>A file that says what goes wrong on purpose, absolute.</summary>
    public string? Faults { get; init; }

    /// <summary>The tokens that are accepted; empty for all but those that look wrong.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];
}

/// <summary>What an account at the simulated gateway may see.</summary>
public enum SimulatedProfile
{
    /// <summary>Everything as it happens.</summary>
    Live,

    /// <summary>Everything, 15 minutes late, when the client has asked for delayed data; else a refusal.</summary>
    Delayed,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Options as they happen but without Greeks.</summary>
    Partial,
}

/// <summary>A TWS or IB Gateway to be simulated, recorded or played.</summary>
/// <param name="Port">A TCP port on 127.0.0.1; 0 takes a free one.</param>
public sealed record TwsSimulation(int Port)
{
    /// <summary>Another number, another market.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Begins at 10:00 New York time of this day; null for now, or for when the replayed data begin.</summary>
    public DateOnly? Start { get; init; }

    /// <summary>Where recorded chains are, absolute.</summary>
    public string? Replay { get; init; }

    /// <summary>A file that says what goes wrong on purpose, absolute.</summary>
    public string? Faults { get; init; }

    /// <summary>What the account may see.</summary>
    public SimulatedProfile Profile { get; init; }

    /// <summary>Whether there is no limit on messages, lines, snapshots and histories.</summary>
    public bool IsUnlimited { get; init; }

    /// <summary>
    /// A file, absolute, into which the frames between clients and <see cref="Upstream"/> are written.
    /// </summary>
    public string? Record { get; init; }

    /// <summary>The gateway that is recorded, <c>HOST:PORT</c>.</summary>
    public string? Upstream { get; init; }

    /// <summary>A recording, absolute, that is served again.</summary>
    public string? Play { get; init; }

    /// <summary>Hears what the gateway has to tell.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
