namespace Tidemark.Cli;

/// <summary>
/// What signals to stop mean: the first one finishes the commit in flight, a later one ends at once. Two that come
/// together are one wish: <c>timeout</c> sends its signal to the process and to its group, and a terminal may do
/// likewise. Thread-safe.
/// </summary>
/// <param name="clock">The time.</param>
/// <param name="stop">Asks to stop; called once.</param>
/// <param name="end">Ends the process at once.</param>
internal sealed class StopSignals(TimeProvider clock, Action stop, Action end)
{
    /// <summary>
    /// Nobody presses Ctrl-C twice on purpose within it, and a machine under load delivers two signals of one sender.
    /// </summary>
    public static readonly TimeSpan Together = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long? _first;

    /// <summary>A signal came.</summary>
    public void Receive()
    {
        var isFirst = false;
        lock (_lock)
        {
            if (_first is { } first)
            {
                if (clock.GetElapsedTime(first) < Together)
                {
                    return;
                }
            }
            else
            {
                _first = clock.GetTimestamp();
                isFirst = true;
            }
        }

        (isFirst ? stop : end)();
    }
}
