namespace Tidemark.Simulator.Market;

/// <summary>A factory's decisions about an instrument; the rest follows from the key and the calendar.</summary>
/// <param name="Scale">
/// How much it moves relative to an ordinary stock (1). Bounded by the limit: see <see cref="PricePath"/>.
/// </param>
/// <param name="Level">The price in CNY around which it moves.</param>
/// <param name="Yield">A year's payout, as a logarithm of the price; 0 for none.</param>
/// <param name="Follows">The index whose moves it repeats; null when it moves by itself.</param>
internal readonly record struct Traits(
    string Code,
    ulong Key,
    Board Board,
    DateOnly Listed,
    DateOnly? Gone,
    int Decimals,
    int LimitPercent,
    double Scale,
    double Level,
    double Yield,
    long Shares,
    double Turnover,
    bool IsSpecialTreatment = false,
    Instrument? Follows = null
)
{
    private const double TradingDaysInYear = 243;

    /// <summary>
    /// The amplitude from day to day of an ordinary stock: 0.9 % to 2 %. With this and the steps of 10 %, nine days can
    /// carry the noise at most 0.2 + 29.9 × 0.02 = 80 %, less than nine days at the limit (86 %): hence no peak further
    /// than eight days away ever counts.
    /// </summary>
    private const double VolatilityMin = 0.009;

    private const double VolatilityRange = 0.011;
    private const double StepSize = 0.1;

    public static Instrument Complete(MarketDays days, Traits traits)
    {
        var isBefore = traits.Listed < days.Calendar.First;
        var first = isBefore ? 0 : days.OnOrAfter(traits.Listed);
        var end = traits.Gone is { } gone ? Math.Max(days.OnOrAfter(gone), first) : days.Count;
        var time = isBefore
            ? -(days.Calendar.First.DayNumber - traits.Listed.DayNumber) / 365.25 * TradingDaysInYear
            : first;
        var drift = traits.Yield / TradingDaysInYear;
        var bare = new Instrument
        {
            Code = traits.Code,
            Key = SeededHash.Mix(traits.Key, 909),
            PathKey = traits.Follows?.PathKey ?? SeededHash.Mix(traits.Key, 909),
            Board = traits.Board,
            ListDate = isBefore || first >= days.Count ? traits.Listed : days[first],
            DelistDate = traits.Gone,
            First = first,
            End = end,
            HaltedFrom =
                traits.Gone is not null && first < end ? LifeBuilder.HaltedFrom(traits.Key, first, end) : int.MaxValue,
            IsSpecialTreatment = traits.IsSpecialTreatment,
            Decimals = traits.Decimals,
            Limit = DailyLimit.Of(traits.LimitPercent),
            Level = traits.Level,
            LogBase = Math.Log(traits.Level * Math.Pow(10, traits.Decimals)) - (drift * time),
            Drift = drift,
            Volatility =
                traits.Follows?.Volatility
                ?? traits.Scale * (VolatilityMin + (VolatilityRange * SeededHash.Unit(SeededHash.Mix(traits.Key, 11)))),
            StepSize = traits.Follows?.StepSize ?? traits.Scale * StepSize,
            Shares = traits.Shares,
            FloatRatio = 0.3 + (0.7 * SeededHash.Unit(SeededHash.Mix(traits.Key, 12))),
            FreeRatio = 0.4 + (0.5 * SeededHash.Unit(SeededHash.Mix(traits.Key, 13))),
            Turnover = traits.Turnover,
        };
        var whole = bare with
        {
            Suspensions = LifeBuilder.Suspensions(bare, days),
            ExRights = LifeBuilder.ExRights(bare, days, traits.Yield),
        };
        return traits.IsSpecialTreatment ? SpecialTreatment.Given(whole, days) : whole;
    }
}
