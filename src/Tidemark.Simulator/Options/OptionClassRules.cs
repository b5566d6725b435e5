namespace Tidemark.Simulator.Options;

/// <summary>
/// The classes of an underlying. Most have one; an index has one that settles in the morning and one in the afternoon;
/// a corporate action adds one.
/// </summary>
internal sealed class OptionClassRules(Underlying underlying)
{
    /// <summary>Cells from here on are those of the adjusted class.</summary>
    public const int AdjustedCell = 1_050;

    private const int AdjustedStrikes = ConIdCodec.WeeklyStrikes - AdjustedCell;

    /// <summary>A block of this many years has at most one action, whose options are gone before the next.</summary>
    private const int ActionYears = 4;

    private readonly OptionClassRule[] _lasting = Lasting(underlying);

    /// <summary>The classes that have options on a day, the main one first.</summary>
    public IEnumerable<OptionClassRule> On(DateOnly day)
    {
        foreach (var rule in _lasting)
        {
            yield return rule;
        }

        if (Adjusted(day) is { } adjusted && adjusted.Action <= day)
        {
            yield return adjusted;
        }
    }

    /// <summary>The class of a contract number's cell.</summary>
    public OptionClassRule? OfCell(bool daily, int cell, DateOnly expiration, ExpiryRules expiries)
    {
        if (!daily && cell >= AdjustedCell)
        {
            return Adjusted(expiration);
        }

        foreach (var rule in _lasting)
        {
            if (
                rule.IsDaily == daily
                && cell < rule.Scale.Count
                && expiries.ListedSince(rule.Style, underlying.Cycle, expiration) is not null
            )
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>The style that decides which day of a week a weekly cell means.</summary>
    public ExpiryStyle WeeklyStyle => _lasting[0].Style;

    /// <summary>The adjusted class of a day's four years; null for most underlyings.</summary>
    private OptionClassRule? Adjusted(DateOnly day)
    {
        if (underlying.Kind != UnderlyingKind.Stock)
        {
            return null;
        }

        var block = day.Year - ((day.Year + underlying.Ordinal) % ActionYears);
        var key = SeededHash.Mix(underlying.Key, 9_001, (ulong)block);
        if (SeededHash.Unit(key) >= 0.08)
        {
            return null;
        }

        // In the first half of the block, so that most options that were listed then expire within its four years.
        var action = new DateOnly(block, 1, 1).AddDays(SeededHash.Index(SeededHash.Mix(key, 1), 450));
        var price = Math.Exp(UnderlyingPath.LogClose(underlying, TradingDays.WeekdayOf(action.AddDays(-1))));
        var split = (SeededHash.Mix(key, 2) & 1) == 0;
        var step = ListedStrikes.Steps(price).Wide;
        var cash = split ? 0 : Math.Round(price * 0.02 * (1 + SeededHash.Unit(SeededHash.Mix(key, 3))), 2);
        var scale = new StrikeScale.Adjusted(
            step,
            Math.Max(1 + (int)(cash / step), (int)(price * 0.5 / step)),
            split ? 1.5 : 1,
            cash,
            AdjustedStrikes
        );
        var name = underlying.OptionRoot + "1";
        return new OptionClassRule(
            underlying,
            name,
            ExpiryStyle.Adjusted,
            split ? 150 : 100,
            scale,
            false,
            AdjustedCell,
            action
        );
    }

    private static OptionClassRule[] Lasting(Underlying underlying)
    {
        var graded = new StrikeScale.Graded();
        var symbol = underlying.OptionRoot;
        return symbol switch
        {
            "SPX" =>
            [
                new(underlying, symbol, ExpiryStyle.IndexMonthly, 100, new StrikeScale.Even(25, 1_000), false, 0),
                new(
                    underlying,
                    "SPXW",
                    ExpiryStyle.Daily,
                    100,
                    new StrikeScale.Even(5, ConIdCodec.DailyStrikes),
                    true,
                    0
                ),
            ],
            "NDX" =>
            [
                new(underlying, symbol, ExpiryStyle.IndexMonthly, 100, new StrikeScale.Even(50, 1_000), false, 0),
                new(
                    underlying,
                    "NDXP",
                    ExpiryStyle.Daily,
                    100,
                    new StrikeScale.Even(10, ConIdCodec.DailyStrikes),
                    true,
                    0
                ),
            ],
            "VIX" =>
            [
                new(underlying, symbol, ExpiryStyle.VolatilityMonthly, 100, graded, false, 0),
                new(underlying, "VIXW", ExpiryStyle.VolatilityWeekly, 100, graded, false, 0),
            ],
            _ when underlying.DailyArea >= 0 =>
            [
                new(
                    underlying,
                    symbol,
                    ExpiryStyle.Daily,
                    100,
                    new StrikeScale.Even(0.5, ConIdCodec.DailyStrikes),
                    true,
                    0
                ),
            ],
            _ =>
            [
                new(
                    underlying,
                    symbol,
                    underlying.HasWeeklies ? ExpiryStyle.Weekly : ExpiryStyle.Monthly,
                    100,
                    graded,
                    false,
                    0
                ),
            ],
        };
    }
}
