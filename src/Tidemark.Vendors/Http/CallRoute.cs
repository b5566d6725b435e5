using Tidemark.Vendors.RateLimits;
using Tidemark.Vendors.Sources;

namespace Tidemark.Vendors.Http;

/// <summary>What stands between a call and its answer.</summary>
/// <param name="Path">The sources that it depends on; its last name is the api's.</param>
/// <param name="CountedAs">What its limits count.</param>
/// <param name="Whose">The limits', in words: <c>Tushare's 'daily'</c>.</param>
internal sealed record CallRoute(SourcePath Path, string CountedAs, string Whose)
{
    /// <summary>The row from which on is asked, where the vendor has pages.</summary>
    public int Offset { get; init; }

    /// <summary>
    /// How often to wait out a minute that the vendor says is used up. 0: neither for that nor for a source that is
    /// halted, because who asks would rather be told.
    /// </summary>
    public int Waits { get; init; }

    /// <summary>Whether it is repeated after an error that may pass.</summary>
    public bool Repeats { get; init; } = true;

    /// <summary>The place that it holds in the queue of its limits; null for none.</summary>
    public RatePlace? Place { get; init; }

    public string Api => Path.Api;
}
