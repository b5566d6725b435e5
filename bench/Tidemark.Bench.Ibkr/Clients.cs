using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Bench.Ibkr;

/// <summary>Clients of a gateway on this machine.</summary>
internal static class Clients
{
    /// <summary>One that asks as fast as it can.</summary>
    public static Task<IbkrClient> UnlimitedAsync(int port, int lines) =>
        ConnectAsync(
            new IbkrClientOptions
            {
                Port = port,
                MessagesPerSecond = 0,
                SnapshotsPerSecond = 0,
                Lines = lines,
                RequestTimeout = TimeSpan.FromMinutes(2),
            },
            TimeProvider.System
        );

    public static Task<IbkrClient> ConnectAsync(IbkrClientOptions options, TimeProvider clock) =>
        IbkrClient.ConnectAsync(options, clock, new Random(1), NullLogger<IbkrClient>.Instance, CancellationToken.None);

    /// <summary>What is listed on a stock.</summary>
    public static async Task<IReadOnlyList<ContractDetails>> ListedAsync(IbkrClient client, string symbol)
    {
        var stock = (await client.QualifyAsync(IbkrContract.Stock(symbol), default)).Details!.Contract;
        var chains = await client.OptionChainsAsync(stock, default);
        var all = new List<ContractDetails>();
        foreach (var chain in chains.Where(c => c.Exchange == "SMART"))
        {
            var pattern = IbkrContract.Option(symbol, default, 0, OptionRight.None, chain.TradingClass) with
            {
                LastTradeDate = "",
                Multiplier = chain.Multiplier,
            };
            all.AddRange(await client.ContractDetailsAsync(pattern, default));
        }

        return all;
    }
}
