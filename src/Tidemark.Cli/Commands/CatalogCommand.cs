using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Hosting;
using Tidemark.Lake.Catalog;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark catalog refresh</c>: views and macros over the newest versions, and the user's own. <c>migrate</c> does the same and says what became
/// of each migration.
/// </summary>
internal sealed class CatalogCommand : CliCommand
{
    private readonly Command _refresh = new("refresh", "Write the views and macros of catalog.duckdb again");
    private readonly Command _migrate = new("migrate", "Apply definitions/catalog/*.sql and list them");

    public override Command Build() => new("catalog", "The DuckDB catalog of the lake") { _refresh, _migrate };

    public override bool Runs(Command command) => command == _refresh || command == _migrate;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var catalog = host.Get<CatalogFile>();
        var before = catalog.AppliedMigrations();
        var refresh = await catalog.RefreshAsync(stop);
        var migrations = refresh
            .Migrations.Select(m => new
            {
                m.Version,
                m.Name,
                m.Sha256,
                Change = !before.TryGetValue(m.Version, out var hash) ? "new"
                : hash == m.Sha256 ? "same"
                : "changed",
            })
            .ToArray();
        context.WriteJson(
            new
            {
                catalog = catalog.Path,
                tables = refresh.Versions,
                migrations,
                left_out = refresh.LeftOut.Select(l => new
                {
                    l.Name,
                    l.Code,
                    l.Reason,
                }),
            }
        );
        context.Say($"{catalog.Path}: {refresh.Versions.Count} tables, {migrations.Length} migrations");
        if (parse.CommandResult.Command == _migrate)
        {
            foreach (var migration in migrations)
            {
                context.Say($"{migration.Version:D3} {migration.Name}: {migration.Change}");
            }
        }

        return LeftOutText.Write(context, refresh.LeftOut, ExitCodes.Done);
    }
}
