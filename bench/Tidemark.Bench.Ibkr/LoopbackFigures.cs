using System.Diagnostics;
using System.Globalization;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Client;

namespace Tidemark.Bench.Ibkr;

/// <summary>
/// Snapshots of options from the gateway's model to the client's numbers, two processes and a socket between them.
/// </summary>
internal static class LoopbackFigures
{
    private const int Lines = 10_000;
    private const int Rounds = 12;

    public static async Task RunAsync(Report report)
    {
        using var gateway = await GatewayProcess.StartAsync();
        await using var client = await Clients.UnlimitedAsync(gateway.Port, Lines);
        var contracts = await QuotedAsync(client);
        var best = (Quotes: 0.0, Snapshots: 0.0, Messages: 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            var before = client.Statistics.Received;
            var start = Stopwatch.GetTimestamp();
            var quotes = 0L;
            await foreach (var answer in client.SnapshotsAsync(contracts, default))
            {
                if (answer.Error is { } error)
                {
                    throw error;
                }

                quotes += Updates(answer.Quote);
            }

            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (quotes / seconds > best.Quotes)
            {
                best = (quotes / seconds, contracts.Count / seconds, (client.Statistics.Received - before) / seconds);
            }
        }

        report.AtLeast("prices, sizes and computations over loopback", best.Quotes, 200_000, "quotes/s");
        report.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"of {best.Snapshots:N0} snapshots/s in {best.Messages:N0} messages/s; {contracts.Count:N0} contracts a round"
            )
        );
    }

    /// <summary>
    /// Those that are quoted in full: the others' snapshots wait 11 s for a price that does not come, which measures
    /// nothing.
    /// </summary>
    private static async Task<IReadOnlyList<IbkrContract>> QuotedAsync(IbkrClient client)
    {
        IbkrContract[] listed = [.. (await Clients.ListedAsync(client, "SPY")).Select(d => d.Contract)];
        var quoted = new List<IbkrContract>();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await foreach (var answer in client.SnapshotsAsync(listed, enough.Token))
            {
                quoted.Add(answer.Contract);
            }
        }
        catch (OperationCanceledException)
        {
            // What has not come by now is waited for.
        }

        return quoted;
    }

    /// <summary>
    /// Bid, ask and last each with its size, and what was computed from each: what a screen would show as changed.
    /// </summary>
    private static int Updates(IbkrQuote quote) =>
        Count(quote.Bid)
        + Count(quote.Ask)
        + Count(quote.Last)
        + Count(quote.Model.ImpliedVolatility)
        + Count(quote.OfBid.ImpliedVolatility)
        + Count(quote.OfAsk.ImpliedVolatility)
        + Count(quote.OfLast.ImpliedVolatility);

    private static int Count(double value) => double.IsNaN(value) ? 0 : 1;
}
