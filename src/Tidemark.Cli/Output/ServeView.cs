using Tidemark.Control.Schedules;
using Tidemark.Operations.Schedules;

namespace Tidemark.Cli.Output;

/// <summary>Tells people and systemd what a process does that serves.</summary>
internal sealed class ServeView(CommandContext context, ServiceManager manager) : IServeWatcher
{
    private readonly Lock _lock = new();
    private readonly List<object> _told = [];

    public IReadOnlyList<object> Told
    {
        get
        {
            lock (_lock)
            {
                return [.. _told];
            }
        }
    }

    public void Serves(StandingSchedule schedule)
    {
        var line = ScheduleText.Line(context, schedule);
        context.Say($"serving. {line}");
        manager.Ready(line);
    }

    public void IsAlive() => manager.Alive();

    public void Stops()
    {
        manager.Stopping();
        context.Say("Stopping: a commit in flight is finished, and nothing begins any more.");
    }

    public void Report(ScheduleFire value)
    {
        context.Say(ScheduleText.Line(context, value));
        lock (_lock)
        {
            _told.Add(ScheduleText.Json(value));
        }
    }
}
