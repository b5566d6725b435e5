using System.Globalization;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.DuckDb;
using Tidemark.Hosting;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;

namespace Tidemark.Cli;

/// <summary>Runs pools with progress, says how they ended, and refreshes the catalog after them.</summary>
internal sealed class PoolRuns(CommandContext context, TidemarkHost host)
{
    private const int ErrorsShown = 5;

    public async Task<RunOutcome> RunAsync(RunRequest request, CancellationToken stop)
    {
        var runner = host.Get<IngestRunner>();
        var outcome = await RunProgressView.ShowAsync(
            context,
            request.Scope.Name(),
            progress => runner.RunAsync(request, progress, stop)
        );
        Describe(outcome);
        return outcome;
    }

    public Task<CatalogRefresh> RefreshCatalogAsync() => host.Get<CatalogFile>().RefreshAsync(CancellationToken.None);

    /// <summary>After a run that threw: what it had committed is to be seen. That this fails too is not what has to be told.</summary>
    public async Task RefreshCatalogAfterFailureAsync()
    {
        try
        {
            if (
                (await host.Get<DataLake>().TablesAsync(CancellationToken.None)).Count > 0
                && await host.Get<CatalogFile>().IsBehindAsync(CancellationToken.None)
            )
            {
                await RefreshCatalogAsync();
            }
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            // The next command that writes refreshes it.
        }
    }

    /// <summary>Interrupted before blocked before failed before incomplete before done.</summary>
    public static int ExitCode(IReadOnlyList<RunOutcome> runs, CancellationToken stop) =>
        stop.IsCancellationRequested ? ExitCodes.Interrupted
        : runs.Any(r => r.Block is not null) ? ExitCodes.Blocked
        : runs.Any(r => r.Status == RunStatus.Failed) ? ExitCodes.Failed
        : runs.Any(r => r.Status == RunStatus.Partial) ? ExitCodes.Incomplete
        : ExitCodes.Done;

    private void Describe(RunOutcome run)
    {
        if (run.Block is { } block)
        {
            context.Progress.WriteLine(
                $"{run.Scope.Name()}: blocked at {block.Stage.Name()} ({block.ErrorCode}): {block.Message}"
            );
            return;
        }

        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Scope.Name()}: {run.Status.Name()}, as of {run.AsOf?.ToIso() ?? "–"}: {run.Committed} units committed, "
                    + $"{run.AlreadyCommitted} were there, {run.Open} open, {run.Failed} failed; {run.Counts.Rows:N0} rows "
                    + $"({run.Counts.Inserted:N0} new, {run.Counts.Updated:N0} changed). Run {run.Id[..8]}"
            )
        );
        foreach (var empty in run.EmptyDays.GroupBy(u => u.Dataset))
        {
            var days = empty.Count() == 1 ? "" : $" … {empty.Last().Day.ToIso()} ({empty.Count()} days)";
            context.Progress.WriteLine(
                $"  {empty.Key}: the vendor has no row of {empty.First().Day.ToIso()}{days}; kept as empty; status does not count that as complete"
            );
        }

        if (run.EndedBy is { } end)
        {
            context.Progress.WriteLine($"  {end.ErrorCode}: {end.Message}");
        }

        foreach (var error in run.Errors.Where(e => e.Message != run.EndedBy?.Message).Take(ErrorsShown))
        {
            context.Progress.WriteLine($"  {error.Code}: {error.Message}");
        }

        if (run.Errors.Count > ErrorsShown)
        {
            context.Progress.WriteLine($"  … {run.Errors.Count - ErrorsShown} more: tidemark runs show {run.Id[..8]}");
        }
    }
}
