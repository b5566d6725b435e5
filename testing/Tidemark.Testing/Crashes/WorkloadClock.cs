namespace Tidemark.Testing.Crashes;

/// <summary>
/// A clock that runs ahead of the real one by some minutes per step, so that files written today grow old enough for a
/// vacuum.
/// </summary>
public sealed class WorkloadClock : TimeProvider
{
    private static readonly TimeSpan s_ahead = TimeSpan.FromHours(2);
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(10);

    /// <summary>The number of the present step.</summary>
    public int Step { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + s_ahead + (Step * s_step);
}
