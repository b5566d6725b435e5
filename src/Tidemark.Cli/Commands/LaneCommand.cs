using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Jobs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark pause|resume|cancel [SCOPE]</c>: of what runs in any process.</summary>
internal sealed class LaneCommand(string name, LaneWish wish, string description) : CliCommand
{
    private readonly Argument<string?> _scope = new("SCOPE")
    {
        Description = $"{string.Join(", ", ControlLanes.Scopes)}; nothing means all",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The three commands.</summary>
    public static IReadOnlyList<CliCommand> All() =>
        [
            new LaneCommand(
                "pause",
                LaneWish.Pause,
                "Let nothing begin, and what runs wait at its next unit, until `tidemark resume`"
            ),
            new LaneCommand("resume", LaneWish.Resume, "End a pause"),
            new LaneCommand("cancel", LaneWish.Cancel, "End what runs after the commit in flight"),
        ];

    public override Command Build()
    {
        _scope.AcceptOnlyFromAmong([.. ControlLanes.Scopes]);
        return new Command(name, description) { _scope };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var after = await workspace
            .Get<ControlLanes>()
            .AskAsync(wish, parse.GetValue(_scope), $"tidemark {name}", stop);
        LaneText.Write(context, after);
        context.WriteJson(new { lanes = after.Select(LaneText.Json) });
        return ExitCodes.Done;
    }
}
