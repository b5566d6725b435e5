using Tidemark.Vendors.Telemetry;

namespace Tidemark.Vendors.Ibkr;

/// <summary>Where a gateway listens, and how gently to ask it.</summary>
public sealed record IbkrClientOptions
{
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TWS 7496 live, 7497 paper; IB Gateway 4001 live, 4002 paper.</summary>
    public int Port { get; init; } = 4002;

    /// <summary>A fixed client id, 0 to 2³¹−1; null = one of <see cref="ClientIds"/>.</summary>
    public int? ClientId { get; init; }

    /// <summary>Where client ids come from when none is fixed; without a pool the id is 1.</summary>
    public ClientIdPool? ClientIds { get; init; }

    /// <summary>The best kind of quotes to ask for.</summary>
    public MarketDataType MarketDataType { get; init; } = MarketDataType.Live;

    /// <summary>Whether delayed quotes are asked for where live ones are not subscribed.</summary>
    public bool AllowDelayed { get; init; } = true;

    /// <summary>
    /// Messages sent in any second, a little more at first; 0 = no limit, for tests against a gateway of one's own.
    /// IBKR allows 50.
    /// </summary>
    public double MessagesPerSecond { get; init; } = 45;

    /// <summary>Snapshots begun in any second; 0 = no limit. IBKR allows 100.</summary>
    public double SnapshotsPerSecond { get; init; } = 90;

    /// <summary>
    /// Whether histories wait for IBKR's rules: of bars up to 30 s, and of first moments, at most 60 within 10 minutes.
    /// </summary>
    public bool PacesHistory { get; init; } = true;

    /// <summary>
    /// Quotes that may be open at once, snapshots and streams together. IBKR gives 100, which TWS's own windows share.
    /// </summary>
    public int Lines { get; init; } = 100;

    /// <summary>Other requests that may be open at once.</summary>
    public int OpenRequests { get; init; } = 50;

    /// <summary>For the connection, and again until the session is ready.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a snapshot; the gateway itself takes up to 11 s.</summary>
    public TimeSpan SnapshotTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For every other request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a history.</summary>
    public TimeSpan HistoryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// After so long without any data the gateway is asked for the time; when it does not answer, the connection is
    /// made again.
    /// </summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a lost connection is tried again before every request fails. A gateway restarts every night and takes
    /// minutes.
    /// </summary>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Requests as seen from outside; null where nobody may look.</summary>
    public VendorTelemetry? Telemetry { get; init; }

    /// <summary>
    /// Median wait before the second attempt, jittered and doubling up to 30 s; the first is made at once.
    /// </summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);
}
