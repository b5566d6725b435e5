using System.Globalization;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;

namespace Tidemark.Simulator.Options;

/// <summary>
/// Recorded chains as a market: the recorded contracts, with the quotes of the last recorded moment before the
/// requested one (before the first moment, with its quotes). Underlyings are those of the rows, at the price in the
/// rows. There are no bars. Thread-safe.
/// </summary>
public sealed class ReplayedOptionMarket : IOptionMarket
{
    private readonly TradingDays _days;
    private readonly Dictionary<int, Recording> _byId;
    private readonly List<ListedContract> _options;
    private readonly Dictionary<string, ListedContract> _underlyings;

    private ReplayedOptionMarket(
        TradingDays days,
        Dictionary<int, Recording> byId,
        Dictionary<string, ListedContract> underlyings
    )
    {
        _days = days;
        _byId = byId;
        _underlyings = underlyings;
        _options =
        [
            .. byId
                .Values.Select(r => r.Contract)
                .Where(c => c.Kind == ContractKind.Option)
                .OrderBy(c => c.LastTradeDate)
                .ThenBy(c => c.Strike)
                .ThenBy(c => c.Right)
                .ThenBy(c => c.ConId),
        ];
    }

    /// <summary>Reads <c>tws/*.csv</c> and <c>tws/*.csv.gz</c> of a folder.</summary>
    /// <exception cref="TidemarkException">
    /// <c>REPLAY_UNREADABLE</c>: there is no file, or a row cannot be read; the message names file and line.
    /// </exception>
    public static ReplayedOptionMarket Load(string folder, TradingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var source = Path.Combine(folder, "tws");
        string[] files = Directory.Exists(source)
            ?
            [
                .. Directory
                    .GetFiles(source, "*.csv")
                    .Concat(Directory.GetFiles(source, "*.csv.gz"))
                    .Order(StringComparer.Ordinal),
            ]
            : [];
        var rows = new List<RecordedQuote>();
        foreach (var file in files)
        {
            try
            {
                rows.AddRange(RecordedChainReader.Read(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                throw new TidemarkException(ErrorKind.Configuration, "REPLAY_UNREADABLE", $"{file}: {e.Message}", e);
            }
        }

        if (rows.Count == 0)
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "REPLAY_UNREADABLE",
                $"{source} has no *.csv or *.csv.gz with rows. Put recorded chains there, one row a contract and moment."
            );
        }

        var recorded = (rows.Min(r => r.At), rows.Max(r => r.At));
        return Build(new TradingDays(calendar), rows, recorded);
    }

    /// <summary>The first and the last recorded moment.</summary>
    public (DateTimeOffset First, DateTimeOffset Last) Recorded { get; private init; }

    /// <inheritdoc/>
    public ListedContract? Find(int conId, DateOnly day) =>
        _byId.TryGetValue(conId, out var found) && IsListed(found.Contract, day) ? found.Contract : null;

    /// <inheritdoc/>
    public IEnumerable<ListedContract> Find(ContractPattern pattern, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return pattern.Kind == ContractKind.Option
            ? _options.Where(c => IsListed(c, day) && Fits(c, pattern))
            : _underlyings.Values.Where(c => c.Kind == pattern.Kind && Fits(c, pattern));
    }

    /// <inheritdoc/>
    public IReadOnlyList<ListedContract> Search(string text, int most) =>
        [
            .. _underlyings
                .Values.Where(c => c.Symbol.StartsWith(text, StringComparison.OrdinalIgnoreCase))
                .OrderBy(c => c.Symbol.Length)
                .ThenBy(c => c.Symbol, StringComparer.Ordinal)
                .Take(most),
        ];

    /// <inheritdoc/>
    public IReadOnlyList<OptionClass> Classes(int underlyingConId, DateOnly day) =>
        [
            .. _options
                .Where(c => c.UnderlyingConId == underlyingConId && IsListed(c, day))
                .GroupBy(c => (c.TradingClass, c.Multiplier))
                .Select(g => new OptionClass(
                    g.Key.TradingClass,
                    g.Key.Multiplier,
                    g.First().Exchanges,
                    [.. g.Select(c => c.LastTradeDate!.Value).Distinct().Order()],
                    [.. g.Select(c => c.Strike).Distinct().Order()]
                )),
        ];

    /// <inheritdoc/>
    public ContractQuote Quote(ListedContract contract, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(contract);
        if (!_byId.TryGetValue(contract.ConId, out var recording))
        {
            throw new ArgumentException(
                $"{contract.LocalSymbol} ({contract.ConId}) was not recorded.",
                nameof(contract)
            );
        }

        var quote = recording.At(at).Quote;
        var session = Session(DateOnly.FromDateTime(at.UtcDateTime));
        return session is not null && at >= session.Open && at < session.Close
            ? quote
            : quote with
            {
                State = TradingState.Closed,
            };
    }

    /// <inheritdoc/>
    public long? OpenInterest(ListedContract option, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(option);
        return _byId.TryGetValue(option.ConId, out var recording)
            ? recording.At(new DateTimeOffset(day.AddDays(1).ToDateTime(default), TimeSpan.Zero)).OpenInterest
            : null;
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
    ) => [];

    /// <inheritdoc/>
    public DateTimeOffset? FirstBar(ListedContract contract) => null;

