using System.CommandLine;
using Tidemark.Cli.Output;
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
        var watcher = new ServeView(context, new ServiceManager(context.World.Environment));
        await using var stopping = stop.Register(watcher.Stops);
        await workspace.Get<ServeOperation>().RunAsync(watcher, stop);
        context.WriteJson(new { fires = watcher.Told });
        context.Say("Stopped. What was committed is kept; what was not done is taken up when it serves again.");
        return ExitCodes.Done;
    }
}
