using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark tables</c>: lists the lake's tables with the versions that last changed their rows; <c>tables show
/// TABLE</c>: describes a table.
/// </summary>
internal sealed class TablesCommand : CliCommand
{
    private readonly TablesShow _show = new();
    private readonly Command _showCommand;

    public TablesCommand() => _showCommand = _show.Build();

    public override Command Build() => new("tables", "The lake's tables") { _showCommand };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        if (parse.CommandResult.Command == _showCommand)
        {
            return await _show.RunAsync(context, parse, stop);
        }

        await using var workspace = context.OpenWorkspace();
        var response = await workspace.Get<ListTables>().RunAsync(stop);
        context.WriteJson(response.Tables);
        if (response.IsNew)
        {
            context.Say("No tables yet: `tidemark run` fetches the first ones.");
        }
        else if (response.Tables.Count > 0)
        {
            VersionTable.Write(context, response.Tables, "changed");
        }

        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
