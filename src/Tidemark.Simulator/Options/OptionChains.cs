using System.Globalization;

namespace Tidemark.Simulator.Options;

/// <summary>
/// One expiration of one class. <paramref name="ListedSince"/> is the first day on which it had strikes.
/// </summary>
internal readonly record struct ListedExpiry(
    OptionClassRule Rule,
    DateOnly Expiration,
    DateOnly LastTradeDate,
    DateOnly ListedSince
);

/// <summary>
/// Which options are listed; computed for one underlying and day at each request, so no contract is kept.
/// </summary>
internal sealed class OptionChains(Underlying[] underlyings, ConIdCodec codec, TradingDays days)
{
    private readonly ExpiryRules _expiries = new(days);
    private readonly OptionClassRules[] _rules = [.. underlyings.Select(u => new OptionClassRules(u))];

    /// <summary>
    /// Expirations of the classes of an underlying that trade on a day, ascending by last trade date.
    /// </summary>
    public List<ListedExpiry> Expiries(Underlying underlying, DateOnly day)
    {
        var found = new List<ListedExpiry>();
        foreach (var rule in _rules[underlying.Ordinal].On(day))
        {
            AddExpiries(rule, day, found);
        }

        found.Sort(
            static (a, b) =>
                a.LastTradeDate != b.LastTradeDate ? a.LastTradeDate.CompareTo(b.LastTradeDate)
                : a.Rule.Name != b.Rule.Name ? string.CompareOrdinal(a.Rule.Name, b.Rule.Name)
                : a.Expiration.CompareTo(b.Expiration)
        );
        return found;
    }

    /// <summary>Adds the numbers of the strikes of an expiration on a day, ascending.</summary>
    public static void AddStrikes(in ListedExpiry expiry, DateOnly day, List<int> indices) =>
        ListedStrikes.At(expiry.Rule, expiry.Expiration, expiry.ListedSince, day).AddTo(indices);

    public ListedContract? Find(int conId, DateOnly day)
    {
        if (codec.Parse(conId, TradingDays.WeekdayOf(day)) is not { } parts)
        {
            return null;
        }

        if (!parts.IsOption)
        {
            return underlyings[parts.Ordinal].Contract;
        }

        var rules = _rules[parts.Ordinal];
        var expiration = TradingDays.DayOf(parts.Weekday);
        if (!parts.IsDaily)
        {
            expiration = _expiries.InWeek(rules.WeeklyStyle, expiration);
        }

        if (rules.OfCell(parts.IsDaily, parts.Strike, expiration, _expiries) is not { } rule)
        {
            return null;
        }

        var strike = parts.Strike - rule.FirstCell;
        return
            Expiry(rule, expiration, day) is { } expiry
            && strike < rule.Scale.Count
            && ListedStrikes.At(rule, expiration, expiry.ListedSince, day).Has(strike)
            ? Contract(expiry, strike, parts.Right)
            : null;
    }

    public ListedContract Contract(in ListedExpiry expiry, int strike, OptionRight right)
    {
        var rule = expiry.Rule;
        var underlying = rule.Underlying;
        var price = rule.Scale.Strike(strike);
        return new ListedContract(
            codec.Option(
                underlying.Ordinal,
                rule.IsDaily,
                TradingDays.WeekdayOf(expiry.Expiration),
                rule.FirstCell + strike,
                right
            ),
            ContractKind.Option,
            underlying.Symbol,
            expiry.LastTradeDate,
            expiry.Expiration,
            price,
            right,
            rule.Multiplier,
            LocalSymbol(rule.Name, expiry.Expiration, right, price),
            rule.Name,
            "",
            underlying.Kind == UnderlyingKind.Index
                ? UnderlyingFactory.IndexOptionExchanges
                : UnderlyingFactory.OptionExchanges,
            "USD",
            underlying.Contract.ConId,
            underlying.Contract.LongName,
            underlying.Contract.Industry,
            underlying.Contract.Category,
            underlying.OptionTick
        );
    }

    /// <summary>The expiration of an option; null for one that this market never had.</summary>
    public ListedExpiry? ExpiryOf(ListedContract option, Underlying underlying)
    {
        foreach (var rule in _rules[underlying.Ordinal].On(option.LastTradeDate!.Value))
        {
            if (
                rule.Name == option.TradingClass
                && Expiry(rule, option.Expiration!.Value, option.LastTradeDate.Value) is { } expiry
            )
            {
                return expiry;
            }
        }

        return null;
    }

    /// <summary>The first day on which an option was listed; null for one that this market never had.</summary>
    public DateOnly? ListedSince(ListedContract option, Underlying underlying)
    {
        if (ExpiryOf(option, underlying) is not { } expiry)
        {
            return null;
        }

        var rule = expiry.Rule;
        var strike = rule.Scale.IndexOf(option.Strike);
        var day = rule.Style == ExpiryStyle.Adjusted ? rule.Action : expiry.ListedSince;
        var every = ListedStrikes.DaysBetweenAdditions(expiry.Expiration, expiry.ListedSince);
        for (; strike >= 0 && day <= option.LastTradeDate; day = day.AddDays(every))
        {
            if (ListedStrikes.At(rule, expiry.Expiration, expiry.ListedSince, day).Has(strike))
            {
                return day;
            }
        }

        return null;
    }

    /// <summary>The expiration of a class on a day, if the class has one and it is listed.</summary>
    private ListedExpiry? Expiry(OptionClassRule rule, DateOnly expiration, DateOnly day)
    {
        if (_expiries.ListedSince(rule.Style, rule.Underlying.Cycle, expiration) is not { } since || since > day)
        {
            return null;
        }

        if (
            rule.Style == ExpiryStyle.Adjusted
            && (since >= rule.Action || expiration <= rule.Action || day < rule.Action)
        )
        {
            return null;
        }

        var last = _expiries.LastTradeDate(rule.Style, expiration);
        return last < day ? null : new ListedExpiry(rule, expiration, last, since);
    }

    private void AddExpiries(OptionClassRule rule, DateOnly day, List<ListedExpiry> found)
    {
        if (rule.IsDaily)
        {
            for (var date = day; date <= day.AddDays(ExpiryRules.LongestDays); date = date.AddDays(1))
            {
                if (Expiry(rule, date, day) is { } expiry)
                {
                    found.Add(expiry);
                }
            }

            return;
        }

        var monday = TradingDays.DayOf(TradingDays.WeekdayOf(day) / 5 * 5);
        var last = day.AddDays(ExpiryRules.LongestDays);
        for (; monday <= last; monday = monday.AddDays(7))
        {
            if (Expiry(rule, _expiries.InWeek(rule.Style, monday), day) is { } expiry)
            {
                found.Add(expiry);
            }
        }
    }

    /// <summary>The 21-character symbol of the Options Clearing Corporation.</summary>
    private static string LocalSymbol(string root, DateOnly expiration, OptionRight right, double strike) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{root, -6}{expiration:yyMMdd}{(right == OptionRight.Call ? 'C' : 'P')}{(long)Math.Round(strike * 1_000):00000000}"
        );
}
