using System.Diagnostics;
using System.Globalization;
using Tidemark.Simulator.Options;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Bench.Ibkr;

/// <summary>The options of 500 stocks: found by class, and each contract known by its number.</summary>
internal static class ChainFigures
{
    private const int Stocks = 500;
    private const int AtOnce = 4;

    public static async Task RunAsync(Report report)
    {
        string[] symbols =
        [
            .. GatewayProcess
                .Market()
                .Underlyings.Where(u => u.Kind == ContractKind.Stock)
                .Take(Stocks)
                .Select(u => u.Symbol),
        ];
        using var gateway = await GatewayProcess.StartAsync();
        await using var client = await Clients.UnlimitedAsync(gateway.Port, lines: 100);
        var chains = new ContractDetails[symbols.Length][];
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, symbols.Length),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (i, _) => chains[i] = [.. await Clients.ListedAsync(client, symbols[i])]
        );
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var contracts = chains.SelectMany(c => c).Select(d => d.Contract.ConId).ToHashSet().Count;
        report.AtMost(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{contracts:N0} contracts of {symbols.Length} stocks qualified"
            ),
            seconds,
            60,
            "s"
        );
        report.AtMost("peak of the client's process", Memory.PeakMegabytes(Environment.ProcessId), 1024, "MB");
        report.AtMost("peak of the gateway's process", gateway.PeakMegabytes, 1024, "MB");
    }
}
