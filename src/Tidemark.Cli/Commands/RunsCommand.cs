using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Runs;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark runs</c> and <c>tidemark runs show ID</c>: the history, with steps and errors.</summary>
internal sealed class RunsCommand : CliCommand
{
    private const int DefaultLast = 20;
    private readonly Option<int> _last = new("--last")
    {
        Description = "How many",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultLast,
    };

    private readonly Argument<string> _id = new("ID") { Description = "A run's id or the beginning of it" };
    private readonly Option<bool> _steps = new("--steps") { Description = "Every step, also of what went well" };

    private readonly Command _show;

    public RunsCommand()
    {
        TypedOptions.Bound(_last, 1);
        _show = new Command("show", "One run: a line a dataset, and what was not done") { _id, _steps };
    }

    public override Command Build() => new("runs", "The history of runs; `runs ID` is `runs show ID`") { _last, _show };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var history = workspace.Get<RunHistory>();
        if (parse.CommandResult.Command == _show)
        {
            var run = await history.ShowAsync(new RunDetailRequest(parse.GetValue(_id)!), stop);
            RunsText.Write(context, run, parse.GetValue(_steps));
        }
        else
        {
            RunsText.Write(context, await history.ListAsync(new RunsRequest(parse.GetValue(_last)), stop));
        }

        return ExitCodes.Done;
    }
}
