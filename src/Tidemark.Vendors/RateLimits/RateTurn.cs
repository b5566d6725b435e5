namespace Tidemark.Vendors.RateLimits;

/// <summary>A turn to call, or none. Dispose of it when the call is over.</summary>
/// <param name="TooLong">How long the wait would be; null when it was waited for, and the call may be made.</param>
/// <param name="Over">Lets others call that had to wait for this one; null for nothing.</param>
internal readonly record struct RateTurn(TimeSpan? TooLong, Action? Over) : IDisposable
{
    public void Dispose() => Over?.Invoke();
}

/// <summary>
/// A place in the queue of a bucket, for a call that is to be made there: who compares buckets sees it. Dispose of it
/// when the call has its turn, or will not be made; a second time does nothing.
/// </summary>
internal sealed class RatePlace(Action leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
