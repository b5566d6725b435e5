using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Modules;

/// <summary>
/// The stored flags (<c>rollout_flags_v1</c>). A field that is not stored has its default; a flag that is off stays off
/// until somebody switches it on. Immutable.
/// </summary>
public sealed record RolloutFlags
{
    /// <summary>How long a successful probe opens what needs a permission that is sold by itself.</summary>
    public static readonly TimeSpan ProbeCountsFor = TimeSpan.FromDays(30);

    /// <summary>As nobody has changed them.</summary>
    public static RolloutFlags Default { get; } = new();

    public bool P0Enabled { get; init; } = true;
    public bool P1Enabled { get; init; } = true;
    public bool P2Enabled { get; init; } = true;
    public bool UniverseIndexDailyEnabled { get; init; }
    public bool UniverseDailyBasicEnabled { get; init; }
    public bool UniverseMoneyflowEnabled { get; init; }
    public bool P2RealtimeIndexV1 { get; init; } = true;
    public bool P2RealtimeEquityEtfV1 { get; init; } = true;
    public bool P2FuturesMicrostructureV1 { get; init; } = true;
    public bool P2SpecialPermissionStkPremarketV1 { get; init; }

    /// <summary>When one of them was last changed, in milliseconds since 1970; 0 = never.</summary>
    public long UpdatedAt { get; init; }

    /// <summary>Whether a flag is on.</summary>
    /// <param name="name">A word of <see cref="FlagNames.All"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such flag.</exception>
    public bool IsOn(string name) =>
        name switch
        {
            FlagNames.P0 => P0Enabled,
            FlagNames.P1 => P1Enabled,
            FlagNames.P2 => P2Enabled,
            FlagNames.IndexDaily => UniverseIndexDailyEnabled,
            FlagNames.DailyBasic => UniverseDailyBasicEnabled,
            FlagNames.Moneyflow => UniverseMoneyflowEnabled,
            FlagNames.RealtimeIndex => P2RealtimeIndexV1,
            FlagNames.RealtimeEquityEtf => P2RealtimeEquityEtfV1,
            FlagNames.FuturesMicrostructure => P2FuturesMicrostructureV1,
            FlagNames.StkPremarket => P2SpecialPermissionStkPremarketV1,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, message: null),
        };

    /// <summary>These flags with some changed. <see cref="UpdatedAt"/> moves only where one really is.</summary>
    public RolloutFlags With(IReadOnlyDictionary<string, bool> changes, DateTimeOffset now)
    {
        var changed = changes.Aggregate(this, (flags, change) => flags.With(change.Key, change.Value));
        return changed == this ? this : changed with { UpdatedAt = now.ToUnixTimeMilliseconds() };
    }

    private RolloutFlags With(string name, bool on) =>
        name switch
        {
            FlagNames.P0 => this with { P0Enabled = on },
            FlagNames.P1 => this with { P1Enabled = on },
            FlagNames.P2 => this with { P2Enabled = on },
            FlagNames.IndexDaily => this with { UniverseIndexDailyEnabled = on },
            FlagNames.DailyBasic => this with { UniverseDailyBasicEnabled = on },
            FlagNames.Moneyflow => this with { UniverseMoneyflowEnabled = on },
            FlagNames.RealtimeIndex => this with { P2RealtimeIndexV1 = on },
            FlagNames.RealtimeEquityEtf => this with { P2RealtimeEquityEtfV1 = on },
            FlagNames.FuturesMicrostructure => this with { P2FuturesMicrostructureV1 = on },
            FlagNames.StkPremarket => this with { P2SpecialPermissionStkPremarketV1 = on },
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, message: null),
        };
}
