namespace Tidemark.Simulator.Market;

/// <summary>
/// Special treatment comes and goes: a stock that is prone to it has it about two thirds of the time. While it lasts,
/// the name says so and the daily limit is 5 %, until the rule of 2026-07-06.
/// </summary>
internal static class SpecialTreatment
{
    private const int QuietFirst = 5;
    private const int QuietRange = 400;
    private const int GapMin = 100;
    private const int GapRange = 500;
    private const int SpellMin = 300;
    private const int SpellRange = 1000;

    /// <summary>A stock with its times of special treatment and the limits that follow from them.</summary>
    public static Instrument Given(Instrument instrument, MarketDays days)
    {
        var spells = Spells(instrument, days);
        return (instrument with { Spells = spells }).WithLimits(Limits(spells, days, instrument.Limit));
    }

    private static SpecialSpell[] Spells(Instrument instrument, MarketDays days)
    {
        var key = SeededHash.Mix(instrument.Key, 2020);
        var spells = new List<SpecialSpell>();
        var start = instrument.First + QuietFirst + SeededHash.Index(key, QuietRange);
        for (var i = 0UL; start < Math.Min(instrument.End, days.Count); i++)
        {
            var draw = SeededHash.Mix(key, i + 1);
            var end = start + SpellMin + SeededHash.Index(draw, SpellRange);
            spells.Add(new SpecialSpell(start, end, SeededHash.Unit(SeededHash.Mix(draw, 1)) < 0.4));
            start = end + GapMin + SeededHash.Index(SeededHash.Mix(draw, 2), GapRange);
        }

        return [.. spells];
    }

    private static IEnumerable<(int Position, DailyLimit Limit)> Limits(
        SpecialSpell[] spells,
        MarketDays days,
        DailyLimit usual
    )
    {
        var narrow = DailyLimit.Of(5);
        var eased = days.OnOrAfter(DailyLimit.SpecialTreatmentEased);
        foreach (var spell in spells)
        {
            if (spell.Start < eased)
            {
                yield return (spell.Start, narrow);
                yield return (Math.Min(spell.End, eased), usual);
            }
        }
    }
}
