namespace Tidemark.Vendors.Sources;

/// <summary>
/// Decides whether calls go to one source. As many failures in a row as <see cref="FailuresMax"/> halt it: for
/// 20 s at first, which rides out a server that starts again, then one call probes, and each failing probe
/// halts it for longer. An answer of any kind ends that. Not thread-safe.
/// </summary>
/// <param name="state">What is known of the source.</param>
/// <param name="needsTwoApis">
/// Whether two of its apis must have failed: one alone may be broken while the source is not.
/// </param>
internal sealed class Circuit(SourceState state, bool needsTwoApis)
{
    /// <summary>More than the repetitions of one call: a single unit halts nothing.</summary>
    public const int FailuresMax = 5;

    public static readonly TimeSpan FirstHalt = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan LongestHalt = TimeSpan.FromMinutes(15);

    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private int _underWay;
    private bool _isProbed;

    // A new process asks once, whatever the one before has found: a person may have mended it meanwhile.
    private bool _isUntried = true;

    public SourceState State { get; private set; } = state;

    /// <summary>What a call finds at a moment.</summary>
    public Passage At(DateTimeOffset now)
    {
        if (State.NextRetryAt is { } next)
        {
            return _isProbed ? Passage.AfterAnother
                : now >= next || (_isUntried && State.IsDown) ? Passage.Free
                : State.IsDown ? Passage.Closed
                : Passage.After(next - now);
        }

        // Calls under way count as failures once one has failed, so that a source that is down costs no more of them.
        return State.Failures > 0 && _underWay > 0 && State.Failures + _underWay >= FailuresMax
            ? Passage.AfterAnother
            : Passage.Free;
    }

    /// <summary>A call goes out.</summary>
    /// <returns>Whether it probes a halted source.</returns>
    public bool Begin()
    {
        _underWay++;
        _isUntried = false;
        var probes = State.NextRetryAt is not null;
        _isProbed |= probes;
        return probes;
    }

    /// <summary>A call is over, of which nothing is known, as after a stop.</summary>
    public void End(bool probed)
    {
        _underWay--;
        _isProbed &= !probed;
    }

    /// <summary>The source answered.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="isSuccess">Whether it did what it was asked for; a refusal is an answer, too.</param>
    public void Answered(DateTimeOffset now, bool isSuccess)
    {
        _failing.Clear();
        State = new SourceState(State.Name) { LastSuccessAt = isSuccess ? now : State.LastSuccessAt };
    }

    /// <summary>No answer came.</summary>
    public void Failed(string api, DateTimeOffset now, bool probed, string reason)
    {
        _failing.Add(api);
        State = State with
        {
            Failures = State.Failures + 1,
            FailingSince = State.FailingSince ?? now,
            LastFailureAt = now,
            LastError = reason,
        };
        var isDue = State.NextRetryAt is null && State.Failures >= FailuresMax && (!needsTwoApis || _failing.Count > 1);
        if (probed || isDue)
        {
            State = State with { Halts = State.Halts + 1, NextRetryAt = now + HaltOf(State.Halts + 1) };
        }
    }

    private static TimeSpan HaltOf(int halts)
    {
        var halt = FirstHalt * Math.Pow(2, Math.Min(halts - 1, 10));
        return halt < LongestHalt ? halt : LongestHalt;
    }
}

/// <summary>What a call finds at a source.</summary>
/// <param name="Wait">The time until it may try; null = another call's end tells.</param>
/// <param name="IsClosed">Whether it ends without being sent.</param>
internal readonly record struct Passage(TimeSpan? Wait, bool IsClosed = false)
{
    public static Passage Free => new(TimeSpan.Zero);

    public static Passage AfterAnother => new(Wait: null);

    public static Passage Closed => new(Wait: null, IsClosed: true);

    public bool IsFree => Wait == TimeSpan.Zero;

    public static Passage After(TimeSpan wait) => new(wait);
}
