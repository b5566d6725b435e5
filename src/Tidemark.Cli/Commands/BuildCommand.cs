using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake.Catalog;
using Tidemark.Operations.Tables;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark build [TABLE…]</c>: the warehouse tables that are out of date.</summary>
internal sealed class BuildCommand : CliCommand
{
    private readonly Argument<string[]> _tables = new("TABLE")
    {
        Description = "Layers or tables; all when none is named",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<DateOnly?> _dt = DateOption("--dt", "Only this day");
    private readonly Option<DateOnly?> _from = DateOption("--from", "First day");
    private readonly Option<DateOnly?> _to = DateOption("--to", "Last day");
    private readonly Option<bool> _full = new("--full") { Description = "Also what is up to date" };

    public override Command Build() =>
        new("build", "Build the warehouse tables that are out of date") { _tables, _dt, _from, _to, _full };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        var day = parse.GetValue(_dt);
        if (day is not null && (parse.GetValue(_from) ?? parse.GetValue(_to)) is not null)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "RANGE_AMBIGUOUS",
                "Give --dt, or --from and --to, not both."
            );
        }

        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var request = new BuildRequest(
            context.World.Ids.NewId().ToString(),
            parse.GetValue(_tables)!,
            day ?? parse.GetValue(_from),
            day ?? parse.GetValue(_to),
            parse.GetValue(_full)
        );
        var result = await BuildAsync(context, host, request, stop);
        await host.Get<CatalogFile>().RefreshAsync(stop);
        context.WriteJson(
            new
            {
                built = result.Built,
                skipped = result.Skipped,
                kept = result.Kept,
                failed = result.Failed,
                blocked = result.Blocked,
            }
        );
        return result.IsSuccess ? ExitCodes.Done
            : result.LacksOnlyTables ? ExitCodes.Incomplete
            : ExitCodes.Failed;
    }

    /// <summary>Builds and says what was built.</summary>
    public static async Task<BuildResult> BuildAsync(
        CommandContext context,
        TidemarkHost host,
        BuildRequest request,
        CancellationToken stop
    )
    {
        var builder = host.Get<WarehouseBuilder>();
        var project = host.Get<WarehouseProject>();
        var result = await builder.BuildAsync(project, request, progress: null, stop);
        await host.Get<BuiltTables>().NoteAsync(result, CancellationToken.None);
        foreach (var table in project.Off.Where(t => t.Reads is not null))
        {
            context.Progress.WriteLine($"{table.Id}: not built, because {table.Because}");
        }

        foreach (var table in result.Built.GroupBy(b => b.Table))
        {
            context.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Key}: {table.Count()} partitions, {table.Sum(b => b.Rows):N0} rows in {table.Sum(b => b.Seconds):F1} s"
                )
            );
        }

        if (result is { Built.Count: 0, Failed.Count: 0, Blocked.Count: 0 })
        {
            context.Say(
                result.Kept.Count > 0 ? "Nothing was built: all that can be made again is up to date."
                : result.Skipped.Any(s => s.Partitions > 0)
                    ? "Nothing was built: all is up to date (--full builds it again)."
                : "Nothing was built: there is nothing of these days to build from."
            );
        }

        foreach (var kept in result.Kept)
        {
            context.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kept.Table}: {kept.Partitions} days are kept as they stand ({kept.From.ToIso()} … {kept.To.ToIso()}): {string.Join(", ", kept.Inputs)} no longer has what they were made from"
                )
            );
        }

        foreach (var failure in result.Failed)
        {
            var day = failure.Dt is { } dt ? $" {dt.ToIso()}" : "";
            context.Progress.WriteLine($"{failure.Table}{day}: {failure.Code}: {failure.Error}");
        }

        foreach (var table in result.Blocked)
        {
            context.Progress.WriteLine($"{table.Table}: not built, because {table.Because}");
        }

        return result;
    }
}
