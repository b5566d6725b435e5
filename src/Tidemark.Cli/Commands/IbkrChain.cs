using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Cli.Commands;

/// <summary>Which part of a chain is wanted.</summary>
/// <param name="TradingClass">Null = the class of the symbol's name, else the first.</param>
/// <param name="Expiries">The nearest ones; 0 = all.</param>
/// <param name="Strikes">Those nearest to the underlying's price, of each expiration; 0 = all.</param>
internal sealed record ChainWish(string Symbol, string? TradingClass, int Expiries, int Strikes);

/// <summary>A chain as it was quoted. <paramref name="Price"/> is NaN when the underlying has none.</summary>
internal sealed record QuotedChain(
    IbkrContract Underlying,
    double Price,
    string TradingClass,
    IReadOnlyList<QuoteAnswer> Quotes
);

/// <summary>
/// <c>tidemark ibkr chain SYMBOL</c>: underlying → classes → what is listed of the nearest expirations → a snapshot each. Lists are asked for
/// by expiration, one request each, so that no combination is tried that does not exist.
/// </summary>
internal static class IbkrChain
{
    private static readonly string[] s_indexExchanges = ["CBOE", "NASDAQ", "RUSSELL"];

    public static async Task<int> RunAsync(
        CommandContext context,
        IbkrClientOptions options,
        ChainWish wish,
        Random jitter,
        CancellationToken stop
    )
    {
        await using var client = await IbkrClient.ConnectAsync(
            options with
            {
                ReconnectFor = TimeSpan.FromMinutes(1),
            },
            context.World.Clock,
            jitter,
            NullLogger<IbkrClient>.Instance,
            stop
        );
        var chain = await QuoteAsync(context, client, wish, stop);
        context.WriteJson(ChainTable.Json(chain));
        if (!context.IsJson)
        {
            ChainTable.Write(context, chain);
        }

        return chain.Quotes.All(q => q.Error is null) ? ExitCodes.Done : ExitCodes.Incomplete;
    }

    private static async Task<QuotedChain> QuoteAsync(
        CommandContext context,
        IbkrClient client,
        ChainWish wish,
        CancellationToken stop
    )
    {
        var underlying = await UnderlyingAsync(client, wish.Symbol, stop);
        var chain = ClassOf(await client.OptionChainsAsync(underlying, stop), wish);
        var quote = (await client.SnapshotAsync(underlying, stop)).Quote;
        var price = PriceOf(quote);
        var expirations = wish.Expiries == 0 ? chain.Expirations : chain.Expirations.Take(wish.Expiries);
        var contracts = new List<IbkrContract>();
        foreach (var expiration in expirations)
        {
            var listed = await client.ContractDetailsAsync(
                IbkrContract.Option(wish.Symbol, expiration, 0, OptionRight.None, chain.TradingClass) with
                {
                    Multiplier = chain.Multiplier,
                },
                stop
            );
            contracts.AddRange(Nearest([.. listed.Select(d => d.Contract)], price, wish.Strikes));
        }

        return new QuotedChain(
            underlying,
            price,
            chain.TradingClass,
            await SnapshotsAsync(context, client, contracts, stop)
        );
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

    private static OptionChain ClassOf(IReadOnlyList<OptionChain> chains, ChainWish wish)
    {
        var routed = chains.Where(c => c.Exchange == "SMART").ToArray();
        var names = string.Join(", ", routed.Select(c => c.TradingClass).Distinct());
        var wanted = wish.TradingClass ?? wish.Symbol;
        return routed.FirstOrDefault(c => string.Equals(c.TradingClass, wanted, StringComparison.OrdinalIgnoreCase))
            ?? (wish.TradingClass is null ? routed.FirstOrDefault() : null)
            ?? throw new TidemarkException(
                ErrorKind.BadRequest,
                "CHAIN_UNKNOWN",
                names.Length == 0
                    ? $"No options are listed on {wish.Symbol}."
                    : $"{wish.Symbol} has no class {wanted} of options. Name one of: {names}."
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

    private static async Task<IReadOnlyList<QuoteAnswer>> SnapshotsAsync(
        CommandContext context,
        IbkrClient client,
        IReadOnlyList<IbkrContract> contracts,
        CancellationToken stop
    )
    {
        var answers = new QuoteAnswer[contracts.Count];
        if (!context.ShowsBars)
        {
            await FillAsync(answers, client, contracts, () => { }, stop);
            return answers;
        }

        await context
            .Progress.Progress()
            .AutoClear(true)
            .StartAsync(async display =>
            {
                var bar = display.AddTask("snapshots", maxValue: Math.Max(1, contracts.Count));
                await FillAsync(answers, client, contracts, () => bar.Increment(1), stop);
            });
        return answers;
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
