using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Workspaces;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark init [DIR]</c>: writes a tidemark.yaml with every key present and commented.</summary>
internal sealed class InitCommand : CliCommand
{
    private readonly Argument<string> _folder = CommonOptions.NewWorkspace("The folder of the new workspace", ".");

    public override Command Build() => new("init", "Write a new workspace") { _folder };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var operations = context.WithoutWorkspace();
        var request = new InitRequest(context.World.FullPath(parse.GetValue(_folder)!));
        var made = operations.Get<InitOperation>().Run(request);
        context.WriteJson(new { workspace = made.Workspace, file = made.File });
        context.Say(
            $"Wrote {made.File}. Set TUSHARE_TOKEN, look through the file, then: tidemark doctor && tidemark run"
        );
        return ExitCodes.Done;
    }
}
