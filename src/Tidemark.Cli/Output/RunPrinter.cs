using System.Globalization;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Lake.Storage;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>Writes in a few lines how runs ended: what many units have in common is written once.</summary>
internal sealed class RunPrinter(CommandContext context)
{
    private const int LinesShown = 5;

    /// <summary>Writes the result of <c>run</c>.</summary>
    public void Write(RunPoolsResponse response)
    {
        WriteNotes(response.Notes);
        Write(response.Runs);
        if (response.Runs.Count > 1 && response.Runs.Any(r => r is { Scope: Pool.Targets, Committed: > 0 }))
        {
            // Without this line, a pool of four symbols seems to have the rows of thousands, and the universe none.
            context.Say(
                "A unit holds the rows of the whole market, so what was fetched for the targets serves the universe, too."
            );
        }

        if (response.IsBeforePlan)
        {
            context.Say(
                $"No day of the plan is finished yet: it begins on {response.PlanFrom.ToIso()}, the latest finished trading day is {response.LastFinished.ToIso()}."
            );
        }

        BuildText.WriteAfterRun(context, response.Built, response.LeftOut);
        SymbolNotes.Write(context, response.Symbols);
    }

    /// <summary>Writes the result of <c>backfill</c>.</summary>
    public void Write(BackfillRequest request, BackfillResponse response)
    {
        Write(response.Run);
        if (response.LatestBefore is { } latest)
        {
            context.Say(
                $"Nothing that was asked for is finished from {request.From.ToIso()} to {request.To.ToIso()}; the latest that is, is of {latest.ToIso()}."
            );
        }

        if (response.Lists is { } lists)
        {
            Write(lists);
        }

        BuildText.WriteAfterRun(context, response.Built, response.LeftOut);
        WriteNotes(response.Notes);
    }

    /// <summary>Writes the result of <c>refetch</c>.</summary>
    public void Write(RefetchResponse response)
    {
        Write(response.Run);
        if (response.Run.Block is null)
        {
            context.Say($"rows: {Words(response.Rows)}");
            foreach (var symbol in response.Symbols)
            {
                context.Say($"  {symbol.Symbol} in {symbol.Dataset}: {Words(symbol.Rows)}");
            }
        }

        WriteNotes(response.Notes);
    }

    private void WriteNotes(IEnumerable<string> notes)
    {
        foreach (var note in notes)
        {
            context.World.Error.WriteLine(note);
        }
    }

    /// <summary>Writes all runs of an operation.</summary>
    private void Write(IEnumerable<RunOutcome> runs)
    {
        foreach (var run in runs)
        {
            // Without targets, their pool has nothing to fetch.
            if (run is { Scope: Pool.Targets, Block: null, Request.Plan.Datasets: [] })
            {
                context.Say("targets: none yet; pools.targets in tidemark.yaml names them");
                continue;
            }

            Write(run);
        }
    }

