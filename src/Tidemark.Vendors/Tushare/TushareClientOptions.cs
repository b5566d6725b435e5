using Tidemark.Core.Datasets;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// How to reach Tushare, for example at <c>https://api.tushare.pro</c>, and how gently. A call may take 30 s; it is
/// repeated 3 times after about a second and more.
/// </summary>
public sealed class TushareClientOptions : HttpClientOptions
{
    public TushareClientOptions()
    {
        Timeout = TimeSpan.FromSeconds(30);
        Retries = 3;
        RetryDelay = TimeSpan.FromSeconds(1);
        RetryDelayMax = TimeSpan.FromSeconds(30);
    }

    /// <summary>200 a minute.</summary>
    protected override RateLimit StandardLimit => new(200, TimeSpan.FromMinutes(1));

    /// <summary>
    /// The account; it is masked everywhere. Its length and alphabet are the vendor's business.
    /// </summary>
    public required string Token { get; init; }

    /// <summary>Further accounts, which are called beside the first one; masked in the same way.</summary>
    public IReadOnlyList<string> MoreTokens { get; init; } = [];

    /// <summary>How often a call waits out a minute that the vendor says is used up; default 5.</summary>
    public int RateLimitWaits { get; init; } = 5;

    /// <summary>More pages than this for one request are an error; default 1,000.</summary>
    public int PagesMax { get; init; } = 1000;
}
