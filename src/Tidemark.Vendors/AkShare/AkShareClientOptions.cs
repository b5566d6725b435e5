using Tidemark.Core.Answers;
using Tidemark.Core.Secrets;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Telemetry;

namespace Tidemark.Vendors.AkShare;

/// <summary>How to reach AKTools and how gently.</summary>
public sealed class AkShareClientOptions
{
    /// <summary>The key in <see cref="RateLimits"/> for families of hosts without a limit of their own.</summary>
    public const string DefaultLimit = HostFamilies.Unknown;

    /// <summary>Where AKTools listens, for example <c>http://127.0.0.1:8080</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// Calls allowed by family of hosts; <see cref="DefaultLimit"/> stands for the rest, 30 a minute when absent.
    /// </summary>
    public IReadOnlyDictionary<string, RateLimit> RateLimits { get; init; } = new Dictionary<string, RateLimit>();

    /// <summary>Where calls, and how sources answer, are kept for the next process; null to keep nothing.</summary>
    public IKeptAnswers? Answers { get; init; }

    /// <summary>
    /// For one call, from sending to the last byte of its answer; default 5 minutes: a list of the whole market is
    /// scraped page by page.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Repetitions of a call after a transient error; default 2, because the sites ban who asks on.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Median wait before the first repetition, jittered and about doubling; default 20 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest wait before a repetition; default 2 minutes.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Hears of waits longer than <see cref="LongWait"/>, from any thread.</summary>
    public Action<VendorWait>? OnWait { get; init; }

    /// <summary>Calls as seen from outside; null where nobody may look.</summary>
    public VendorTelemetry? Telemetry { get; init; }

    /// <summary>Waits up to this are not reported.</summary>
    public static TimeSpan LongWait => TimeSpan.FromSeconds(5);

    /// <summary>The largest answer accepted, unpacked; default 64 MB.</summary>
    public int BodyBytesMax { get; init; } = 64 << 20;

    /// <summary>The most memory that the rows of one batch may take; default 256 MB.</summary>
    public long RowBytesMax { get; init; } = 256 << 20;

    /// <summary>The secrets that are masked everywhere.</summary>
    public SecretMask Secrets { get; init; } = new();
}
