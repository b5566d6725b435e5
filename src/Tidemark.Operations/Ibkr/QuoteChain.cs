using Microsoft.Extensions.Logging;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Operations.Ibkr;

/// <summary>The part of a chain to quote.</summary>
/// <param name="Symbol">A US stock, fund or index with options.</param>
/// <param name="TradingClass">Null for the class with the symbol's name, else the first.</param>
/// <param name="Expiries">The number of nearest expirations; 0 for all.</param>
/// <param name="Strikes">For each expiration, the number of strikes nearest to the underlying's price; 0 for
/// all.</param>
public sealed record ChainQuery(string Symbol, string? TradingClass, int Expiries, int Strikes)
{
    /// <summary>The gateway to ask.</summary>
    public GatewayChoice Gateway { get; init; } = new(null, null, null);
}

/// <summary>A chain as it was quoted. <paramref name="Price"/> is NaN when the underlying has none.</summary>
public sealed record QuotedChain(
    IbkrContract Underlying,
    double Price,
    string TradingClass,
    IReadOnlyList<QuoteAnswer> Quotes
)
{
    public Verdict Verdict => Quotes.All(q => q.Error is null) ? Verdict.Done : Verdict.Incomplete;
}

/// <summary>Shows how many quotes have come.</summary>
public interface IChainWatcher
{
    /// <summary>Starts to ask for quotes, and hands over the callback to call as each comes.</summary>
    Task WatchAsync(int contracts, Func<Action, Task> ask);
}

/// <summary>
/// <c>ibkr chain</c>: underlying → classes → listed options of the nearest expirations → a snapshot of each. It asks
/// for lists by expiration, one request each, so that it never tries a combination that does not exist.
/// </summary>
public sealed class QuoteChain(GatewaySettings settings, TimeProvider clock, ILoggerFactory logs)
{
    private static readonly string[] s_indexExchanges = ["CBOE", "NASDAQ", "RUSSELL"];

    /// <exception cref="TidemarkException">
    /// The gateway cannot be reached or refuses; there is no such symbol or class.
    /// </exception>
    public async Task<QuotedChain> RunAsync(ChainQuery query, IChainWatcher watcher, CancellationToken stop)
    {
        await using var client = await IbkrClient.ConnectAsync(
            settings.Of(query.Gateway) with
            {
                ReconnectFor = TimeSpan.FromMinutes(1),
            },
            clock,
            GatewaySettings.Jitter(),
            logs.CreateLogger<IbkrClient>(),
            stop
        );
        var underlying = await UnderlyingAsync(client, query.Symbol, stop);
        var chain = ClassOf(await client.OptionChainsAsync(underlying, stop), query);
        var price = PriceOf((await client.SnapshotAsync(underlying, stop)).Quote);
        var expirations = query.Expiries == 0 ? chain.Expirations : chain.Expirations.Take(query.Expiries);
        var contracts = new List<IbkrContract>();
        foreach (var expiration in expirations)
        {
            var listed = await client.ContractDetailsAsync(
                IbkrContract.Option(query.Symbol, expiration, 0, OptionRight.None, chain.TradingClass) with
                {
                    Multiplier = chain.Multiplier,
                },
                stop
            );
            contracts.AddRange(Nearest([.. listed.Select(d => d.Contract)], price, query.Strikes));
        }

        var answers = new QuoteAnswer[contracts.Count];
        await watcher.WatchAsync(contracts.Count, arrived => FillAsync(answers, client, contracts, arrived, stop));
        return new QuotedChain(underlying, price, chain.TradingClass, answers);
    }

    private static async Task<IbkrContract> UnderlyingAsync(IbkrClient client, string symbol, CancellationToken stop)
    {
        var stock = await client.QualifyAsync(IbkrContract.Stock(symbol), stop);
        if (stock.Details is { } details)
        {
            return details.Contract;
        }

        if (stock.Outcome == QualificationOutcome.Unknown)
        {
            foreach (var exchange in s_indexExchanges)
            {
                var index = IbkrContract.Stock(symbol) with { SecurityType = "IND", Exchange = exchange };
                if ((await client.QualifyAsync(index, stop)).Details is { } found)
                {
                    return found.Contract;
                }
            }
        }

        throw stock.Error!;
    }

    private static OptionChain ClassOf(IReadOnlyList<OptionChain> chains, ChainQuery query)
    {
        var routed = chains.Where(c => c.Exchange == "SMART").ToArray();
        var names = string.Join(", ", routed.Select(c => c.TradingClass).Distinct());
        var wanted = query.TradingClass ?? query.Symbol;
        return routed.FirstOrDefault(c => string.Equals(c.TradingClass, wanted, StringComparison.OrdinalIgnoreCase))
            ?? (query.TradingClass is null ? routed.FirstOrDefault() : null)
            ?? throw new TidemarkException(
                ErrorKind.BadRequest,
                "CHAIN_UNKNOWN",
                names.Length == 0
                    ? $"No options are listed on {query.Symbol}."
                    : $"{query.Symbol} has no class {wanted} of options. Name one of: {names}."
            );
    }

    private static double PriceOf(IbkrQuote quote) =>
        !double.IsNaN(quote.Last) ? quote.Last
        : !double.IsNaN(quote.Bid + quote.Ask) ? (quote.Bid + quote.Ask) / 2
        : quote.Close;

    /// <summary>Calls and puts of the strikes nearest to a price, in the order of strikes.</summary>
    private static IEnumerable<IbkrContract> Nearest(IReadOnlyList<IbkrContract> listed, double price, int strikes)
    {
        var all = listed.Select(c => c.Strike).Distinct().Order().ToArray();
        var middle = double.IsNaN(price) && all.Length > 0 ? all[all.Length / 2] : price;
        var kept = strikes == 0 ? [.. all] : all.OrderBy(s => Math.Abs(s - middle)).Take(strikes).ToHashSet();
        return listed.Where(c => kept.Contains(c.Strike)).OrderBy(c => c.Strike).ThenBy(c => c.Right);
    }

    private static async Task FillAsync(
        QuoteAnswer[] answers,
        IbkrClient client,
        IReadOnlyList<IbkrContract> contracts,
        Action arrived,
        CancellationToken stop
    )
    {
        await foreach (var answer in client.SnapshotsAsync(contracts, stop))
        {
            answers[answer.Index] = answer;
            arrived();
        }
    }
}
