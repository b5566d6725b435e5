using System.Globalization;
using Tidemark.Core.Calendars;

namespace Tidemark.Simulator.Options;

/// <summary>
/// An invented market of American stocks, ETFs and indices with their options. Everything is a pure function of seed,
/// contract and moment: nothing is stored, a chain is computed when it is asked for, and a contract's number identifies
/// the contract. Thread-safe.
/// </summary>
public sealed class SyntheticOptionMarket : IOptionMarket
{
    private static readonly OptionRight[] s_rights = [OptionRight.Call, OptionRight.Put];

    private readonly TradingDays _days;
    private readonly Underlying[] _underlyings;
    private readonly ConIdCodec _codec;
    private readonly OptionChains _chains;
    private readonly UnderlyingQuotes _underlyingQuotes;
    private readonly OptionQuotes _optionQuotes;
    private readonly OptionBars _bars;
    private readonly ulong _seed;
    private readonly Dictionary<string, Underlying> _bySymbol;

    /// <param name="calendar">The sessions of the exchange (XNYS). A moment outside the calendar is an error.</param>
    /// <param name="stocks">
    /// How many stocks there are, the well-known ones first; four ETFs and three indices come on top. At most 761.
    /// </param>
    public SyntheticOptionMarket(int seed, TradingCalendar calendar, int stocks = 503)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentOutOfRangeException.ThrowIfNegative(stocks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            stocks,
            ConIdCodec.MostUnderlyings - UnderlyingFactory.SpecialCount
        );
        _seed = SeededHash.Mix(8_000, unchecked((ulong)seed));
        _days = new TradingDays(calendar);
        (_underlyings, _codec) = UnderlyingFactory.Make(_seed, stocks);
        _bySymbol = _underlyings.ToDictionary(u => u.Symbol, StringComparer.OrdinalIgnoreCase);
        _chains = new OptionChains(_underlyings, _codec, _days);
        _underlyingQuotes = new UnderlyingQuotes(_underlyings, _days);
        _optionQuotes = new OptionQuotes(_seed, _underlyingQuotes, _days);
        _bars = new OptionBars(_underlyingQuotes, _optionQuotes, _days, calendar.TimeZone);
    }

    /// <summary>All underlyings, the well-known ones first.</summary>
    public IEnumerable<ListedContract> Underlyings => _underlyings.Select(u => u.Contract);

    /// <inheritdoc/>
    public ListedContract? Find(int conId, DateOnly day) => _chains.Find(conId, day);

    /// <inheritdoc/>
    public IEnumerable<ListedContract> Find(ContractPattern pattern, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        foreach (var underlying in Candidates(pattern))
        {
            if (pattern.Kind == ContractKind.Option)
            {
                foreach (var option in FindOptions(underlying, pattern, day))
                {
                    yield return option;
                }
            }
            else if (Fits(underlying.Contract, pattern))
            {
                yield return underlying.Contract;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ListedContract> Search(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return
        [
            .. _underlyings
                .Select(u => (u.Contract, u.Ordinal, Rank: Rank(u.Contract, text)))
                .Where(u => u.Rank < int.MaxValue)
                .OrderBy(u => u.Rank)
                .ThenBy(u => u.Ordinal)
                .Take(most)
                .Select(u => u.Contract),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<OptionClass> Classes(int underlyingConId, DateOnly day)
    {
        if (!_codec.TryUnderlying(underlyingConId, out var ordinal))
        {
            return [];
        }

        var classes = new List<OptionClass>();
        foreach (var group in _chains.Expiries(_underlyings[ordinal], day).GroupBy(e => e.Rule))
        {
            var strikes = new List<int>();
            var dates = new List<DateOnly>();
            foreach (var expiry in group)
            {
                var before = strikes.Count;
                OptionChains.AddStrikes(expiry, day, strikes);
                if (strikes.Count > before)
                {
                    dates.Add(expiry.LastTradeDate);
                }
            }

            if (strikes.Count > 0)
            {
                classes.Add(
                    new OptionClass(
                        group.Key.Name,
                        group.Key.Multiplier,
                        group.Key.Underlying.Kind == UnderlyingKind.Index
                            ? UnderlyingFactory.IndexOptionExchanges
                            : UnderlyingFactory.OptionExchanges,
                        dates,
                        [.. strikes.Distinct().Order().Select(group.Key.Scale.Strike)]
                    )
                );
            }
        }

        return classes;
    }

    /// <inheritdoc/>
    public ContractQuote Quote(ListedContract contract, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var ms = at.ToUnixTimeMilliseconds();
        var underlying = UnderlyingOf(contract);
        return contract.Kind == ContractKind.Option
            ? _optionQuotes.Quote(contract, underlying, ms)
            : _underlyingQuotes.Quote(underlying, ms);
    }

    /// <inheritdoc/>
    public long? OpenInterest(ListedContract option, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(option);
        if (option.Kind != ContractKind.Option)
        {
            return null;
        }

        var underlying = UnderlyingOf(option);
        if (
            _chains.ExpiryOf(option, underlying) is not { ListedSince: var since }
            || day < since
            || day > option.LastTradeDate
        )
        {
            return null;
        }

        var session = _days.OnOrBefore(day);
        var key = SeededHash.Mix(_seed, (ulong)option.ConId, 70);
        var life = Math.Max(7, option.Expiration!.Value.DayNumber - since.DayNumber);
        var listed = Math.Exp(UnderlyingPath.LogClose(underlying, TradingDays.WeekdayOf(since)));
        var distance = Math.Abs(Math.Log(option.Strike / listed)) / (underlying.Volatility * Math.Sqrt(life / 365.0));
        var draw = SeededHash.Unit(key);
        var full = underlying.Activity * 40 * (0.05 + (5 * draw * draw * draw)) * Math.Exp(-0.9 * distance);
        var grown = 1 - Math.Exp(-(session.Day.DayNumber - since.DayNumber) / 15.0);
        var wobble = 1 + (0.06 * SeededHash.Signed(SeededHash.Mix(key, (ulong)session.Weekday)));
        return session.Day < since ? 0 : (long)(full * Math.Max(0, grown) * wobble);
    }

    /// <inheritdoc/>
    public MarketSession? Session(DateOnly day) =>
        _days.Find(day) is { } session ? new MarketSession(session.Day, session.Open, session.Close) : null;

    /// <inheritdoc/>
    public IEnumerable<HistoryBar> Bars(
        ListedContract contract,
        DateTimeOffset from,
        DateTimeOffset to,
        BarRequest request
    )
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(request);
        var underlying = UnderlyingOf(contract);
        var first = FirstBar(contract);
        return first is null ? []
            : contract.Kind == ContractKind.Option
                ? _bars.OfOption(contract, underlying, from < first ? first.Value : from, to, request)
            : _bars.OfUnderlying(underlying, from < first ? first.Value : from, to, request);
    }

    /// <inheritdoc/>
    public DateTimeOffset? FirstBar(ListedContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        if (contract.Kind != ContractKind.Option)
        {
            return _days[1].Open;
        }

        if (_chains.ListedSince(contract, UnderlyingOf(contract)) is not { } since)
        {
            return null;
        }

        for (var day = since; day <= contract.LastTradeDate; day = day.AddDays(1))
        {
            if (_days.Find(day) is { } session)
            {
                return session.Open;
            }
        }

        return null;
    }

    private Underlying UnderlyingOf(ListedContract contract) =>
        _codec.TryUnderlying(
            contract.Kind == ContractKind.Option ? contract.UnderlyingConId : contract.ConId,
            out var ordinal
        )
            ? _underlyings[ordinal]
            : throw new ArgumentException(
                $"{contract.LocalSymbol} ({contract.ConId}) is not of this market.",
                nameof(contract)
            );

    private IEnumerable<Underlying> Candidates(ContractPattern pattern)
    {
        var symbol = pattern.Symbol;
        if (symbol is null && pattern.Kind != ContractKind.Option)
        {
            symbol = pattern.LocalSymbol;
        }

        if (symbol is not null)
        {
            return _bySymbol.TryGetValue(symbol, out var found) ? [found] : [];
        }

        // The class of an option begins with its underlying's symbol.
        var root = pattern.TradingClass ?? pattern.LocalSymbol?.Split(' ')[0];
        return root is null
            ? _underlyings
            : _underlyings.Where(u => root.StartsWith(u.OptionRoot, StringComparison.OrdinalIgnoreCase));
    }

    private IEnumerable<ListedContract> FindOptions(Underlying underlying, ContractPattern pattern, DateOnly day)
    {
        var rows = new List<(double Strike, int Index, ListedExpiry Expiry)>();
        var indices = new List<int>();
        foreach (var date in _chains.Expiries(underlying, day).GroupBy(e => e.LastTradeDate))
        {
            if (!FitsDate(date.Key, pattern.LastTrade))
            {
                continue;
            }

            rows.Clear();
            foreach (var expiry in date.Where(e => FitsClass(e.Rule, pattern)))
            {
                indices.Clear();
                OptionChains.AddStrikes(expiry, day, indices);
                foreach (var index in indices)
                {
                    var strike = expiry.Rule.Scale.Strike(index);
                    if (pattern.Strike is null || Math.Abs(strike - pattern.Strike.Value) < 1e-6)
                    {
                        rows.Add((strike, index, expiry));
                    }
                }
            }

            foreach (var strike in rows.GroupBy(r => r.Strike).OrderBy(g => g.Key))
            {
                foreach (var right in s_rights.Where(r => pattern.Right == OptionRight.None || pattern.Right == r))
                {
                    foreach (var (_, index, expiry) in strike)
                    {
                        var option = _chains.Contract(expiry, index, right);
                        if (pattern.LocalSymbol is null || option.LocalSymbol == pattern.LocalSymbol)
                        {
                            yield return option;
                        }
                    }
                }
            }
        }
    }

    private static bool FitsDate(DateOnly lastTrade, string? wanted) =>
        wanted is null
        || lastTrade.ToString("yyyyMMdd", CultureInfo.InvariantCulture).StartsWith(wanted, StringComparison.Ordinal);

    private static bool FitsClass(OptionClassRule rule, ContractPattern pattern) =>
        (pattern.TradingClass is null || rule.Name.Equals(pattern.TradingClass, StringComparison.OrdinalIgnoreCase))
        && (pattern.Multiplier is null || rule.Multiplier == pattern.Multiplier)
        && (pattern.LocalSymbol is null || pattern.LocalSymbol.Split(' ')[0] == rule.Name);

    private static bool Fits(ListedContract contract, ContractPattern pattern) =>
        contract.Kind == pattern.Kind
        && (pattern.LocalSymbol is null || contract.LocalSymbol == pattern.LocalSymbol)
        && (pattern.TradingClass is null || contract.TradingClass == pattern.TradingClass);

    private static int Rank(ListedContract contract, string text)
    {
        const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;
        return contract.Symbol.Equals(text, IgnoreCase) ? 0
            : contract.Symbol.StartsWith(text, IgnoreCase) ? 1
            : contract.LongName.StartsWith(text, IgnoreCase) ? 2
            : contract.LongName.Contains(text, IgnoreCase) ? 3
            : int.MaxValue;
    }
}
