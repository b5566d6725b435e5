namespace Tidemark.Simulator.Options;

/// <summary>
/// The strikes of one expiration on one day. Strikes are only added: one that is listed stays until it expires.
/// </summary>
internal readonly struct ListedStrikes
{
    /// <summary>No strike is missing within this distance of the price.</summary>
    private const double CompleteWithin = 0.04;

    /// <summary>Chance that a strike of the lattice was never listed.</summary>
    private const double Holes = 0.07;

    private readonly OptionClassRule _rule;
    private readonly ulong _key;
    private readonly double _near;
    private readonly double _wide;
    private readonly double _center;
    private readonly double _nearLow;
    private readonly double _nearHigh;
    private readonly double _wideLow;
    private readonly double _wideHigh;

    /// <param name="life">Days from listing to expiration.</param>
    /// <param name="left">Days from the last addition of strikes to expiration.</param>
    /// <param name="low">Lowest price of the days on which strikes were added, and the highest.</param>
    private ListedStrikes(
        OptionClassRule rule,
        DateOnly expiration,
        int life,
        int left,
        double listed,
        double low,
        double high
    )
    {
        _rule = rule;
        _key = SeededHash.Mix(rule.Key, 9_100, (ulong)expiration.DayNumber);
        _center = listed;
        (_near, _wide) = StepsOf(rule, listed);
        var (near, down, up) = Bands(rule.Style, life);
        if (life > 400)
        {
            _near = _wide;
            near = down;
        }
        else if (life > 70 && left > 45)
        {
            // Far months get their finer strikes when they come near.
            _near = _wide;
        }

        (_nearLow, _nearHigh) = (low * (1 - near), high * (1 + near));
        (_wideLow, _wideHigh) = (low * (1 - down), high * (1 + up));
    }

    public static ListedStrikes At(OptionClassRule rule, DateOnly expiration, DateOnly listedSince, DateOnly day)
    {
        var every = DaysBetweenAdditions(expiration, listedSince);
        if (rule.Style == ExpiryStyle.Adjusted)
        {
            day = rule.Action.AddDays(-1);
        }

        var (listed, low, high, added) = (0.0, double.PositiveInfinity, 0.0, listedSince);
        for (var check = listedSince; check <= day; check = check.AddDays(every))
        {
            var price = Math.Exp(UnderlyingPath.LogClose(rule.Underlying, TradingDays.WeekdayOf(check.AddDays(-1))));
            listed = listed == 0 ? price : listed;
            low = Math.Min(low, price);
            high = Math.Max(high, price);
            added = check;
        }

        var (life, left) = (expiration.DayNumber - listedSince.DayNumber, expiration.DayNumber - added.DayNumber);
        return new ListedStrikes(rule, expiration, life, left, listed, low, high);
    }

    /// <summary>New strikes follow the price once a week, in far months once in four weeks.</summary>
    public static int DaysBetweenAdditions(DateOnly expiration, DateOnly listedSince) =>
        expiration.DayNumber - listedSince.DayNumber > 70 ? 28 : 7;

    /// <summary>The steps near the money and further away, for a stock's price.</summary>
    public static (double Near, double Wide) Steps(double price) =>
        price switch
        {
            < 15 => (0.5, 0.5),
            < 30 => (0.5, 1),
            < 120 => (1, 2.5),
            < 600 => (2.5, 5),
            < 1_000 => (5, 10),
            < 2_500 => (10, 20),
            _ => (25, 50),
        };

    public bool Has(int index)
    {
        var strike = _rule.Scale.Strike(index);
        var plain = _rule.Scale is StrikeScale.Adjusted adjusted ? adjusted.Original(index) : strike;
        var lattice =
            (plain >= _nearLow && plain <= _nearHigh && IsMultiple(plain, _near))
            || (plain >= _wideLow && plain <= _wideHigh && IsMultiple(plain, _wide));
        return lattice
            && (
                Math.Abs((plain / _center) - 1) < CompleteWithin
                || SeededHash.Unit(SeededHash.Mix(_key, (ulong)index)) >= Holes
            );
    }

    /// <summary>Numbers of the strikes, ascending.</summary>
    public void AddTo(List<int> indices)
    {
        if (_rule.Scale is StrikeScale.Adjusted)
        {
            for (var index = 0; index < _rule.Scale.Count; index++)
            {
                AddIfListed(index, indices);
            }

            return;
        }

        // Multiples of either step, merged: both are few beside the whole scale.
        var near = Math.Ceiling(_nearLow / _near) * _near;
        var wide = Math.Ceiling(_wideLow / _wide) * _wide;
        while (near <= _nearHigh || wide <= _wideHigh)
        {
            var next = Math.Min(near <= _nearHigh ? near : double.MaxValue, wide <= _wideHigh ? wide : double.MaxValue);
            var index = _rule.Scale.IndexOf(next);
            if (index >= 0)
            {
                AddIfListed(index, indices);
            }

            near += near == next ? _near : 0;
            wide += wide == next ? _wide : 0;
        }
    }

    private void AddIfListed(int index, List<int> indices)
    {
        if (Has(index))
        {
            indices.Add(index);
        }
    }

    private static bool IsMultiple(double strike, double step) => strike / step == Math.Floor(strike / step);

    private static (double Near, double Wide) StepsOf(OptionClassRule rule, double price) =>
        rule.Name switch
        {
            "SPX" => (25, 100),
            "SPXW" => (5, 25),
            "NDX" => (50, 200),
            "NDXP" => (20, 100),
            "VIX" or "VIXW" => (0.5, 1),
            _ when !rule.IsDaily && !rule.Underlying.HasWeeklies => (Steps(price).Wide, Steps(price).Wide),
            _ when !rule.IsDaily => Steps(price),
            _ when price < 130 => (0.5, 1),
            _ => (1, 5),
        };

    private static (double Near, double Down, double Up) Bands(ExpiryStyle style, int life) =>
        style switch
        {
            ExpiryStyle.Daily when life < 20 => (0.04, 0.15, 0.12),
            ExpiryStyle.Daily when life < 80 => (0.06, 0.25, 0.15),
            ExpiryStyle.Daily => (0.06, 0.45, 0.35),
            ExpiryStyle.IndexMonthly => (0.12, 0.55, 0.40),
            ExpiryStyle.VolatilityMonthly or ExpiryStyle.VolatilityWeekly => (0.25, 0.40, 2.50),
            _ when life < 70 => (0.10, 0.33, 0.33),
            _ when life < 400 => (0.12, 0.48, 0.55),
            _ => (0.10, 0.60, 0.80),
        };
}
