namespace Tidemark.Simulator.Tws;

/// <summary>
/// Counts how often something happened within the last <paramref name="length"/>, to the tick. Not thread-safe.
/// </summary>
internal sealed class SlidingWindow(TimeSpan length)
{
    private readonly Queue<DateTimeOffset> _moments = new();

    /// <summary>How often it has happened within the window that ends now.</summary>
    public int Count(DateTimeOffset now)
    {
        while (_moments.TryPeek(out var first) && first + length <= now)
        {
            _moments.Dequeue();
        }

        return _moments.Count;
    }

    /// <summary>Counts one more now; returns the count with it.</summary>
    public int Add(DateTimeOffset now)
    {
        var count = Count(now);
        _moments.Enqueue(now);
        return count + 1;
    }

    /// <summary>The time until the count is below <paramref name="limit"/>.</summary>
    public TimeSpan UntilBelow(int limit, DateTimeOffset now) =>
        Count(now) < limit ? TimeSpan.Zero : _moments.ElementAt(_moments.Count - limit) + length - now;
}
