using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Cli.Serving;
using Tidemark.Control.Schedules;
using Tidemark.Operations.Schedules;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark serve</c>: the schedule in the foreground, until a signal stops it.</summary>
internal sealed class ServeCommand : CliCommand
{
    public override Command Build() =>
        new("serve", "Run what the schedule says, in the foreground; Ctrl-C or SIGTERM ends it in an orderly way");

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var watcher = new Watcher(context, new ServiceManager(context.World.Environment));
        await using var stopping = stop.Register(watcher.Stops);
        await workspace.Get<ServeOperation>().RunAsync(watcher, stop);
        context.WriteJson(new { fires = watcher.Told });
        context.Say("Stopped. What was committed is kept; what was not done is taken up when it serves again.");
        return ExitCodes.Done;
    }

    private sealed class Watcher(CommandContext context, ServiceManager manager) : IServeWatcher
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
}
