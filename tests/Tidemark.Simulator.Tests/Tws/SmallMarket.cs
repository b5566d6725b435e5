using System.Globalization;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tests.Tws;

/// <summary>
/// A few contracts whose quotes a test sets: AAPL with two expiries, SPX with two classes, an option that nobody
/// quotes. Open until it is told otherwise.
/// </summary>
internal sealed class SmallMarket : IOptionMarket
{
    public const int Apple = 265598;
    public const int AppleCall = 727230001;
    public const int ApplePut = 727230002;
    public const int Unquoted = 727230003;
    public const int Index = 416904;

    private static readonly DateOnly s_december = new(2025, 12, 19);
    private static readonly string[] s_optionExchanges = ["SMART", "AMEX", "CBOE", "PHLX", "ISE"];

    private readonly List<ListedContract> _contracts = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<int, ContractQuote> _quotes = [];
    private long _step;

    public SmallMarket()
    {
        _contracts.Add(Underlying(Apple, ContractKind.Stock, "AAPL", "APPLE INC", "NASDAQ", "SMART", "NASDAQ", "NYSE"));
        _contracts.Add(Underlying(Index, ContractKind.Index, "SPX", "S&P 500 Stock Index", "CBOE", "CBOE"));
        _contracts.Add(Option(AppleCall, Apple, "AAPL", "AAPL", 200, OptionRight.Call));
        _contracts.Add(Option(ApplePut, Apple, "AAPL", "AAPL", 200, OptionRight.Put));
        _contracts.Add(Option(Unquoted, Apple, "AAPL", "AAPL", 202.5, OptionRight.Call));
        _contracts.Add(Option(727230004, Index, "SPX", "SPX", 6600, OptionRight.Call));
        _contracts.Add(Option(727230005, Index, "SPX", "SPXW", 6600, OptionRight.Call));
        Set(AppleCall, CallQuote);
        Set(ApplePut, CallQuote with { Bid = 3.1, Ask = 3.2 });
        Set(Unquoted, Nothing with { Close = 0.05, Volume = 0, BidSize = 0, AskSize = 0 });
        Set(Apple, StockQuote);
    }

