using System.Globalization;
using Tidemark.Control.Schedules;
using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Operations.Schedules;

namespace Tidemark.Cli.Output;

/// <summary>The schedule, for people and for scripts.</summary>
internal static class ScheduleText
{
    // A day of the whole market has so many datasets that their names fill a screen.
    private const int DatasetsNamed = 12;

    public static void Write(CommandContext context, ScheduleOverview overview)
    {
        context.WriteJson(
            new
            {
                schedule = Json(overview.Schedule),
                next = overview.Next,
                fires = overview.Latest.Select(Json),
                lanes = overview.Lanes.Select(LaneText.Json),
            }
        );
        if (context.IsJson)
        {
            return;
        }

        context.Say(Line(context, overview.Schedule));
        context.Say(
            overview.Next is { } next
                ? $"next: {context.Time.Minute(next)}; `tidemark serve` runs it"
                : "next: none, it is off (`tidemark schedule set --enabled true`)"
        );
        LaneText.Write(context, overview.Lanes);
        foreach (var fire in overview.Latest)
        {
            context.Say("  " + Line(context, fire));
        }
    }

    public static void Write(CommandContext context, StandingSchedule schedule, IReadOnlyList<SimulatedFire> fires)
    {
        context.WriteJson(
            new
            {
                schedule = Json(schedule),
                fires = fires.Select(fire => new
                {
                    at = fire.At,
                    scopes = fire.Scopes.Select(pool => pool.Name()),
                    due = fire.Due.Select(due => new { dataset = due.Dataset, day = due.Day.ToIso() }),
                }),
            }
        );
        if (context.IsJson)
        {
            return;
        }

        context.Say(Line(context, schedule));
        if (fires.Count == 0)
        {
            context.Say("Nothing would run: the schedule is off.");
        }

        foreach (var fire in fires)
        {
            var scopes = string.Join(", then ", fire.Scopes.Select(pool => pool.Name()));
            context.Say(
                fire.Due.Count == 0
                    ? $"{context.Time.Minute(fire.At)}: no day became due since the moment before; only what is not whole would be tried"
                    : $"{context.Time.Minute(fire.At)}: {scopes}"
            );
            foreach (var day in fire.Due.GroupBy(due => due.Day).OrderByDescending(group => group.Key))
            {
                var names = day.Select(due => due.Dataset).ToArray();
                var more =
                    names.Length > DatasetsNamed ? $" and {names.Length - DatasetsNamed} more (--json has all)" : "";
                context.Say($"  {day.Key.ToIso()}: {string.Join(", ", names.Take(DatasetsNamed))}{more}");
            }
        }

        context.Say("Nothing was run, and no vendor was asked.");
    }

    /// <summary>A moment and what became of it.</summary>
    public static string Line(CommandContext context, ScheduleFire fire) =>
        $"{context.Time.Minute(fire.DueAt)} {ScheduleFires.Name(fire.Status)}"
        + (fire.Source == ScheduleRunner.CatchUp ? " (caught up)" : "")
        + (fire.Detail is { } detail ? $": {detail}" : "");

    /// <summary>What holds.</summary>
    public static string Line(CommandContext context, StandingSchedule schedule)
    {
        var config = schedule.Config;
        var from = schedule.SetAt is { } at
            ? $"set on {context.Time.Minute(at)}; `tidemark schedule reset` returns to tidemark.yaml"
            : "as tidemark.yaml says";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ScheduleRunner.China}: {(config.IsEnabled ? "every day" : "off; else every day")} at {config.RunAt:HH\\:mm} {config.TimeZone}, {config.Scope} ({from})"
        );
    }

    public static object Json(ScheduleFire fire) =>
        new
        {
            due_at = fire.DueAt,
            status = ScheduleFires.Name(fire.Status),
            source = fire.Source,
            detail = fire.Detail,
            owner = fire.Owner,
            fired_at = fire.FiredAt,
            finished_at = fire.FinishedAt,
        };

    private static object Json(StandingSchedule schedule) =>
        new
        {
            name = ScheduleRunner.China,
            enabled = schedule.Config.IsEnabled,
            run_at = schedule.Config.RunAt.ToString("HH:mm", CultureInfo.InvariantCulture),
            timezone = schedule.Config.TimeZone,
            scope = schedule.Config.Scope,
            on_startup = schedule.Config.RunsOnStartup,
            catch_up = schedule.Config.CatchesUp,
            set_at = schedule.SetAt,
        };
}
