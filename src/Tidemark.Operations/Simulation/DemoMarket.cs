namespace Tidemark.Operations.Simulation;

/// <summary>
/// The market of a demo. Null is what was not named: the market that the workspace has, or the usual of a new one.
/// </summary>
/// <param name="Days">Trading days of the workspace.</param>
/// <param name="Seed">Each seed makes another market.</param>
/// <param name="Stocks">The market's size; funds and indices follow in proportion.</param>
/// <param name="Replay">The folder of recorded data, absolute, in place of an invented market.</param>
public sealed record DemoMarket(int? Days, int? Seed, int? Stocks, string? Replay)
{
    /// <summary>Days of a new workspace for which none were named.</summary>
    public const int UsualDays = 20;

    private const int UsualSeed = 1;

    /// <summary>What simulates it.</summary>
    internal TushareSimulation Simulation =>
        new(0)
        {
            Seed = Seed ?? UsualSeed,
            Stocks = Stocks ?? TushareSimulation.DefaultStocks,
            Replay = Replay,
        };

    /// <summary>The option, with its value here, that names another market there; null where none does.</summary>
    internal string? DiffersFrom(DemoMarket asked) =>
        Differs(asked.Days, Days ?? UsualDays) ? $"--days {Days ?? UsualDays}"
        : Differs(asked.Seed, Seed ?? UsualSeed) ? $"--seed {Seed ?? UsualSeed}"
        : Differs(asked.Stocks, Stocks ?? TushareSimulation.DefaultStocks)
            ? $"--stocks {Stocks ?? TushareSimulation.DefaultStocks}"
        : asked.Replay is not null && asked.Replay != Replay
            ? Replay is null ? "an invented market"
                : $"--replay {Replay}"
        : null;

    private static bool Differs(int? asked, int kept) => asked is { } value && value != kept;
}
