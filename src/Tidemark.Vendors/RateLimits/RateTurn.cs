namespace Tidemark.Vendors.RateLimits;

/// <summary>A turn to call, or none. Dispose of it when the call is over.</summary>
/// <param name="TooLong">How long the wait would be; null when it was waited for, and the call may be made.</param>
/// <param name="Alone">Held while no other call may be under way.</param>
internal readonly record struct RateTurn(TimeSpan? TooLong, SemaphoreSlim? Alone) : IDisposable
{
    public void Dispose() => Alone?.Release();
}
