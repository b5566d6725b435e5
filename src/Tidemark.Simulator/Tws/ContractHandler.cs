using System.Globalization;
using Tidemark.Simulator.Options;

namespace Tidemark.Simulator.Tws;

/// <summary>Finds contracts that clients describe, and answers requests about them.</summary>
internal sealed class ContractHandler(TwsSession session)
{
    private const string Smart = "SMART";
    private const string Combination = "BAG";
    private const int MostSymbols = 16;

    private static readonly HashSet<string> s_types =
    [
        "STK",
        "OPT",
        "IND",
        "FUT",
        "FOP",
        "CASH",
        "BOND",
        "CFD",
        "FUND",
        "CMDTY",
        "WAR",
        "IOPT",
        Combination,
        "NEWS",
        "CONTFUT",
        "CRYPTO",
        "EC",
    ];

    private readonly SlidingWindow _searches = new(TimeSpan.FromSeconds(1));
    private (DateOnly Day, string Hours) _hours;

    private FrameBuffer Out => session.Out;

    private IOptionMarket Market => session.Gateway.Market;

    private DateOnly Today => NewYork.Day(session.Now);

    /// <summary>Finds the one contract that a request for prices is about.</summary>
    public bool TryFind(ContractQuery query, out ListedContract contract, out TwsError error)
    {
        contract = null!;
        if (query.ConId == 0 && !s_types.Contains(query.SecType))
        {
            error = TwsError.Invalid("Please enter a valid security type");
            return false;
        }

        if (query.Exchange.Length == 0)
        {
            error = TwsError.Invalid("Please enter exchange");
            return false;
        }

        if (query is { ConId: 0, SecType: "OPT", LocalSymbol.Length: 0, LastTrade.Length: 0 })
        {
            error = TwsError.Invalid("Please enter a local symbol or an expiry");
            return false;
        }

        error = TwsError.UnknownContract;
        var found = Matches(query).Take(2).ToList();
        if (found.Count == 0)
        {
            return false;
        }

        if (found.Count > 1)
        {
            error = TwsError.Ambiguous(
                found[0].Symbol,
                found[0].TradingClass != found[1].TradingClass || found[0].Multiplier != found[1].Multiplier
            );
            return false;
        }

        contract = found[0];
        return true;
    }

    /// <summary>
    /// Sends all contracts that fit a description, with a row for each exchange; error 200, without an end, when none
    /// fits.
    /// </summary>
    public void Details(ContractDetailsRequest request)
    {
        var query = request.Contract;
        if (query.ConId < 0)
        {
            session.Error(request.Id, TwsError.Invalid("Invalid contract id"));
            return;
        }

        if (query.SecType == Combination || (query.ConId == 0 && !s_types.Contains(query.SecType)))
        {
            session.Error(request.Id, TwsError.Invalid("Please enter a valid security type"));
            return;
        }

        var isFound = false;
        foreach (var contract in Matches(query))
        {
            isFound = true;
            var underlying = contract.UnderlyingConId > 0 ? Market.Find(contract.UnderlyingConId, Today) : null;
            if (query.Exchange.Length > 0 || query.ConId > 0)
            {
                Row(
                    request.Id,
                    contract,
                    query.Exchange.Length > 0 ? query.Exchange : contract.Exchanges[0],
                    underlying
                );
                continue;
            }

            foreach (var exchange in contract.Exchanges)
            {
                Row(request.Id, contract, exchange, underlying);
            }
        }

        if (isFound)
        {
            ContractMessages.ContractDataEnd(Out, request.Id);
        }
        else
        {
            session.Error(request.Id, TwsError.UnknownContract);
        }
    }

    /// <summary>
    /// Sends the options on an underlying, with a row for each exchange and class; only the end when the underlying is
    /// unknown.
    /// </summary>
    public void OptionParameters(OptionParametersRequest request)
    {
        if (Refusal(request) is { } error)
        {
            session.Error(request.Id, error);
            return;
        }

        var underlying = Market.Find(request.ConId, Today);
        if (underlying is not null && (request.Symbol.Length == 0 || underlying.Symbol == request.Symbol))
        {
            var classes = Market.Classes(request.ConId, Today);
            var exchanges = classes.SelectMany(row => row.Exchanges).Distinct().OrderBy(name => name != Smart);
            foreach (var exchange in exchanges)
            {
                foreach (var row in classes)
                {
                    if (row.Exchanges.Contains(exchange))
                    {
                        ContractMessages.OptionParameter(Out, request.Id, exchange, request.ConId, row);
                    }
                }
            }
        }

        ContractMessages.OptionParameterEnd(Out, request.Id);
    }

