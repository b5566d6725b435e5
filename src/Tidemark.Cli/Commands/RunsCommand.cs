using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations;
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

    private readonly Argument<string?> _id = new("ID")
    {
        Description = "A run's id or the beginning of it; without it the one that runs now, else the newest",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<bool> _steps = new("--steps") { Description = "Every step, also of what went well" };
    private readonly Option<bool> _follow = new("--follow")
    {
        Description = "Tell what it does until it ends, whichever process runs it; Ctrl-C ends only the watching",
    };

    private readonly Option<bool> _log = new("--log") { Description = "The lines of the log that name it" };

    private readonly Command _show;

    public RunsCommand()
    {
        TypedOptions.Bound(_last, 1);
        _show = new Command("show", "One run: how it ended, numbers that add up, and what was not done")
        {
            _id,
            _steps,
            _follow,
            _log,
        };
        _show.Validators.Add(show =>
        {
            if (show.GetValue(_log) && (show.GetValue(_follow) || show.GetValue(_steps)))
            {
                show.AddError("--log goes with neither --follow nor --steps");
            }
        });
    }

    public override Command Build() => new("runs", "The history of runs; `runs ID` is `runs show ID`") { _last, _show };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var history = workspace.Get<RunHistory>();
        if (parse.CommandResult.Command != _show)
        {
            RunsText.Write(context, await history.ListAsync(new RunsRequest(parse.GetValue(_last)), stop));
            return ExitCodes.Done;
        }

        var request = new RunDetailRequest(parse.GetValue(_id));
        if (parse.GetValue(_log))
        {
            var run = (await history.ShowAsync(request, stop)).Run.Row.Id;
            RunsText.Write(context, run, workspace.Get<RunLog>().Of(run));
            return ExitCodes.Done;
        }

        var shown = parse.GetValue(_follow)
            ? await FollowAsync(context, workspace, request, stop)
            : await history.ShowAsync(request, stop);
        RunsText.Write(context, shown, parse.GetValue(_steps));
        return ExitCodes.Done;
    }

    private static async Task<RecordedRunDetail> FollowAsync(
        CommandContext context,
        IOperations workspace,
        RunDetailRequest request,
        CancellationToken stop
    )
    {
        var view = new RunFollowView(context);
        try
        {
            return await workspace.Get<RunFollowing>().FollowAsync(request, view, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && view.Run is { } id)
        {
            context.Say("Not followed any more; the run is left alone. As it is now:");
            return await workspace.Get<RunHistory>().ShowAsync(new RunDetailRequest(id), CancellationToken.None);
        }
    }
}
