using Tidemark.Core.Answers;
using Tidemark.Core.Secrets;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Telemetry;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// How to reach Tushare and how gently. A class and no record, so that nothing prints the token by printing it.
/// </summary>
public sealed class TushareClientOptions
{
    /// <summary>The key in <see cref="RateLimits"/> for apis without one of their own.</summary>
    public const string DefaultLimit = "default";

    /// <summary>
    /// Where requests are posted, for example <c>https://api.tushare.pro</c>; with http the token travels in the clear.
    /// </summary>
    public required Uri Url { get; init; }

    /// <summary>The account. Its length and alphabet are the vendor's business.</summary>
    public required string Token { get; init; }

    /// <summary>
    /// Calls allowed by api; <see cref="DefaultLimit"/> stands for the rest, 200 a minute when absent.
    /// </summary>
    public IReadOnlyDictionary<string, RateLimit> RateLimits { get; init; } = new Dictionary<string, RateLimit>();

    /// <summary>
    /// Where calls, the limits that the vendor names, and how it answers are kept for the next process; null to keep
    /// nothing.
    /// </summary>
    public IKeptAnswers? Answers { get; init; }

    /// <summary>For one call, from sending to the last byte of its answer; default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Repetitions of a call after a transient error; default 3, 0 = none.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Median wait before the first repetition, jittered and about doubling; default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before a repetition; default 30 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a call waits out a minute that the vendor says is used up; default 5.</summary>
    public int RateLimitWaits { get; init; } = 5;

    /// <summary>Hears of waits longer than <see cref="LongWait"/>, from any thread.</summary>
    public Action<VendorWait>? OnWait { get; init; }

    /// <summary>Calls as seen from outside; null where nobody may look.</summary>
    public VendorTelemetry? Telemetry { get; init; }

    /// <summary>Waits up to this are not reported.</summary>
    public static TimeSpan LongWait => TimeSpan.FromSeconds(5);

    /// <summary>The largest answer accepted, unpacked; default 64 MB.</summary>
    public int BodyBytesMax { get; init; } = 64 << 20;

    /// <summary>The most memory that the rows of one batch may take, of all its pages; default 256 MB.</summary>
    public long RowBytesMax { get; init; } = 256 << 20;

    /// <summary>The secrets that are masked everywhere; the token is added to them.</summary>
    public SecretMask Secrets { get; init; } = new();

    /// <summary>More pages than this for one request are an error; default 1,000.</summary>
    public int PagesMax { get; init; } = 1000;
}
