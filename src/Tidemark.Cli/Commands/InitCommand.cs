using System.CommandLine;
using Tidemark.Hosting.Workspace;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark init [DIR]</c>: writes a tidemark.yaml with every key present and commented.</summary>
internal sealed class InitCommand : CliCommand
{
    private readonly Argument<string> _folder = new("DIR")
    {
        Description = "The folder of the new workspace",
        DefaultValueFactory = _ => ".",
    };

    public override Command Build() => new("init", "Write a new workspace") { _folder };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var folder = context.World.FullPath(parse.GetValue(_folder)!);
        var file = WorkspaceWriter.Init(folder);
        context.WriteJson(new { workspace = folder, file });
        context.Say($"Wrote {file}. Set TUSHARE_TOKEN, look through the file, then: tidemark doctor && tidemark run");
        return await Task.FromResult(ExitCodes.Done);
    }
}
