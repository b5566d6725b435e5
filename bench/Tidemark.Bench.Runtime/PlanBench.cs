using System.Diagnostics;
using Tidemark.Core.Calendars;
using Tidemark.Definitions;
using Tidemark.Ingest;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Runs;

namespace Tidemark.Bench.Runtime;

/// <summary>
/// How long it takes to know what to fetch: 12 datasets of 2,500 days and 5,500 symbols, each with a check, of which
/// the lake has nothing, or everything (then the checks judge all of it); and with two datasets by symbol and month
/// more.
/// </summary>
internal static class PlanBench
{
    public const int Symbols = 5500;
    private const int Days = 2500;
    private const int Datasets = 12;

    public static BenchWorkspace Make() =>
        BenchWorkspace.Make(
            control: null,
            Symbols,
            [
                BenchWorkspace.List,
                .. Names.Select(BenchWorkspace.Bars),
                .. Names.Select(BenchWorkspace.CheckOf),
                BenchWorkspace.BySymbol("minutes"),
                BenchWorkspace.BySymbol("ticks"),
            ]
        );

    private static IEnumerable<string> Names => Enumerable.Range(0, Datasets).Select(i => $"bars{i:D2}");

    /// <summary>Fetches the list; and with it all days of all bars.</summary>
    public static async Task FillAsync(BenchWorkspace workspace, bool isWhole)
    {
        var run = await workspace
            .Host.Get<BackfillOperation>()
            .RunAsync(
                new BackfillRequest(
                    From(workspace),
                    BenchWorkspace.Last,
                    ["bench.list", .. isWhole ? Names.Select(name => $"bench.{name}") : []],
                    Builds: false
                ),
                new NoWatcher(),
                CancellationToken.None
            );
        if ((run.Run.Block?.Message ?? (run.Run.Errors is [var first, ..] ? first.Message : null)) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    /// <summary>Plans; returns how many units, and how long it took.</summary>
    public static async Task<(int Units, TimeSpan Elapsed)> PlanAsync(BenchWorkspace workspace, bool withSymbols)
    {
        var datasets = workspace.Host.Get<DefinitionBundle>().Datasets;
        var names = Names.Concat(withSymbols ? ["minutes", "ticks"] : Array.Empty<string>());
        var request = new PlanRequest(
            [.. names.Select(name => datasets.Get($"bench.{name}"))],
            From(workspace),
            BenchWorkspace.Last
        );
        var planner = workspace.Host.Get<ExecutionPlanner>();
        var watch = Stopwatch.StartNew();
        var plan = await planner.PlanAsync(request, CancellationToken.None);
        return (plan.Units.Count, watch.Elapsed);
    }

    private static DateOnly From(BenchWorkspace workspace)
    {
        var calendar = workspace.Host.Get<IReadOnlyDictionary<string, TradingCalendar>>()["XSHG"];
        return calendar.OpenDaysBetween(calendar.First, BenchWorkspace.Last)[^Days..][0];
    }
}
