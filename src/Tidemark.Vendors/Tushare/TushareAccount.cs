using System.Collections.Concurrent;
using System.Text;
using Tidemark.Vendors.Http;
using Tidemark.Vendors.RateLimits;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// An account: a token with the limits that it has and what the vendor has refused it in this process. Its name never
/// tells the token. Thread-safe.
/// </summary>
internal sealed class TushareAccount(string name, string token, TushareClientOptions options, TimeProvider clock)
    : IDisposable
{
    /// <summary>What tells it from others, without the token; the same in every process.</summary>
    public string Fingerprint { get; } = FingerprintOf(token, options);

    public string Name => name;

    public string Token => token;

    public ReadOnlyMemory<byte> TokenBytes { get; } = Encoding.UTF8.GetBytes(token);

    public RateLimiter Limiter { get; } =
        options.NewLimiter(TushareDecoder.VendorName, FingerprintOf(token, options), clock);

    /// <summary>Why it is asked nothing more; null while it is.</summary>
    public VendorException? Out { get; set; }

    /// <summary>By api: why it is not asked for that any more.</summary>
    public ConcurrentDictionary<string, VendorException> Closed { get; } = new(StringComparer.Ordinal);

    public bool MayCall(string api) => Out is null && !Closed.ContainsKey(api);

    public void Dispose() => Limiter.Dispose();

    private static string FingerprintOf(string token, TushareClientOptions options) =>
        VendorCalls.Fingerprint(TushareDecoder.VendorName, options.Url.AbsoluteUri, token);
}
