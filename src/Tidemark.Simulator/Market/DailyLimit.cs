namespace Tidemark.Simulator.Market;

/// <summary>How far a price may move from its reference price in a day.</summary>
/// <param name="Percent">0 for no limit.</param>
/// <param name="Up">The greatest logarithmic move up.</param>
/// <param name="Down">The greatest logarithmic move down, as a positive number.</param>
internal readonly record struct DailyLimit(int Percent, double Up, double Down)
{
    /// <summary>
    /// From this day on shares under special treatment have the same limit as other main-board shares.
    /// </summary>
    public static readonly DateOnly SpecialTreatmentEased = new(2026, 7, 6);

    /// <summary>How far a path without limits may move in a day: more than an index does.</summary>
    private const double UnlimitedMove = 0.0953;

    public static DailyLimit Of(int percent) =>
        percent == 0
            ? new DailyLimit(0, UnlimitedMove, UnlimitedMove)
            : new DailyLimit(percent, Math.Log(1 + (percent / 100.0)), -Math.Log(1 - (percent / 100.0)));
}