    private void Write(RunOutcome run)
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
                    + $"{run.AlreadyCommitted} were there, {run.Open} open, {run.Failed} failed{Left(run)}; {run.Counts.Rows:N0} rows "
                    + $"({run.Counts.Inserted:N0} new, {run.Counts.Updated:N0} changed{Removed(run)}). Run {run.Id[..8]}"
            )
        );
        if (run.Request is { Plan: { Behind.Count: > 0, Datasets: var lists } })
        {
            context.Say(
                $"  fetched again, because rows have codes that were in no list: {string.Join(", ", lists.Select(d => d.Id))}"
            );
        }

        if (run is { IsOutOfTime: true, Left: > 0 })
        {
            context.Progress.WriteLine("  its time (--for) is over; the next run goes on with what is left");
        }

        WriteLost(run);
        WriteEmptyDays(run);
        if (run.EndedBy is { } end)
        {
            context.Progress.WriteLine($"  {end.ErrorCode}: {end.Message}");
        }

        WriteErrors(run);
        WriteOpen(run);
        var isOfRange = run.Request?.Mode is RunMode.Bootstrap or RunMode.OnDemand;
        foreach (
            var line in UnitLines
                .Open("not whole", run.Incomplete, context.Time, isOfRange)
                .Concat(UnitLines.Open("not whole, waiting", run.Waiting, context.Time, isOfRange))
        )
        {
            context.Progress.WriteLine($"  {line}");
        }

        WriteAgain(run, isOfRange);
        foreach (var line in UnitLines.GivenUp(run.GivenUp))
        {
            context.Progress.WriteLine($"  {line}");
        }

        foreach (var list in run.PastLists)
        {
            context.Progress.WriteLine(
                $"  {list}: the vendor only has its present list (vendor_horizon); run without --from and --to to fetch that"
            );
        }

        foreach (var horizon in run.Horizons)
        {
            context.Progress.WriteLine($"  {HorizonText.Of(horizon)}");
        }
    }

    private static string Words(RowChanges rows) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Added:N0} added, {rows.Changed:N0} changed, {rows.Removed:N0} removed, {rows.Unchanged:N0} unchanged"
        );

    private static string Left(RunOutcome run) =>
        run.Left > 0 ? string.Create(CultureInfo.InvariantCulture, $", {run.Left} left") : "";

    private static string Removed(RunOutcome run) =>
        run.Counts.Deleted > 0 ? string.Create(CultureInfo.InvariantCulture, $", {run.Counts.Deleted:N0} removed") : "";

    private void WriteLost(RunOutcome run)
    {
        // Files behind a link were not fetched, and their error says so.
        var linked = run.Errors.Where(e => e.Code == InnerLink.Code).Select(e => e.Unit);
        if (run.Lost.Except(linked).ToArray() is [var first, .. var others])
        {
            var more = others.Length > 0 ? $" and {others.Length} more" : "";
            context.Progress.WriteLine($"  {first}{more}: its files are gone or damaged; it is fetched again");
        }

        if (run.Counts.UnreadFiles > 0)
        {
            context.Progress.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  the old rows in {run.Counts.UnreadFiles} files ({run.Counts.UnreadRows:N0} by the log) could not be read. They count as missing, and the table no longer names these files"
                )
            );
        }
    }

    private void WriteEmptyDays(RunOutcome run)
    {
        foreach (var empty in run.EmptyDays.GroupBy(u => u.Dataset))
        {
            var days = empty.Count() == 1 ? "" : $" … {empty.Last().Key} ({empty.Count()} days)";
            context.Progress.WriteLine(
                $"  {empty.Key}: the vendor has no rows for {empty.First().Key}{days}. The day is kept as empty, and status does not count it as complete"
            );
        }
    }

    private void WriteErrors(RunOutcome run)
    {
        var groups = run
            .Errors.Where(e => e.Message != run.EndedBy?.Message && e.Reason != run.EndedBy?.Message)
            .GroupBy(e => (e.Code, e.Unit.Dataset, e.Reason))
            .ToArray();
        foreach (var group in groups.Take(LinesShown))
        {
            context.Progress.WriteLine(
                $"  {group.Key.Code}: {UnitLines.Name([.. group.Select(e => e.Unit)])}: {group.Key.Reason}"
            );
        }

        WriteMore(groups.Length, run.Id);
    }

    private void WriteOpen(RunOutcome run)
    {
        var failed = run.Errors.Select(e => e.Unit).ToHashSet();
        foreach (var open in run.Work.Problems.Where(p => !failed.Contains(p.Unit.Id)).GroupBy(p => p.Unit.Dataset.Id))
        {
            context.Progress.WriteLine(
                $"  open: {UnitLines.Name([.. open.Select(p => p.Unit.Id)])}: {open.First().Reason}"
            );
        }
    }

    // Written here and not in each error, because it depends on the command: `run` wants only days of the plan.
    private void WriteAgain(RunOutcome run, bool isOfRange)
    {
        var over = run.GivenUp.Select(u => u.Unit).ToHashSet(StringComparer.Ordinal);
        if (run.EndedBy is null && (run.Open > 0 || run.Errors.Any(e => !over.Contains(e.Unit.ToString()))))
        {
            context.Progress.WriteLine(
                isOfRange
                    ? "  the same command tries again what failed or is open; so does `tidemark run`, for days of the plan"
                    : "  the next `tidemark run` tries again what failed or is open"
            );
        }
    }

    private void WriteMore(int count, string run)
    {
        if (count > LinesShown)
        {
            context.Progress.WriteLine($"  … {count - LinesShown} more: tidemark runs show {run[..8]}");
        }
    }
}
