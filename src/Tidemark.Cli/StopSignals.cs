namespace Tidemark.Cli;

/// <summary>
/// Decides what signals to stop do: the first one finishes the commit in flight, a later one ends the process at once.
/// Two signals that come together count as one: <c>timeout</c> signals the process and its group, and a terminal may do
/// likewise. Thread-safe.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="stop">Asks to stop; called once.</param>
/// <param name="end">Ends the process at once.</param>
internal sealed class StopSignals(TimeProvider clock, Action stop, Action end)
{
    /// <summary>
    /// Signals within this time count as one: nobody presses Ctrl-C twice so fast on purpose, and a loaded machine may
    /// deliver two signals of one sender this far apart.
    /// </summary>
    public static readonly TimeSpan Together = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long? _first;

    /// <summary>Handles a signal.</summary>
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
