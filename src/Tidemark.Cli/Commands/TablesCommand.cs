using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark tables</c>: what is in the lake; <c>tables show TABLE</c>: what a table consists of.</summary>
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
        var versions = new List<TableVersion>();
        var survey = await host.Get<DataLake>().SurveyAsync(stop);
        foreach (var snapshot in survey.Tables)
        {
            versions.Add(
                new TableVersion(
                    snapshot.Table.ToString(),
                    snapshot.Version,
                    DateTimeOffset.FromUnixTimeMilliseconds(snapshot.Commit?.Timestamp ?? 0),
                    snapshot.Commit?.Operation,
                    snapshot.Commit?.RunId,
                    snapshot.RowCount,
                    snapshot.Files.Count,
                    snapshot.Bytes,
                    snapshot.Commit?.OperationParameters,
                    snapshot.Commit?.Inputs
                )
            );
        }

        context.WriteJson(versions);
        VersionTable.Write(context, versions);
        return LeftOutText.Write(context, survey.LeftOut, ExitCodes.Done);
    }
}
