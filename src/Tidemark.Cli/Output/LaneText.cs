using Tidemark.Control.Runs;
using Tidemark.Core.Runs;

namespace Tidemark.Cli.Output;

/// <summary>What lanes do, for people and for scripts.</summary>
internal static class LaneText
{
    public static void Write(CommandContext context, IReadOnlyList<LaneState> lanes)
    {
        foreach (var lane in lanes)
        {
            context.Say(Line(context, lane));
        }
    }

    public static object Json(LaneState lane) =>
        new
        {
            lane = lane.Lane.Name(),
            state = lane.Activity.Name(),
            paused_by = lane.PausedBy,
            paused_at = lane.PausedAt,
            job = lane.Job?.Id,
            scope = lane.Job?.Pool.Name(),
            mode = lane.Job?.Mode.Name(),
            source = lane.Job?.Source,
            owner = lane.Job?.Owner,
            started_at = lane.Job?.StartedAt,
        };

    private static string Line(CommandContext context, LaneState lane)
    {
        var paused = lane.IsPaused
            ? $" since {context.Time.Minute(lane.PausedAt!.Value)} by `{lane.PausedBy}`: `tidemark resume` ends that"
            : "";
        var job = lane.Job is { } at
            ? $", {at.Pool.Name()} ({at.Mode.Name()}, {at.Source}) since {context.Time.Minute(at.StartedAt)} in {at.Owner}"
            : "";
        return $"{lane.Lane.Name()}: {lane.Activity.Name()}{(lane.Activity == LaneActivity.Canceling && lane.IsPaused ? ", paused" : "")}{paused}{job}";
    }
}
