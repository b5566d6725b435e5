namespace Tidemark.Core.Datasets;

/// <summary>
/// The flags of the rollout (<c>rollout_flags_v1</c>), as definitions, commands and the control database write them.
/// </summary>
public static class FlagNames
{
    public const string P0 = "p0Enabled";
    public const string P1 = "p1Enabled";
    public const string P2 = "p2Enabled";
    public const string IndexDaily = "universeIndexDailyEnabled";
    public const string DailyBasic = "universeDailyBasicEnabled";
    public const string Moneyflow = "universeMoneyflowEnabled";
    public const string RealtimeIndex = "p2RealtimeIndexV1";
    public const string RealtimeEquityEtf = "p2RealtimeEquityEtfV1";
    public const string FuturesMicrostructure = "p2FuturesMicrostructureV1";
    public const string StkPremarket = "p2SpecialPermissionStkPremarketV1";

    /// <summary>Those of whole batches, by batch.</summary>
    public static IReadOnlyDictionary<string, string> OfBatches { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["P0"] = P0,
            ["P1"] = P1,
            ["P2"] = P2,
        };

    /// <summary>The three waves: what once overwhelmed a whole run, and is switched on one by one.</summary>
    public static IReadOnlyList<string> Waves { get; } = [IndexDaily, DailyBasic, Moneyflow];

    /// <summary>Those that a dataset may name.</summary>
    public static IReadOnlyList<string> OfDatasets { get; } =
    [.. Waves, RealtimeIndex, RealtimeEquityEtf, FuturesMicrostructure, StkPremarket];

    /// <summary>All ten.</summary>
    public static IReadOnlyList<string> All { get; } = [P0, P1, P2, .. OfDatasets];

    /// <summary>
    /// Every flag that has a say in a dataset of this batch with this flag: all of them must be on.
    /// </summary>
    public static IEnumerable<string> Governing(string? batch, string? flag)
    {
        var ofBatch = batch is null ? null : OfBatches.GetValueOrDefault(batch);
        // The flags of the second batch have no effect where that is off, whatever batch a file names.
        var above = flag is RealtimeIndex or RealtimeEquityEtf or FuturesMicrostructure or StkPremarket ? P2 : null;
        return new[] { ofBatch, above, flag }.OfType<string>().Distinct();
    }
}