    /// <summary>A stock or index for which only the price is known.</summary>
    internal static ListedContract Instrument(int conId, string symbol, bool isIndex) =>
        new(
            conId,
            isIndex ? ContractKind.Index : ContractKind.Stock,
            symbol,
            null,
            null,
            0,
            OptionRight.None,
            0,
            symbol,
            symbol,
            "",
            isIndex ? ["CBOE"] : ["SMART"],
            "USD",
            0,
            symbol,
            "",
            "",
            0.01
        );

    private static ReplayedOptionMarket Build(
        TradingDays days,
        List<RecordedQuote> rows,
        (DateTimeOffset, DateTimeOffset) recorded
    )
    {
        var taken = rows.Select(r => r.Contract.ConId).ToHashSet();
        var underlyings = rows.Where(r => r.Contract.Kind != ContractKind.Option)
            .GroupBy(r => r.Contract.Symbol)
            .ToDictionary(g => g.Key, g => g.First().Contract, StringComparer.OrdinalIgnoreCase);
        var prices = rows.Where(r => r.Contract.Kind == ContractKind.Option)
            .GroupBy(r => r.Contract.Symbol)
            .ToDictionary(g => g.Key, g => g.ToList());
        foreach (var (symbol, options) in prices)
        {
            if (!underlyings.ContainsKey(symbol))
            {
                var underlying = Instrument(Number(symbol, taken), symbol, IsIndex(symbol));
                underlyings.Add(symbol, underlying);
                rows.AddRange(options.Select(o => PriceOf(underlying, o)).OfType<RecordedQuote>());
            }
        }

        var byId = rows.GroupBy(r => r.Contract.ConId)
            .ToDictionary(
                g => g.Key,
                g =>
                {
                    var contract = g.First().Contract;
                    return new Recording(
                        contract.Kind == ContractKind.Option
                            ? contract with
                            {
                                UnderlyingConId = underlyings[contract.Symbol].ConId,
                            }
                            : contract,
                        [.. g.OrderBy(r => r.At)]
                    );
                }
            );

        // An underlying without a price in any row has no quote, but options still name it.
        foreach (var underlying in underlyings.Values)
        {
            byId.TryAdd(underlying.ConId, new Recording(underlying, [Silent(underlying)]));
        }

        return new ReplayedOptionMarket(days, byId, underlyings) { Recorded = recorded };
    }

    private static RecordedQuote? PriceOf(ListedContract underlying, RecordedQuote option) =>
        double.IsNaN(option.Quote.Model.UnderlyingPrice)
            ? null
            : Silent(underlying) with
            {
                At = option.At,
                Quote = Silent(underlying).Quote with
                {
                    State = TradingState.Open,
                    Last = option.Quote.Model.UnderlyingPrice,
                    LastTime = option.At,
                    Step = BitConverter.DoubleToInt64Bits(option.Quote.Model.UnderlyingPrice),
                },
            };

    private static RecordedQuote Silent(ListedContract underlying)
    {
        const double None = double.NaN;
        var unknown = UnderlyingQuotes.Unknown;
        return new RecordedQuote(
            underlying,
            DateTimeOffset.UnixEpoch,
            new ContractQuote(
                TradingState.Open,
                None,
                0,
                None,
                0,
                None,
                -1,
                null,
                None,
                None,
                None,
                None,
                -1,
                unknown,
                unknown,
                unknown,
                unknown,
                0
            ),
            null
        );
    }

    /// <summary>A widely known number, or one made from the symbol that no recorded contract has.</summary>
    private static int Number(string symbol, HashSet<int> taken)
    {
        var known = KnownNames.Special.Concat(KnownNames.Stocks).FirstOrDefault(n => n.Symbol == symbol).ConId;
        var number = known;
        for (var attempt = 0UL; number == 0 || !taken.Add(number); attempt++)
        {
            number = (int)(SeededHash.Mix(SeededHash.Mix(attempt, symbol), 1) % int.MaxValue);
        }

        return number;
    }

    private static bool IsIndex(string symbol) => symbol is "SPX" or "NDX" or "VIX" or "RUT" or "XSP" or "DJX" or "OEX";

    private static bool IsListed(ListedContract contract, DateOnly day) =>
        contract.LastTradeDate is null || contract.LastTradeDate >= day;

    private static bool Fits(ListedContract contract, ContractPattern pattern) =>
        (pattern.Symbol is null || contract.Symbol.Equals(pattern.Symbol, StringComparison.OrdinalIgnoreCase))
        && (
            pattern.LastTrade is null
            || (contract.LastTradeDate?.ToString("yyyyMMdd", CultureInfo.InvariantCulture) ?? "").StartsWith(
                pattern.LastTrade,
                StringComparison.Ordinal
            )
        )
        && (pattern.Strike is null || Math.Abs(contract.Strike - pattern.Strike.Value) < 1e-6)
        && (pattern.Right == OptionRight.None || contract.Right == pattern.Right)
        && (pattern.Multiplier is null || contract.Multiplier == pattern.Multiplier)
        && (pattern.LocalSymbol is null || contract.LocalSymbol == pattern.LocalSymbol)
        && (pattern.TradingClass is null || contract.TradingClass == pattern.TradingClass);

    /// <summary>The recorded rows of one contract, by moment.</summary>
    private sealed record Recording(ListedContract Contract, IReadOnlyList<RecordedQuote> Moments)
    {
        /// <summary>The last row at or before a moment, or the first.</summary>
        public RecordedQuote At(DateTimeOffset at)
        {
            var (low, high) = (0, Moments.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                (low, high) = Moments[middle].At <= at ? (middle, high) : (low, middle - 1);
            }

            return Moments[low];
        }
    }
}
