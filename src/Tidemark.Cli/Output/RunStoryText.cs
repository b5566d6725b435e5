using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Output;

/// <summary>Tells in sentences how a run ended: who started it, how and why it ended, what comes next.</summary>
internal static class RunStoryText
{
    /// <summary>The sentences, a line each.</summary>
    public static IEnumerable<string> Of(LocalTime time, RecordedRunDetail detail)
    {
        yield return $"{detail.Run.Row.Id}: {Ended(time, detail)}";
        yield return $"It was started {By(detail.Story.Facts, detail.Run.Row.Mode)} on {time.Minute(detail.Run.Row.StartedAt)}{About(detail)}.";
        if (Why(detail) is { } why)
        {
            yield return Screenful.Cut(why, "--json has the whole");
        }

        foreach (var line in Next(time, detail))
        {
            yield return line;
        }
    }

    private static string Ended(LocalTime time, RecordedRunDetail detail)
    {
        var (run, story) = (detail.Run.Row, detail.Story);
        var pool = $"the run of {run.Scope.Name()}";
        var took = run.FinishedAt is { } end ? $" after {Duration(end - run.StartedAt)}" : "";
        var process = story.Facts.Process is { } named ? $" ({named})" : "";
        return story.End switch
        {
            RunEnd.Running => $"{pool} is running{process}.",
            RunEnd.Settling =>
                $"{pool} has done its units{took}; its job is still at work{process}, and they are evaluated when all runs of it are through.",
            RunEnd.Success => $"{pool} succeeded{took}.",
            RunEnd.Partial => $"{pool} ended{took}, and not everything that was wanted is there (partial).",
            RunEnd.Blocked => $"{pool} was blocked: it did not begin.",
            RunEnd.Canceled => $"{pool} was canceled {Canceled(story.Facts)}{took}.",
            RunEnd.Killed =>
                $"{pool} was interrupted: its process{process} is gone, last heard of on {time.Second(story.LostAt!.Value)} ({time.Zone}), {Duration(story.LostAt.Value - run.StartedAt)} after the start.",
            _ => $"{pool} failed{took}.",
        };
    }

    private static string Canceled(RunFacts facts) =>
        facts.CanceledBy switch
        {
            null => "by somebody",
            "signal" => "by a signal to its process (Ctrl-C, SIGTERM)",
            var by => $"by `{by}`",
        };

    private static string By(RunFacts facts, RunMode mode) =>
        (facts.Source, facts.Reason) switch
        {
            ("schedule", "catch_up") => "by the schedule, to catch up on a missed moment,",
            ("schedule", _) => "by the schedule",
            ("auto", _) => "by itself, because units were due for their next attempt,",
            ("startup", _) => "by a process that began to serve,",
            ("manual", _) => mode switch
            {
                RunMode.Bootstrap => "by hand (backfill or demo)",
                RunMode.OnDemand => "by hand (refetch)",
                _ => "by hand (run)",
            },
            var (source, _) => source is null ? "by somebody" : $"by {source}",
        };

    private static string About(RecordedRunDetail detail)
    {
        var facts = detail.Story.Facts;
        var days = (facts.From, facts.To) switch
        {
            ({ } from, { } to) => $", for the days {from} … {to}",
            ({ } from, null) => $", for the days from {from} on",
            (null, { } to) => $", for the days up to {to}",
            _ => "",
        };
        return detail.Run.Row.AsOf is { } last ? $"{days}; the latest day that was due is {last.ToIso()}" : days;
    }

    private static string? Why(RecordedRunDetail detail)
    {
        var (run, story) = (detail.Run.Row, detail.Story);
        var (done, planned) = (detail.Numbers.UnitsCommitted, story.Facts.Count("unitsPlanned"));
        var of = planned is { } all ? $" of {all}" : "";
        var least = story.End == RunEnd.Killed ? "at least " : ""; // steps are written once a second
        var kept =
            done == 0
                ? $"By then nothing{(planned is null ? "" : $" of its {planned} units")} was committed."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"By then {least}{done}{of} units with {detail.Numbers.Committed:N0} rows were committed; these are kept."
                );
        return story.End switch
        {
            RunEnd.Blocked => $"It was stopped at the gate `{story.Facts.BlockedStage}`, {story.Facts.ErrorCode}: "
                + $"{run.ErrorMessage} No data was asked for, and nothing was changed.",
            RunEnd.Killed when story.Facts.IsSettled == false =>
                $"{kept} They were not evaluated yet; `tidemark status` does that.",
            RunEnd.Canceled or RunEnd.Killed => kept,
            RunEnd.Failed => story.Facts.ErrorCode is { } code
                ? $"{code}: {run.ErrorMessage} {kept}"
                : $"{run.ErrorMessage} {kept}",
            RunEnd.Partial when story.Facts.IsOutOfTime => "Its time (--for) was over before its units were.",
            RunEnd.Partial => run.ErrorMessage,
            _ => null,
        };
    }

    private static IEnumerable<string> Next(LocalTime time, RecordedRunDetail detail)
    {
        var story = detail.Story;
        if (story.End is RunEnd.Success or RunEnd.Running or RunEnd.Settling)
        {
            yield break;
        }

        if (story.Next is { } later)
        {
            var closed = story.Facts.LostAt is not null ? "closed it and " : "";
            yield return $"Since then: run {later.Id[..8]} of {time.Minute(later.StartedAt)} {closed}went on; it is {later.Status.Name()}: tidemark runs show {later.Id[..8]}";
        }

        if (story.NextAttemptAt is { } next)
        {
            yield return $"Next: `{Again(detail)}` tries at once; `tidemark serve` from {time.Minute(next)} on, when the next attempt is due.";
        }
        else if (story.Next is null)
        {
            yield return story.End switch
            {
                RunEnd.Blocked => $"Next: do what the message says, then `{Again(detail)}`.",
                RunEnd.Partial or RunEnd.Failed => $"Next: `{Again(detail)}` tries again what is not there.",
                RunEnd.Killed when detail.Run.Row.Status == RunStatus.Running =>
                    $"Next: `{Again(detail)}` closes it and goes on with what is left, and so does the next scheduled run.",
                _ => $"Next: `{Again(detail)}` goes on with what is left, and so does the next scheduled run.",
            };
        }
    }

    private static string Again(RecordedRunDetail detail) =>
        (detail.Run.Row.Mode, detail.Story.Facts) switch
        {
            (RunMode.Bootstrap, { From: { } from, To: { } to }) => $"tidemark backfill --from {from} --to {to}",
            _ => $"tidemark run {detail.Run.Row.Scope.Name()}",
        };

    private static string Duration(TimeSpan time) =>
        time < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(time.TotalSeconds, 0):F1} s")
            : time.ToString(
                time < TimeSpan.FromDays(1) ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss",
                CultureInfo.InvariantCulture
            );
}
