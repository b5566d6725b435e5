using System.CommandLine;
using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark restore TABLE --version V</c>: an earlier version's content as a new version.</summary>
internal sealed class RestoreCommand : CliCommand
{
    private readonly Argument<string> _table = new("TABLE") { Description = "For example ods.ods_daily" };
    private readonly Option<long?> _version = new("--version")
    {
        Description = "The version, as history names it",
        HelpName = "N",
    };
    private readonly Option<DateTimeOffset?> _asOf = MomentOption("--as-of", "The version of that moment");

    public override Command Build() => new("restore", "Give a table an earlier content") { _table, _version, _asOf };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var version = parse.GetValue(_version);
        var moment = parse.GetValue(_asOf);
        if (version is null == moment is null)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "VERSION_INVALID",
                "Give either --version V or --as-of TIME. See `tidemark history TABLE`."
            );
        }

        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var table = await host.Get<DataLake>().FindAsync(parse.GetValue(_table)!, stop);
        var target = version ?? (await table.SnapshotAsOfAsync(moment!.Value, stop)).Version;
        var result = await new TableRestore(table).RestoreAsync(target, stop);
        if (result.IsNewVersion)
        {
            await host.Get<CatalogFile>().RefreshAsync(stop);
        }

        context.WriteJson(result);
        context.Say(
            result.IsNewVersion
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Table}: version {result.Version} has the content of version {target}: {result.RowsBefore:N0} → {result.Rows:N0} rows, {result.Partitions} partitions changed"
                )
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Table}: version {result.Version} has the content of version {target} already; nothing was done"
                )
        );
        return ExitCodes.Done;
    }
}