    /// <summary>Searches by text, once a second; an earlier search waits.</summary>
    public void Search(int id, string text)
    {
        var wait = _searches.UntilBelow(1, session.Now);
        if (wait > TimeSpan.Zero)
        {
            session.Timetable.After(wait, () => Search(id, text));
            return;
        }

        _searches.Add(session.Now);
        var found = Market.Search(text, MostSymbols);
        ContractMessages.SymbolSamples(
            Out,
            id,
            [.. found.Take(MostSymbols).Select(contract => (contract, Market.Classes(contract.ConId, Today).Count > 0))]
        );
    }

    private static TwsError? Refusal(OptionParametersRequest request) =>
        request switch
        {
            { SecType: "FUT", Exchange.Length: 0 } => TwsError.Invalid("Missing exchange for security type FUT"),
            { SecType: not ("STK" or "IND" or "FUT") } => TwsError.Invalid(
                $"Invalid security type - {request.SecType}"
            ),
            { ConId: <= 0 } => TwsError.Invalid("Invalid contract id"),
            _ => null,
        };

    private void Row(int id, ListedContract contract, string exchange, ListedContract? underlying)
    {
        if (_hours.Day != Today || _hours.Hours is null)
        {
            _hours = (Today, NewYork.Hours(Market, Today));
        }

        ContractMessages.ContractData(Out, id, contract, exchange, underlying, _hours.Hours);
    }

    private IEnumerable<ListedContract> Matches(ContractQuery query)
    {
        if (query.ConId != 0)
        {
            var one = query.ConId > 0 ? Market.Find(query.ConId, Today) : null;
            return one is not null && IsTraded(one, query) ? [one] : [];
        }

        return Pattern(query) is { } pattern
            ? Market.Find(pattern, Today).Where(contract => IsTraded(contract, query))
            : [];
    }

    private static bool IsTraded(ListedContract contract, ContractQuery query) =>
        (query.Exchange.Length == 0 || contract.Exchanges.Contains(Exchange(query.Exchange)))
        && (query.Currency.Length == 0 || contract.Currency == query.Currency)
        && (
            query.PrimaryExchange.Length == 0
            || contract.PrimaryExchange.Length == 0
            || contract.PrimaryExchange == Exchange(query.PrimaryExchange)
        );

    /// <summary>The name of an exchange. Gateways can be set to call NASDAQ by the name of its book.</summary>
    private static string Exchange(string name) => name == "ISLAND" ? "NASDAQ" : name;

    private static ContractPattern? Pattern(ContractQuery query)
    {
        ContractKind? kind = query.SecType switch
        {
            "STK" => ContractKind.Stock,
            "IND" => ContractKind.Index,
            "OPT" => ContractKind.Option,
            _ => null,
        };
        var right = query.Right.ToUpperInvariant() switch
        {
            "C" or "CALL" => OptionRight.Call,
            "P" or "PUT" => OptionRight.Put,
            "" or "0" or "?" => OptionRight.None,
            _ => (OptionRight?)null,
        };
        var multiplier = 0;
        if (
            kind is null
            || right is null
            || (query.Symbol.Length == 0 && query.LocalSymbol.Length == 0)
            || query.LastTrade.Length is not (0 or 6 or 8)
            || (
                query.Multiplier.Length > 0
                && !int.TryParse(query.Multiplier, NumberStyles.None, CultureInfo.InvariantCulture, out multiplier)
            )
        )
        {
            return null;
        }

        var isOption = kind == ContractKind.Option;
        return new ContractPattern(
            kind.Value,
            Given(query.Symbol),
            isOption ? Given(query.LastTrade) : null,
            isOption && query.Strike != 0 ? query.Strike : null,
            isOption ? right.Value : OptionRight.None,
            isOption && multiplier > 0 ? multiplier : null,
            Given(query.LocalSymbol),
            Given(query.TradingClass)
        );
    }

    private static string? Given(string text) => text.Length > 0 ? text : null;
}
