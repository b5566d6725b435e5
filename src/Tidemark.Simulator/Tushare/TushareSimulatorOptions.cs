using Tidemark.Core;
using Tidemark.Simulator.Faults;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// The length of the window in which the vendor counts calls; a window begins on a whole minute, hour or day of Beijing
/// time.
/// </summary>
public enum RateWindow
{
    Minute,
    Hour,
    Day,
}

/// <summary>A limit for calls of one API by one token in one window; refused calls count, too.</summary>
public sealed record TushareRateLimit(int Calls, RateWindow Window = RateWindow.Minute);

/// <summary>
/// How one simulated Tushare behaves. Everything but <see cref="Source"/> has a default that lets a client through.
/// </summary>
public sealed record TushareSimulatorOptions
{
    /// <summary>
    /// The source of the rows: a <see cref="Market.SyntheticMarket"/> or a <see cref="ReplaySource"/>.
    /// </summary>
    public required ITushareSource Source { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The tokens that the vendor accepts. Null accepts every non-empty token except those that begin with
    /// <c>wrong</c>, <c>bad</c> or <c>invalid</c>, so that anybody can see the answer to a wrong token.
    /// </summary>
    public IReadOnlySet<string>? AcceptedTokens { get; init; }

    /// <summary>
    /// Further accounts by token: of each of these options <see cref="RateLimit"/>, <see cref="RateLimits"/>,
    /// <see cref="ForbiddenApis"/>, <see cref="Points"/> and <see cref="PurchasedApis"/> hold for calls with it.
    /// </summary>
    public IReadOnlyDictionary<string, TushareSimulatorOptions> Accounts { get; init; } =
        new Dictionary<string, TushareSimulatorOptions>();

    /// <summary>The faults to inject; null for none.</summary>
    public FaultRules? Faults { get; init; }

    /// <summary>The limit for every API that <see cref="RateLimits"/> does not name; null for none.</summary>
    public TushareRateLimit? RateLimit { get; init; }

    /// <summary>Limits by API name.</summary>
    public IReadOnlyDictionary<string, TushareRateLimit> RateLimits { get; init; } =
        new Dictionary<string, TushareRateLimit>();

    /// <summary>APIs that the account has not bought; calls to them get error 40203.</summary>
    public IReadOnlySet<string> ForbiddenApis { get; init; } = new HashSet<string>();

    /// <summary>
    /// The account's points, which open APIs and allow so many calls; null opens everything without limits.
    /// </summary>
    public IReadOnlyList<PointsTranche>? Points { get; init; }

    /// <summary>APIs that the account has bought, which no points open.</summary>
    public IReadOnlySet<string> PurchasedApis { get; init; } = new HashSet<string>();

    /// <summary>
    /// APIs that ignore <c>offset</c> and send their first page again and again, as some real ones did.
    /// </summary>
    public IReadOnlySet<string> OffsetIgnoredBy { get; init; } = new HashSet<string>();

    /// <summary>
    /// The envelope of older deployments: <c>msg</c> null, a second member <c>message</c>, no <c>has_more</c>, no
    /// <c>count</c>.
    /// </summary>
    public bool LegacyEnvelope { get; init; }

    /// <summary>Sends every number as a JSON string.</summary>
    public bool NumericStrings { get; init; }

    /// <summary>Sends the numbers of macro, rate and gold APIs as JSON strings, as the vendor probably does.</summary>
    public bool NumericStringsForMacro { get; init; } = true;

    /// <summary>Compresses answers for clients that accept gzip.</summary>
    public bool Gzip { get; init; }

    /// <summary>The clock of rate-limit windows and delays.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The source of <c>request_id</c>.</summary>
    public IIdSource Ids { get; init; } = new SystemIdSource();
}
