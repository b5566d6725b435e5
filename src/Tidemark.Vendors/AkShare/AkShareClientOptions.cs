using Tidemark.Core.Datasets;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.AkShare;

/// <summary>
/// How to reach AKTools, for example at <c>http://127.0.0.1:8080</c>, and how gently. A call may take 5 minutes,
/// because a list of the whole market is scraped page by page; it is repeated 2 times after about 20 s and more,
/// because the sites ban who asks on.
/// </summary>
public sealed class AkShareClientOptions : HttpClientOptions
{
    public AkShareClientOptions()
    {
        Timeout = TimeSpan.FromMinutes(5);
        Retries = 2;
        RetryDelay = TimeSpan.FromSeconds(20);
        RetryDelayMax = TimeSpan.FromMinutes(2);
    }

    /// <summary>30 a minute.</summary>
    protected override RateLimit StandardLimit => new(30, TimeSpan.FromMinutes(1));
}
