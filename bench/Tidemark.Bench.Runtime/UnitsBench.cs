using System.Diagnostics;
using Tidemark.Operations.Runs;

namespace Tidemark.Bench.Runtime;

/// <summary>What the runtime itself costs: units of a vendor that answers at once and with nothing.</summary>
internal static class UnitsBench
{
    private const int Symbols = 5000;
    private const int Months = 2;

    /// <summary>From the request to the settled run: plan, steps, commits, attempts.</summary>
    public static async Task<(int Units, TimeSpan Elapsed)> RunAsync(string? control)
    {
        await using var workspace = BenchWorkspace.Make(
            control,
            Symbols,
            [
                BenchWorkspace.List,
                BenchWorkspace.BySymbol("nothing"),
                // No workspace is without any check; nothing is asked of what this one judges.
                BenchWorkspace.Bars("bars"),
                BenchWorkspace.CheckOf("bars"),
            ]
        );
        await FetchAsync(workspace, "bench.list");
        var watch = Stopwatch.StartNew();
        var run = (await FetchAsync(workspace, "bench.nothing")).Run;
        watch.Stop();
        return run.Committed == Symbols * Months
            ? (run.Committed, watch.Elapsed)
            : throw new InvalidOperationException(
                $"{run.Committed} units: {run.Block?.Message ?? (run.Errors is [var first, ..] ? first.Message : null)}"
            );
    }

    private static Task<BackfillResponse> FetchAsync(BenchWorkspace workspace, string dataset) =>
        workspace
            .Host.Get<BackfillOperation>()
            .RunAsync(
                new BackfillRequest(
                    BenchWorkspace.Last.AddMonths(1 - Months),
                    BenchWorkspace.Last,
                    [dataset],
                    Builds: false
                ),
                new NoWatcher(),
                CancellationToken.None
            );
}
