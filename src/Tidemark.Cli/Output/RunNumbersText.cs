using System.Globalization;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>Writes a run's numbers so that they can be added up: units, rows, evaluation, derived tables.</summary>
internal static class RunNumbersText
{
    private const int FailuresShown = 3;

    private static readonly (string Key, string Words)[] s_beside =
    [
        ("unitsThere", "were there before"),
        ("unitsIncomplete", "not whole"),
        ("unitsWaiting", "waiting"),
        ("datasetsLeftOut", "datasets left out"),
        ("checksLeftOut", "checks left out"),
        ("unitsGivenUp", "given up"),
    ];

    public static IEnumerable<string> Of(RecordedRunDetail detail)
    {
        if (detail.Story.End == RunEnd.Blocked)
        {
            yield break;
        }

        yield return Units(detail);
        if (detail.Numbers is { Received: > 0 } or { Committed: > 0 } or { Kept: > 0 })
        {
            yield return Rows(detail.Numbers, detail.Story.End == RunEnd.Running);
        }

        if (Evaluation(detail) is { } evaluation)
        {
            yield return $"evaluation: {evaluation}";
        }

        foreach (var line in Derived(detail))
        {
            yield return line;
        }

        if (detail.Story.Facts.Definitions is { } fingerprint)
        {
            yield return $"definitions: {fingerprint}";
        }

        foreach (var line in Named(detail.Story.Facts))
        {
            yield return line;
        }
    }

    private static string Units(RecordedRunDetail detail)
    {
        var facts = detail.Story.Facts;
        var committed = facts.Count("unitsCommitted") ?? detail.Numbers.UnitsCommitted;
        var planned = facts.Count("unitsPlanned");
        var parts = new List<string> { Words(committed, "committed") };
        if (facts.Count("unitsFailed") is { } failed)
        {
            Add(parts, facts.Count("unitsOpen"), "open");
            Add(parts, failed, "failed");
            Add(parts, facts.Count("unitsLeft"), "left");
        }
        else
        {
            Add(parts, planned - committed, detail.Story.End == RunEnd.Killed ? "not committed" : "to do");
        }

        var beside = s_beside
            .Where(c => facts.Count(c.Key) > 0)
            .Select(c => Words(facts.Count(c.Key)!.Value, c.Words))
            .ToArray();
        var sum = string.Join(" + ", parts);
        return $"units: {(planned is null ? sum : $"{Words(planned.Value, "planned")} = {sum}")}{(beside.Length > 0 ? $"; {string.Join(", ", beside)}" : "")}";
    }

    private static string Rows(RunNumbers rows, bool isRunning)
    {
        var came = new List<string> { Words(rows.Received, "received") };
        Add(came, rows.Kept, "kept from before");
        var sum = string.Join(" + ", came);
        if (rows.Dropped.Total > 0)
        {
            var reasons = DropCounts.Reasons.Where(r => rows.Dropped[r] > 0).Select(r => Words(rows.Dropped[r], Of(r)));
            sum += $" − {Words(rows.Dropped.Total, "dropped")} ({string.Join(", ", reasons)})";
        }

        if (rows.NotCommitted > 0)
        {
            sum += $" − {Words(rows.NotCommitted, isRunning ? "on their way" : "of units that were not committed")}";
        }

        var written = rows.Inserted + rows.Updated + rows.Unchanged == rows.Committed; // older versions kept less
        var changes = written
            ? $" ({Words(rows.Inserted, "new")}, {Words(rows.Updated, "changed")}, {Words(rows.Unchanged, "unchanged")}{(rows.Removed > 0 ? $"; {Words(rows.Removed, "removed")}" : "")})"
            : "";
        return $"rows: {sum} = {Words(rows.Committed, "committed")}{changes}";
    }

    private static string Of(DropReason reason) =>
        reason == DropReason.OtherDay ? "of days that were not asked for" : "sent twice";

    private static string? Evaluation(RecordedRunDetail detail)
    {
        var steps = detail.Steps.Where(s => s.Stage == StepStage.Evaluate).ToArray();
        var done = steps.Count(s => s.Status == StepStatus.Success);
        if (steps.FirstOrDefault(s => s.Status == StepStatus.Failed) is { } failed)
        {
            return $"failed: {failed.ErrorMessage}";
        }

        return done > 0 ? $"done, of {Words(done, done == 1 ? "unit" : "units")}"
            : detail.Numbers.UnitsCommitted == 0 ? null
            : detail.Story.End is RunEnd.Running or RunEnd.Settling ? "comes when all runs of the job are through"
            : steps.FirstOrDefault(s => s.Status == StepStatus.Skipped)?.ErrorMessage is { } why ? $"none: {why}"
            : "none yet";
    }

    private static IEnumerable<string> Derived(RecordedRunDetail detail)
    {
        if (detail.Story.Facts.Derived is not { } derived)
        {
            if (detail.Story is { End: RunEnd.Success or RunEnd.Partial, IsJobAtWork: true })
            {
                yield return "derived tables: being built";
            }

            yield break;
        }

        var built = Words(derived.Tables, derived.Tables == 1 ? "table built" : "tables built");
        yield return derived.Status switch
        {
            "built" => derived.Tables == 0 ? "derived tables: up to date" : $"derived tables: {built}",
            "not_whole" =>
                $"derived tables: {built}, {Words(derived.Failed, "could not be")}; `tidemark build` tries again",
            "stopped" =>
                $"derived tables: {built}, then the build was stopped; the next run goes on, or `tidemark build`",
            "off" => "derived tables: not to be built (--no-build); `tidemark build` does it",
            _ =>
                "derived tables: not built, because the run did not come to it; the next run does, or `tidemark build`",
        };
        foreach (var failure in derived.Failures.Take(FailuresShown))
        {
            var where = string.Join(' ', new[] { failure.Table, failure.Day, failure.Code }.OfType<string>());
            yield return $"  {where}: {failure.Message}";
        }

        if (derived.Failed > FailuresShown)
        {
            yield return $"  … {Words(derived.Failed - FailuresShown, "more")}";
        }
    }

    private static IEnumerable<string> Named(RunFacts facts)
    {
        const int Shown = 5;
        foreach (var (units, words) in new[] { (facts.Incomplete, "not whole"), (facts.GivenUp, "given up") })
        {
            foreach (var unit in units.Take(Shown))
            {
                yield return $"  {unit.Unit} {words}, attempts so far {unit.Attempts}: {unit.Reason}";
            }

            if (units.Count > Shown)
            {
                yield return $"  … {units.Count - Shown} more {words}; --json has them";
            }
        }
    }

    private static void Add(List<string> parts, long? count, string words)
    {
        if (count > 0)
        {
            parts.Add(Words(count.Value, words));
        }
    }

    private static string Words(long count, string words) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {words}");
}
