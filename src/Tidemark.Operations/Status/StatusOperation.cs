using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Results;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Checks;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Status;

/// <summary>
/// The tidemark of the tables' present versions. Whatever changed since the last evaluation (commits, restores, dropped
/// days, declarations) is evaluated first. The results are stored when the days are the plan's and the control database
/// can be written. Checks that cannot be evaluated are shown as such.
/// </summary>
public sealed class StatusOperation(
    CheckRegistry checks,
    WorkspacePlan plan,
    IReadOnlyDictionary<string, TradingCalendar> calendars,
    PresentEvaluator evaluator,
    CompletenessMaterializer materializer,
    StatusReader reader,
    AttemptReview attempts,
    SymbolDirectory symbols,
    ITargetSymbols targetSymbols,
    ListFindings findings,
    UncheckedDatasets uncheckedDatasets,
    ModulePlans modules,
    FindLeftOut leftOut,
    TimeProvider clock
)
{
    /// <exception cref="TidemarkException">
    /// <c>STATUS_FILTER_UNKNOWN</c>: a filter names something unknown. <c>STATUS_RANGE_EMPTY</c>: the range ends before
    /// it begins.
    /// </exception>
    public async Task<StatusResponse> RunAsync(StatusRequest request, CancellationToken cancellationToken)
    {
        var decided = await modules.ReadAsync(cancellationToken);
        var response = await ReadAsync(request, decided, cancellationToken);
        var unasked = await uncheckedDatasets.ReadAsync(request, decided, cancellationToken);
        var found = await findings.RunAsync(new FindingsRequest(Days: SymbolFindings.RecentDays), cancellationToken);
        return response with
        {
            IsReached = response.IsReached && (request.FailOn == StatusBar.None || !unasked.Any(u => u.IsShort)),
            Unchecked = unasked,
            Modules = decided,
            Findings = found.Findings,
            Symbols = found.Symbols,
            LeftOut = await leftOut.AfterAsync(needsDefinitions: true, checks: [], response.Read),
        };
    }

    private async Task<StatusResponse> ReadAsync(
        StatusRequest request,
        ModulePlan decided,
        CancellationToken cancellationToken
    )
    {
        RefuseUnknown(request);
        var named = await symbols.EntityAsync(request.Entity, cancellationToken);
        Pool? pool = request.Pool is { } view ? Pools.ByViewName[view] : null;
        Bucket? bucket = request.Bucket is { } name ? Buckets.Find(name) : null;
        var filter = new StatusFilter(
            pool,
            bucket,
            request.Check,
            named,
            request.Days,
            request.From,
            request.To,
            request.WithGaps
        );
        var asked = checks
            .All.Where(c => bucket is null || c.Bucket == bucket)
            .Where(c => request.Check is null || c.Id == request.Check)
            .ToArray();
        StatusSources sources;
        DateOnly? asOf = null;
        try
        {
            var (wanted, isPlan) = Window(request);
            var window = wanted with { Excluded = decided.Excluded };
            if (window.To < window.From)
            {
                return new StatusResponse(new StatusReport(null, null, []), IsReached: true, NothingDue(window));
            }

            asOf = window.To;
            var present = await PresentAsync(asked, window, isPlan, pool, cancellationToken);
            sources = new StatusSources(checks.All, present, clock.GetUtcNow());
        }
        catch (TidemarkException e) when (e.Code is not "STATUS_RANGE_EMPTY")
        {
            // A calendar has ended, or the file of targets is gone: only stored results can be shown.
            sources = new StatusSources(checks.All, null, clock.GetUtcNow(), e);
        }

        if (sources.Present is { HasTables: false } && !await reader.HasResultsAsync(cancellationToken))
        {
            return new StatusResponse(new StatusReport(null, null, []), request.FailOn == StatusBar.None);
        }

        var report = await reader.ReadAsync(filter, sources, asOf, cancellationToken);
        if (request.Entity is { } entity && report.Pools.Count == 0)
        {
            throw Unknown($"--entity {entity}: no check knows this symbol; symbols look like 600519.SH.");
        }

        return new StatusResponse(report, IsReached(report, request.FailOn))
        {
            Units = await UnitsAsync(asked, cancellationToken),
            Read = sources.Present?.Read ?? [],
        };
    }

    private async Task<IReadOnlyList<DatasetUnits>> UnitsAsync(
        IReadOnlyList<CheckDefinition> asked,
        CancellationToken cancellationToken
    )
    {
        var required = asked.SelectMany(c => c.Required).Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        var known = await attempts.StandingAsync(cancellationToken);
        var isWanted = WantedDays();
        return
        [
            .. known
                .Select(a =>
                    UnitId.TryParse(a.Unit, out var id)
                        ? (Attempt: a, Dataset: id.Dataset, Unit: id)
                        : (Attempt: a, Dataset: "", Unit: default)
                )
                .Where(a => required.Contains(a.Dataset))
                .GroupBy(a => a.Dataset)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => UnitsOf(g.Key, [.. g.Select(a => (a.Attempt, a.Unit))], isWanted)),
        ];
    }

    private static DatasetUnits UnitsOf(
        string dataset,
        (UnitAttempt Attempt, UnitId Unit)[] units,
        Func<DateOnly, bool> isWanted
    )
    {
        var open = units
            .Where(u => !u.Attempt.IsGivenUp)
            .ToLookup(u => isWanted(u.Unit.Day) || isWanted(u.Unit.LastDay));
        return new DatasetUnits(
            dataset,
            open[true].Count(),
            units.Count(u => u.Attempt.IsGivenUp),
            open[true].Min(u => u.Attempt.NextAt)
        )
        {
            Outside = open[false].Any()
                ? new UnitsOutside(
                    open[false].Count(),
                    open[false].Min(u => u.Unit.Day),
                    open[false].Max(u => u.Unit.LastDay)
                )
                : null,
        };
    }

    /// <summary>Which days runs want; all where a calendar has ended and the plan has no window.</summary>
    private Func<DateOnly, bool> WantedDays()
    {
        try
        {
            // A list is filed under its own day, which may be after the latest due day.
            var (from, _) = plan.Window();
            return day => day >= from && !(day > plan.To);
        }
        catch (TidemarkException)
        {
            return _ => true;
        }
    }

    private async Task<PresentResults> PresentAsync(
        IReadOnlyList<CheckDefinition> asked,
        EvaluationWindow window,
        bool isPlan,
        Pool? pool,
        CancellationToken cancellationToken
    )
    {
        var pools = pool is { } only ? [only] : Pools.All;
        // A status of the market does not need the file of targets.
        IReadOnlySet<string> targets = pools.Contains(Pool.Targets)
            ? (await targetSymbols.ReadAsync(cancellationToken)).Symbols
            : new HashSet<string>();
        var present = await evaluator.EvaluateAsync(asked, window, pools, targets, cancellationToken);
        if (!isPlan || !present.HasTables)
        {
            return present;
        }

        try
        {
            await materializer.WriteAsync(
                present,
                checks.All,
                window.To,
                new MaterializeRequest(pools, targets, SourceRunId: null),
                cancellationToken
            );
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Transient)
        {
            // Results that cannot be stored are shown all the same; the next status evaluates again.
        }

        return present;
    }

    /// <summary>The days to evaluate, and whether they are the plan's.</summary>
    private (EvaluationWindow Window, bool IsPlan) Window(StatusRequest request)
    {
        if (request.To < request.From)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "STATUS_RANGE_EMPTY",
                $"--from {request.From.Value.ToIso()} is after --to {request.To!.Value.ToIso()}."
            );
        }

        var (first, last) = plan.Window();
        var from = request.From ?? first;
        var to = request.To ?? last;
        if (from >= first && (to <= last || request.To is null))
        {
            return (new EvaluationWindow(first, last, calendars, plan.DueDays()), true);
        }

        // Outside the plan, as far as data is due there.
        var due = plan.DueDays(to);
        var newest = due.Values.Append(last).Max();
        var window = new EvaluationWindow(from, to < newest ? to : newest, calendars, due, newest);
        return (window, false);
    }

    private static string NothingDue(EvaluationWindow window) =>
        $"No day is due yet: the first one asked for is {window.From.ToIso()}, the latest finished trading day is {window.To.ToIso()}.";

    private static bool IsReached(StatusReport report, StatusBar bar)
    {
        var total = report.Total;
        var absent = total.Missing + total.NotStarted;
        return report.Checks.All(c => c.NotEvaluated is null)
            && bar switch
            {
                StatusBar.Missing => absent == 0,
                StatusBar.Partial => absent + total.Partial == 0,
                _ => true,
            };
    }

    /// <summary>Refuses unknown names: a mistyped name must not look like a workspace without data.</summary>
    private void RefuseUnknown(StatusRequest request)
    {
        Refuse("--pool", request.Pool, [.. Pools.ByViewName.Keys]);
        Refuse("--bucket", request.Bucket, [.. checks.All.Select(c => c.Bucket.Name()).Distinct()]);
        Refuse("--check", request.Check, [.. checks.All.Select(c => c.Id)]);
    }

    private static void Refuse(string option, string? name, IReadOnlyCollection<string> known)
    {
        if (name is not null && !known.Contains(name))
        {
            throw Unknown($"{option}: there is no '{name}'{NearestName.Hint(name, known)}");
        }
    }

    private static TidemarkException Unknown(string message) =>
        new(ErrorKind.BadRequest, "STATUS_FILTER_UNKNOWN", message);
}
