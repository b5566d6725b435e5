using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark tables</c>: what is in the lake, and what changed its rows last; <c>tables show TABLE</c>: what a table consists of.</summary>
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

        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var lake = host.Get<DataLake>();
        var versions = new List<TableVersion>();
        var survey = await lake.SurveyAsync(stop);
        foreach (var snapshot in survey.Tables)
        {
            versions.Add(await lake.Table(snapshot.Table).LatestAsync(snapshot, stop));
        }

        context.WriteJson(versions);
        if (versions.Count == 0)
        {
            var gone = await host.Get<GoneTables>().FindAsync(stop);
            if (gone.Count == 0)
            {
                context.Say("No tables yet: `tidemark run` fetches the first ones.");
            }

            return LeftOutText.Write(context, [.. survey.LeftOut, .. gone], ExitCodes.Done);
        }

        VersionTable.Write(context, versions, "changed (UTC)");
        return LeftOutText.Write(context, survey.LeftOut, ExitCodes.Done);
    }
}
