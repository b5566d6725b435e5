using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Secrets;
using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Telemetry;

namespace Tidemark.Vendors.Http;

/// <summary>
/// How a vendor is asked over HTTP and how gently, whoever it is. A class and no record, so that nothing prints a
/// secret by printing it.
/// </summary>
public abstract class HttpClientOptions
{
    /// <summary>The key in <see cref="RateLimits"/> for what has no limit of its own.</summary>
    public const string DefaultLimit = "default";

    /// <summary>Where requests are sent; with http whatever they hold travels in the clear.</summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// Calls allowed by what the vendor's limits count; the key <see cref="DefaultLimit"/> stands for the rest.
    /// </summary>
    public IReadOnlyDictionary<string, RateLimit> RateLimits { get; init; } = new Dictionary<string, RateLimit>();

    /// <summary>By api: what the vendor is known to let any account call, where that is less than of others.</summary>
    public IReadOnlyDictionary<string, RateLimit> Limits { get; init; } = new Dictionary<string, RateLimit>();

    /// <summary>
    /// Where calls, the limits that the vendor names, and how it answers are kept for the next process; null to keep
    /// nothing.
    /// </summary>
    public IKeptAnswers? Answers { get; init; }

    /// <summary>Tells the calls that a process keeps from those of others.</summary>
    public IIdSource Ids { get; init; } = new SystemIdSource();

    /// <summary>For one call, from sending to the last byte of its answer.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Repetitions of a call after a transient error; 0 = none.</summary>
    public int Retries { get; init; }

    /// <summary>Median wait before the first repetition, jittered and about doubling.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>The longest wait before a repetition.</summary>
    public TimeSpan RetryDelayMax { get; init; }

    /// <summary>Hears of waits longer than <see cref="LongWait"/>, from any thread.</summary>
    public Action<VendorWait>? OnWait { get; init; }

    /// <summary>Hears of what a user should see to and no call fails for, from any thread.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Calls as seen from outside; null where nobody may look.</summary>
    public VendorTelemetry? Telemetry { get; init; }

    /// <summary>Waits up to this are not reported.</summary>
    public static TimeSpan LongWait => TimeSpan.FromSeconds(5);

    /// <summary>The largest answer accepted, unpacked; default 64 MB.</summary>
    public int BodyBytesMax { get; init; } = 64 << 20;

    /// <summary>The most memory that the rows of one batch may take, of all its pages; default 256 MB.</summary>
    public long RowBytesMax { get; init; } = 256 << 20;

    /// <summary>The secrets that are masked everywhere.</summary>
    public SecretMask Secrets { get; init; } = new();

    /// <summary>The limit of what <see cref="RateLimits"/> says nothing of, not even by default.</summary>
    protected abstract RateLimit StandardLimit { get; }

    internal RateLimiter NewLimiter(string vendor, string account, TimeProvider clock) =>
        new(LimitsOf, Answers, vendor, account, Ids.NewId(), clock);

    /// <summary>
    /// The limits of a name: its own in <see cref="RateLimits"/>, else the lower one of the default and what is
    /// declared. A default that no vendor grants is a server's that has no limits.
    /// </summary>
    private IReadOnlyList<RateLimit> LimitsOf(string name)
    {
        if (RateLimits.TryGetValue(name, out var own))
        {
            return [own];
        }

        var standard = RateLimits.GetValueOrDefault(DefaultLimit, StandardLimit);
        return !Limits.TryGetValue(name, out var declared) || standard.IsOfNoVendor ? [standard]
            : declared.Window != standard.Window ? [standard, declared]
            : [declared.Calls < standard.Calls ? declared : standard];
    }

    /// <summary>Without user name, password and query, for people.</summary>
    internal string Address =>
        Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
