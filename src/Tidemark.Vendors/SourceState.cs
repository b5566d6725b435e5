namespace Tidemark.Vendors;

/// <summary>
/// How a source answered the last calls. A source is what fails together: a vendor's server
/// (<c>tushare</c>), the hosts behind a relay (<c>akshare/eastmoney</c>), or one call of either
/// (<c>tushare/daily</c>).
/// </summary>
/// <param name="Name">The vendor, then what is within it, with slashes.</param>
public sealed record SourceState(string Name)
{
    /// <summary>Calls in a row of which no answer came; 0 while it answers.</summary>
    public int Failures { get; init; }

    /// <summary>When the first of them failed; null while it answers.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When the last of them failed.</summary>
    public DateTimeOffset? LastFailureAt { get; init; }

    /// <summary>How the last of them failed, in words without a secret; empty while it answers.</summary>
    public string LastError { get; init; } = "";

    /// <summary>
    /// Until when nothing is sent to it, but by the first call of another process; null while calls go on.
    /// </summary>
    public DateTimeOffset? NextRetryAt { get; init; }

    /// <summary>
    /// How often in a row calls to it were halted. The first time they wait, from the second time on they end.
    /// </summary>
    public int Halts { get; init; }

    /// <summary>
    /// The last call that brought rows, or none by right; null when there was none. The next process knows it to the
    /// minute.
    /// </summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>Whether calls end without being sent.</summary>
    public bool IsDown => Halts > 1;
}
