using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Market;

namespace Tidemark.Simulator.AkTools;

/// <summary>How one simulated AKTools behaves.</summary>
public sealed record AkToolsSimulatorOptions
{
    /// <summary>The source of the rows; a simulated Tushare may serve the same one.</summary>
    public required SyntheticMarket Market { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>What is out of reach, to be changed at any time.</summary>
    public AkToolsSwitches Switches { get; init; } = new();

    /// <summary>The faults to inject; null for none.</summary>
    public FaultRules? Faults { get; init; }

    /// <summary>How long functions take, by name; the others answer at once. See <see cref="AsSlowAsReal"/>.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Delays { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>
    /// Whether plus signs become blanks on the public route, which keeps contracts like <c>Au(T+D)</c> out of reach.
    /// </summary>
    public bool PlusIsBlank { get; init; } = true;

    /// <summary>The version of AkShare that it claims to have.</summary>
    public string AkShareVersion { get; init; } = "1.18.94";

    /// <summary>The version of AKTools that it claims to be.</summary>
    public string AkToolsVersion { get; init; } = "0.0.91";

    /// <summary>The clock of delays and faults.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Delays like those of the real sources: pages of a hundred rows, with waits between them.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> AsSlowAsReal { get; } =
        new Dictionary<string, TimeSpan>
        {
            ["stock_zh_a_spot_em"] = TimeSpan.FromSeconds(180),
            ["fund_etf_spot_em"] = TimeSpan.FromSeconds(30),
            ["bond_zh_us_rate"] = TimeSpan.FromSeconds(20),
            ["stock_zh_a_hist"] = TimeSpan.FromSeconds(1),
            ["stock_zh_a_hist_tx"] = TimeSpan.FromSeconds(5),
            ["fund_etf_hist_em"] = TimeSpan.FromSeconds(1),
            ["stock_zh_index_daily_em"] = TimeSpan.FromSeconds(1),
        };
}
