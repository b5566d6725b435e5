using System.CommandLine;
using Tidemark.Hosting;
using Tidemark.Lake.Catalog;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark catalog refresh</c>: views and macros over the newest versions.</summary>
internal sealed class CatalogCommand : CliCommand
{
    private readonly Command _refresh = new("refresh", "Write the views and macros of catalog.duckdb again");

    public override Command Build() => new("catalog", "The DuckDB catalog of the lake") { _refresh };

    public override bool Runs(Command command) => command == _refresh;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var catalog = host.Get<CatalogFile>();
        var refresh = await catalog.RefreshAsync(stop);
        context.WriteJson(new { catalog = catalog.Path, tables = refresh.Versions });
        context.Say($"{catalog.Path}: {refresh.Versions.Count} tables");
        return ExitCodes.Done;
    }
}
