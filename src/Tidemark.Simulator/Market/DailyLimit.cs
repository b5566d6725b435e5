namespace Tidemark.Simulator.Market;

/// <summary>How far a price may be from its reference price on a day.</summary>
/// <param name="Percent">0 for no limit.</param>
/// <param name="Up">The greatest logarithmic move up.</param>
/// <param name="Down">The greatest logarithmic move down, as a positive number.</param>
internal readonly record struct DailyLimit(int Percent, double Up, double Down)
{
    /// <summary>
    /// From this day on shares under special treatment may move as far as the others of the main boards.
    /// </summary>
    public static readonly DateOnly SpecialTreatmentEased = new(2026, 7, 6);

    /// <summary>How much an unlimited path may move in a day; beyond what an index does.</summary>
    private const double UnlimitedMove = 0.0953;

    public static DailyLimit Of(int percent) =>
        percent == 0
            ? new DailyLimit(0, UnlimitedMove, UnlimitedMove)
            : new DailyLimit(percent, Math.Log(1 + (percent / 100.0)), -Math.Log(1 - (percent / 100.0)));
}
