using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Hosting;
using Tidemark.Lake;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark history TABLE</c>: the versions of a table, newest first.</summary>
internal sealed class HistoryCommand : CliCommand
{
    private readonly Argument<string> _table = new("TABLE") { Description = "For example ods.ods_daily" };

    public override Command Build() => new("history", "The versions of a table") { _table };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var table = await host.Get<DataLake>().FindAsync(parse.GetValue(_table)!, stop);
        var history = await table.HistoryAsync(stop);
        context.WriteJson(history);
        VersionTable.Write(context, history, "committed (UTC)", withOrigin: true);
        return ExitCodes.Done;
    }
}
