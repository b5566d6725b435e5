using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Operations.Jobs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark pause|resume|cancel [SCOPE]</c>: of what runs in any process.</summary>
internal sealed class LaneCommand(
    string name,
    string description,
    Func<ControlLanes, string?, CancellationToken, Task<IReadOnlyList<LaneState>>> change
) : CliCommand
{
    private readonly Argument<string?> _scope = new("SCOPE")
    {
        Description = $"{string.Join(", ", Lanes.Scopes)}; nothing means all",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The three commands.</summary>
    public static IReadOnlyList<CliCommand> All() =>
        [
            new LaneCommand(
                "pause",
                "Let nothing begin, and what runs wait at its next unit, until `tidemark resume`",
                (lanes, scope, stop) => lanes.PauseAsync(scope, "tidemark pause", stop)
            ),
            new LaneCommand("resume", "End a pause", (lanes, scope, stop) => lanes.ResumeAsync(scope, stop)),
            new LaneCommand(
                "cancel",
                "End what runs after the commit in flight",
                (lanes, scope, stop) => lanes.CancelAsync(scope, stop)
            ),
        ];

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong([.. Lanes.Scopes]);
        return new Command(name, description) { _scope };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var after = await change(workspace.Get<ControlLanes>(), parse.GetValue(_scope), stop);
        LaneText.Write(context, after);
        context.WriteJson(new { lanes = after.Select(LaneText.Json) });
        return ExitCodes.Done;
    }
}
