using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Runs;

/// <summary>Fetch and commit units that are missing or not whole.</summary>
/// <param name="Pools">In the order in which they run.</param>
/// <param name="Datasets">By name; empty for all.</param>
/// <param name="AsOf">Treats this as the latest finished day; null for what the clock says.</param>
/// <param name="IsScheduled">
/// Whether units that are not whole wait for their next attempt; a run that a person types does not wait.
/// </param>
/// <param name="Mode">Why it runs.</param>
/// <param name="Builds">Whether to build the warehouse tables that are out of date afterwards.</param>
public sealed record RunPoolsRequest(
    IReadOnlyList<Pool> Pools,
    IReadOnlyList<string> Datasets,
    DateOnly? AsOf = null,
    bool IsScheduled = false,
    RunMode Mode = RunMode.Manual,
    bool Builds = true
)
{
    /// <summary>
    /// The token of a plan that was shown: exactly its units are fetched, whatever pools, datasets and day are named
    /// here. Null for what is wanted now.
    /// </summary>
    public string? Plan { get; init; }

    /// <summary>For how long, over all pools; what is left then is for the next run. Null for no bound.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Who asks, as the runs' rows say it: <c>manual</c>, <c>schedule</c>, <c>startup</c>, <c>auto</c>.</summary>
    public string Source { get; init; } = IsScheduled ? RunSources.Schedule : RunSources.Manual;

    /// <summary>Why just now, where there is more to say than the source: <c>catch_up</c>.</summary>
    public string? Reason { get; init; }
}

/// <summary>The result of a run of pools.</summary>
/// <param name="Runs">One run per pool; then one of lists, where rows had codes that no list has.</param>
/// <param name="PlanFrom">The first day of the plan.</param>
/// <param name="LastFinished">
/// The latest finished day within the plan; before <paramref name="PlanFrom"/> when none is finished yet.
/// </param>
/// <param name="IsStopped">Whether it was asked to stop.</param>
public sealed record RunPoolsResponse(
    IReadOnlyList<RunOutcome> Runs,
    DateOnly PlanFrom,
    DateOnly LastFinished,
    bool IsStopped
)
{
    /// <summary>The build of the warehouse; null where none took place.</summary>
    public BuildReport? Built { get; init; }

    /// <summary>Which modules were left out, and by whom.</summary>
    public required ModulePlan Modules { get; init; }

    /// <summary>What of that is to be told, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Targets and codes that no list has; null where they were not looked for.</summary>
    public SymbolFaults? Symbols { get; init; }

    /// <summary>What it left out of the lake.</summary>
    public LeftOutReport LeftOut { get; init; } = LeftOutReport.None;

    /// <summary>Whether no day of the plan is finished yet.</summary>
    public bool IsBeforePlan => LastFinished < PlanFrom;

    public Verdict Verdict => RunVerdicts.Of(Runs, IsStopped, Built, LeftOut);
}

/// <summary><c>run</c>: one run per pool, then a build of the warehouse tables made from their datasets.</summary>
public sealed class RunOperation(
    WorkspacePlan plan,
    PreviewPlan preview,
    DatasetRegistry datasets,
    PoolsExecutor executor,
    RunModules modules,
    SymbolFindings symbols,
    FindLeftOut leftOut,
    TimeProvider clock
)
{
    /// <exception cref="TidemarkException">
    /// The workspace or its definitions are wrong; every pool that could run has run.
    /// </exception>
    public async Task<RunPoolsResponse> RunAsync(RunPoolsRequest request, IRunWatcher watcher, CancellationToken stop)
    {
        foreach (var name in request.Datasets)
        {
            datasets.Get(name); // a name that was mistyped is no run
        }

        var shown = request.Plan is { } token ? await preview.ConfirmAsync(token, stop) : null;

        // A table that is gone and fetched again has only the days of the plan afterwards. If it had others before,
        // that is reported.
        var gone = await leftOut.GoneAsync(stop);
        var decided = await modules.ForRunAsync(request.Datasets, stop);
        var until = clock.GetUtcNow() + request.For;
        var (runs, built, isStopped) = await executor.RunAsync(
            [
                .. Wanted(request, shown)
                    .Select(of => new PoolRun(of.Pool, request.Mode, request.Source, of.Plan)
                    {
                        First = of.First,
                        Reason = request.Reason,
                        Until = until,
                        LeftOut = request.Datasets.Count == 0 ? datasets.LeftOut : [],
                    })
                    .Select(run => shown is null ? modules.Restrict(run, decided, request.Datasets) : run),
            ],
            request.Builds,
            watcher,
            stop
        );
        var (from, to) = Window(runs);
        return new RunPoolsResponse(runs, from, to, isStopped)
        {
            Modules = decided,
            Notes = shown is null ? modules.NotesOf(decided, request.Datasets) : [],
            Built = built,
            Symbols = await SymbolsAsync(stop),
            LeftOut = await leftOut.AfterAsync(
                needsDefinitions: request.Datasets.Count == 0,
                runs.SelectMany(r => r.ChecksLeftOut),
                before: gone
            ),
        };
    }

    private IEnumerable<Wish> Wanted(RunPoolsRequest request, IReadOnlyList<(Pool Pool, PlanRequest Plan)>? shown) =>
        shown is not null
            ? shown.Select(of => new Wish(of.Pool, _ => Task.FromResult(of.Plan), First: null))
            : request.Pools.Select(pool => new Wish(
                pool,
                stop => PlanAsync(request, pool, stop),
                stop => ListsFirstAsync(request, pool, stop)
            ));

    private async Task<PlanRequest> PlanAsync(RunPoolsRequest request, Pool pool, CancellationToken stop) =>
        await plan.ForRunAsync(pool, request.Datasets, request.AsOf, request.Pools.Count == 1, stop) with
        {
            KeepsDistance = request.IsScheduled,
        };

    private async Task<IReadOnlyList<PlanRequest>> ListsFirstAsync(
        RunPoolsRequest request,
        Pool pool,
        CancellationToken stop
    ) =>
        [
            .. (await plan.ListsFirstAsync(pool, request.Datasets, request.AsOf, stop)).Select(first =>
                first with
                {
                    KeepsDistance = request.IsScheduled,
                }
            ),
        ];

    /// <summary>A pool with its plan, and the plans of what it needs first.</summary>
    private sealed record Wish(
        Pool Pool,
        Func<CancellationToken, Task<PlanRequest>> Plan,
        Func<CancellationToken, Task<IReadOnlyList<PlanRequest>>>? First
    );

    /// <summary>Finds symbols that are left out, so that no one takes them for complete.</summary>
    private async Task<SymbolFaults?> SymbolsAsync(CancellationToken stop)
    {
        try
        {
            return stop.IsCancellationRequested ? null : await symbols.RunAsync(SymbolFindings.RecentDays, stop);
        }
        catch (TidemarkException)
        {
            return null; // a file of targets that is gone: the run itself has said so
        }
        catch (OperationCanceledException)
        {
            return null; // stopped now: what was done is told all the same
        }
    }

    /// <summary>
    /// The window of the plan; empty where a calendar has ended and the account was refused when fetching its
    /// continuation.
    /// </summary>
    private (DateOnly From, DateOnly To) Window(IReadOnlyList<RunOutcome> runs)
    {
        try
        {
            return plan.Window();
        }
        catch (TidemarkException e) when (e.Code == TradingCalendar.RangeCode && runs.Any(r => r.IsRefused))
        {
            return (default, default);
        }
    }
}
