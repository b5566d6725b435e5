namespace Tidemark.Simulator.Tws;

/// <summary>How often something happened within the last so many seconds, to the tick. Not thread-safe.</summary>
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

    /// <summary>Notes that it happens now; gives the count with it.</summary>
    public int Add(DateTimeOffset now)
    {
        var count = Count(now);
        _moments.Enqueue(now);
        return count + 1;
    }

    /// <summary>How long until it has happened less often than <paramref name="limit"/> times.</summary>
    public TimeSpan UntilBelow(int limit, DateTimeOffset now) =>
        Count(now) < limit ? TimeSpan.Zero : _moments.ElementAt(_moments.Count - limit) + length - now;
}