    private static OptionComputation NotComputed { get; } =
        new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);

    private static ContractQuote Nothing { get; } =
        new(
            TradingState.Open,
            double.NaN,
            -1,
            double.NaN,
            -1,
            double.NaN,
            -1,
            null,
            double.NaN,
            double.NaN,
            double.NaN,
            double.NaN,
            -1,
            NotComputed,
            NotComputed,
            NotComputed,
            NotComputed,
            0
        );

    /// <summary>What the worked session of the protocol shows.</summary>
    public static ContractQuote CallQuote { get; } =
        Nothing with
        {
            Bid = 5.1,
            BidSize = 12,
            Ask = 5.2,
            AskSize = 9,
            Last = 5.15,
            LastSize = 3,
            LastTime = DateTimeOffset.FromUnixTimeSeconds(1763672130),
            High = 5.6,
            Low = 4.8,
            Close = 5.0,
            Volume = 1543,
            BidComputation = new(0.2451, 0.521, 5.1, 0, 0.021, 0.205, -0.1105, 201.35),
            AskComputation = new(0.251, 0.5215, 5.2, 0, 0.0206, 0.2051, -0.112, 201.35),
            LastComputation = NotComputed with { DividendValue = 0, UnderlyingPrice = 201.35 },
            Model = new(0.248, 0.5212, 5.148, 0, 0.0208, 0.205, -0.1112, 201.35),
        };

    public static ContractQuote StockQuote { get; } =
        Nothing with
        {
            Bid = 201.3,
            BidSize = 300,
            Ask = 201.4,
            AskSize = 200,
            Last = 201.35,
            LastSize = 100,
            LastTime = DateTimeOffset.FromUnixTimeSeconds(1763672130),
            Open = 199.5,
            High = 202,
            Low = 199,
            Close = 200,
            Volume = 41_000_000,
        };

    /// <summary>What all contracts are in.</summary>
    public TradingState State { get; set; } = TradingState.Open;

    /// <summary>The moments at which quotes were asked for.</summary>
    public HashSet<DateTimeOffset> Asked { get; } = [];

    public void Set(int conId, ContractQuote quote)
    {
        lock (_gate)
        {
            _quotes[conId] = quote with { Step = ++_step };
        }
    }

    public void Change(int conId, Func<ContractQuote, ContractQuote> change) => Set(conId, change(_quotes[conId]));

    public ListedContract? Find(int conId, DateOnly day) =>
        _contracts.Find(contract => contract.ConId == conId && !(contract.LastTradeDate < day));

    public IEnumerable<ListedContract> Find(ContractPattern pattern, DateOnly day) =>
        _contracts.Where(contract => !(contract.LastTradeDate < day) && Fits(contract, pattern));

    public IReadOnlyList<ListedContract> Search(string text, int most) =>
        [
            .. _contracts
                .Where(contract => contract.Kind != ContractKind.Option && contract.Symbol.StartsWith(text))
                .Take(most),
        ];

    public IReadOnlyList<OptionClass> Classes(int underlyingConId, DateOnly day) =>
        underlyingConId switch
        {
            Apple => [Class("AAPL")],
            Index => [Class("SPX"), Class("SPXW")],
            _ => [],
        };

    public ContractQuote Quote(ListedContract contract, DateTimeOffset at)
    {
        lock (_gate)
        {
            Asked.Add(at);
            return _quotes.GetValueOrDefault(contract.ConId, Nothing) with { State = State };
        }
    }

    public long? OpenInterest(ListedContract option, DateOnly day) => option.ConId == Unquoted ? null : 8421;

    public MarketSession? Session(DateOnly day)
    {
        if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            return null;
        }

        var open = new DateTimeOffset(day.ToDateTime(new TimeOnly(9, 30)), TimeSpan.FromHours(-5));
        return new MarketSession(day, open, open.AddHours(6.5));
    }

    /// <summary>A bar at every step of the sessions, whose prices count on from 100.</summary>
    public IEnumerable<HistoryBar> Bars(
        ListedContract contract,
        DateTimeOffset from,
        DateTimeOffset to,
        BarRequest request
    )
    {
        var price = 100.0;
        var isTrade = request.Price == BarPrice.Trades;
        for (
            var day = DateOnly.FromDateTime(from.UtcDateTime);
            day <= DateOnly.FromDateTime(to.UtcDateTime);
            day = day.AddDays(1)
        )
        {
            if (Session(day) is not { } session || contract.ConId == Unquoted)
            {
                continue;
            }

            for (var begin = session.Open; begin < session.Close; begin += request.Size)
            {
                if (begin >= from && begin < to)
                {
                    yield return new HistoryBar(
                        begin,
                        price,
                        price + 2,
                        price - 1,
                        price + 1,
                        isTrade ? 1000 : -1,
                        isTrade ? price + 0.5 : -1,
                        isTrade ? 10 : -1
                    );
                    price++;
                }
            }
        }
    }

    public DateTimeOffset? FirstBar(ListedContract contract) =>
        contract.ConId == Unquoted ? null : new DateTimeOffset(1980, 12, 12, 14, 30, 0, TimeSpan.Zero);

    private static bool Fits(ListedContract contract, ContractPattern pattern) =>
        contract.Kind == pattern.Kind
        && (pattern.Symbol is null || contract.Symbol == pattern.Symbol)
        && (pattern.LastTrade is null || Text(contract.LastTradeDate).StartsWith(pattern.LastTrade))
        && (pattern.Strike is null || contract.Strike == pattern.Strike)
        && (pattern.Right == OptionRight.None || contract.Right == pattern.Right)
        && (pattern.Multiplier is null || contract.Multiplier == pattern.Multiplier)
        && (pattern.LocalSymbol is null || contract.LocalSymbol == pattern.LocalSymbol)
        && (pattern.TradingClass is null || contract.TradingClass == pattern.TradingClass);

    private static string Text(DateOnly? day) => day?.ToString("yyyyMMdd", CultureInfo.InvariantCulture) ?? "";

    private static OptionClass Class(string name) =>
        new(name, 100, ["SMART", "CBOE"], [s_december, new DateOnly(2026, 1, 16)], [195, 200, 202.5]);

    private static ListedContract Underlying(
        int conId,
        ContractKind kind,
        string symbol,
        string name,
        string primary,
        params string[] exchanges
    ) =>
        new(
            conId,
            kind,
            symbol,
            null,
            null,
            0,
            OptionRight.None,
            0,
            symbol,
            symbol,
            primary,
            exchanges,
            "USD",
            0,
            name,
            "Technology",
            "Computers",
            0.01
        );

    private static ListedContract Option(
        int conId,
        int underlying,
        string symbol,
        string tradingClass,
        double strike,
        OptionRight right
    ) =>
        new(
            conId,
            ContractKind.Option,
            symbol,
            s_december,
            s_december,
            strike,
            right,
            100,
            $"{tradingClass, -6}251219{(right == OptionRight.Call ? 'C' : 'P')}{strike * 1000:00000000}",
            tradingClass,
            "",
            s_optionExchanges,
            "USD",
            underlying,
            "APPLE INC",
            "",
            "",
            0.01
        );
}
