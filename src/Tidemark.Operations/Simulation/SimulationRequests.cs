namespace Tidemark.Operations.Simulation;

/// <summary>Simulate Tushare.</summary>
/// <param name="Port">A TCP port on 127.0.0.1; 0 takes a free one.</param>
public sealed record TushareSimulation(int Port)
{
    /// <summary>The default port.</summary>
    public const int DefaultPort = 7071;

    /// <summary>The number of stocks in China.</summary>
    public const int DefaultStocks = 5400;

    /// <summary>Each seed makes another market.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The market's size; funds and indices follow in proportion.</summary>
    public int Stocks { get; init; } = DefaultStocks;

    /// <summary>The market's today; null for the latest finished trading day.</summary>
    public DateOnly? Today { get; init; }

    /// <summary>The folder of recorded data, absolute, to serve instead of an invented market.</summary>
    public string? Replay { get; init; }

    /// <summary>A file, absolute, that describes faults to inject.</summary>
    public string? Faults { get; init; }

    /// <summary>The accepted tokens; empty for all that look right.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>The account's points; null opens everything without limits.</summary>
    public int? Points { get; init; }
}

/// <summary>Simulate AKTools over the market that a simulated Tushare has.</summary>
/// <param name="Port">A TCP port on 127.0.0.1; 0 takes a free one.</param>
public sealed record AkToolsSimulation(int Port)
{
    /// <summary>The default port: AKTools' own.</summary>
    public const int DefaultPort = 8080;

    /// <summary>Each seed makes another market.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The market's size; funds and indices follow in proportion.</summary>
    public int Stocks { get; init; } = TushareSimulation.DefaultStocks;

    /// <summary>The market's today; null for the latest finished trading day.</summary>
    public DateOnly? Today { get; init; }

    /// <summary>A file, absolute, that describes faults to inject.</summary>
    public string? Faults { get; init; }

    /// <summary>Whether functions take as long as the real ones.</summary>
    public bool IsSlow { get; init; }

    /// <summary>Whether it cannot learn the latest versions, so that <c>/version</c> fails.</summary>
    public bool IsOffline { get; init; }
}

/// <summary>What an account at the simulated gateway may see.</summary>
public enum SimulatedProfile
{
    /// <summary>Everything as it happens.</summary>
    Live,

    /// <summary>Everything, 15 minutes late, when the client asks for delayed data; otherwise a refusal.</summary>
    Delayed,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Options as they happen but without Greeks.</summary>
    Partial,
}

/// <summary>Simulate, record or play back a TWS or IB Gateway.</summary>
/// <param name="Port">A TCP port on 127.0.0.1; 0 takes a free one.</param>
public sealed record TwsSimulation(int Port)
{
    /// <summary>Each seed makes another market.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Begins at 10:00 New York time of this day; null for now, or for the beginning of the replayed data.
    /// </summary>
    public DateOnly? Start { get; init; }

    /// <summary>The folder of recorded chains, absolute.</summary>
    public string? Replay { get; init; }

    /// <summary>A file, absolute, that describes faults to inject.</summary>
    public string? Faults { get; init; }

    /// <summary>What the account may see.</summary>
    public SimulatedProfile Profile { get; init; }

    /// <summary>Whether there is no limit on messages, lines, snapshots and histories.</summary>
    public bool IsUnlimited { get; init; }

    /// <summary>
    /// A file, absolute, for the frames between clients and <see cref="Upstream"/>.
    /// </summary>
    public string? Record { get; init; }

    /// <summary>The gateway to record, <c>HOST:PORT</c>.</summary>
    public string? Upstream { get; init; }

    /// <summary>A recording, absolute, to play back.</summary>
    public string? Play { get; init; }

    /// <summary>Called with the gateway's messages.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
