using System.CommandLine;
using Tidemark.Cli.Output;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary>
/// <c>tidemark catalog refresh</c>: writes views and macros over the newest versions, and the user's own.
/// <c>migrate</c> does the same and reports the result of each migration.
/// </summary>
internal sealed class CatalogCommand : CliCommand
{
    private readonly Command _refresh = new("refresh", "Write the views and macros of catalog.duckdb again");
    private readonly Command _migrate = new("migrate", "Apply definitions/catalog/*.sql and list them");

    public override Command Build() => new("catalog", "The DuckDB catalog of the lake") { _refresh, _migrate };

    public override bool Runs(Command command) => command == _refresh || command == _migrate;

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var workspace = context.OpenWorkspace();
        var response = await workspace.Get<CatalogOperation>().RunAsync(stop);
        context.WriteJson(
            new
            {
                catalog = response.Path,
                tables = response.Tables,
                migrations = response.Migrations,
                left_out = response.LeftOut.Tables.Select(l => new
                {
                    l.Name,
                    l.Code,
                    l.Reason,
                }),
            }
        );
        context.Say($"{response.Path}: {response.Tables.Count} tables, {response.Migrations.Count} migrations");
        if (parse.CommandResult.Command == _migrate)
        {
            foreach (var migration in response.Migrations)
            {
                context.Say($"{migration.Version:D3} {migration.Name}: {migration.Change}");
            }
        }

        LeftOutText.Write(context, response.LeftOut);
        return ExitCodes.Of(response.Verdict);
    }
}
