namespace Tidemark.Control.Dialects;

/// <summary>
/// How much longer something is tried again. In real time, whatever clock the program goes by: it is the server that is
/// waited for. Not thread-safe.
/// </summary>
internal sealed class Patience(TimeSpan total)
{
    /// <summary>
    /// How long a transaction waits for another one, and is repeated while its database does not answer.
    /// </summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private readonly long _since = TimeProvider.System.GetTimestamp();
    private TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Never less than nothing.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = total - TimeProvider.System.GetElapsedTime(_since);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Waits a little, longer each time; false when there is no time left.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var left = Left;
        if (left == TimeSpan.Zero)
        {
            return false;
        }

        await Task.Delay(_pause < left ? _pause : left, TimeProvider.System, cancellationToken);
        _pause = _pause * 2 < s_longestPause ? _pause * 2 : s_longestPause;
        return true;
    }
}
