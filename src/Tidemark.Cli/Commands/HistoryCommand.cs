using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark history TABLE</c>: the versions of a table, newest first.</summary>
internal sealed class HistoryCommand : CliCommand
{
    private readonly Argument<string> _table = TypedOptions.Table("ods.ods_daily");

    public override Command Build() => new("history", "The versions of a table") { _table };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var request = new HistoryRequest(parse.GetValue(_table)!);
        var history = await workspace.Get<ListTables>().HistoryAsync(request, stop);
        context.WriteJson(history);
        VersionTable.Write(context, history, "committed", withOrigin: true);
        return ExitCodes.Done;
    }
}
