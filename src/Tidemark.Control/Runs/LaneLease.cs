using Tidemark.Core.Runs;

namespace Tidemark.Control.Runs;

/// <summary>Who may write in a lane, and until when. All moments are the database's.</summary>
/// <param name="IsMine">Whether the caller has it.</param>
/// <param name="Owner">The process that has it.</param>
/// <param name="TakenAt">Since when.</param>
/// <param name="ExpiresAt">When it ends unless renewed.</param>
/// <param name="Epoch">Which lease of the lane this is: every holder has a higher one than the holders before.</param>
/// <param name="MustFence">
/// Whether the holder before may still be at work, because he did not give the lease back (or nothing is known of him):
/// before anything else, the tables must be told of this epoch.
/// </param>
public sealed record LaneLease(
    bool IsMine,
    string Owner,
    DateTimeOffset TakenAt,
    DateTimeOffset ExpiresAt,
    long Epoch,
    bool MustFence
);

/// <summary>A lease that was not given back, as <c>doctor</c> looks at it.</summary>
/// <param name="Lane">The lane's name.</param>
/// <param name="Owner">The process that has it.</param>
/// <param name="TakenAt">Since when, as the row says.</param>
/// <param name="ExpiresAt">When it ends, as the row says.</param>
/// <param name="Now">What time the database has.</param>
public sealed record StandingLease(
    Lane Lane,
    string Owner,
    DateTimeOffset TakenAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset Now
)
{
    /// <summary>No lease is longer; one that ends later was written by a clock that was wrong.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    // Processes of one machine share its clock; those of several agree within minutes, or much else fails.
    private static readonly TimeSpan s_drift = TimeSpan.FromMinutes(5);

    /// <summary>Whether it has ended by itself.</summary>
    public bool IsOver => ExpiresAt <= Now;

    /// <summary>Whether no right clock can have written it.</summary>
    public bool IsAbsurd => TakenAt > Now + s_drift || ExpiresAt > Now + Longest + s_drift;
}
