using System.CommandLine;
using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark retention</c>: drops what the workspace keeps no longer.</summary>
internal sealed class RetentionCommand : CliCommand
{
    private readonly Option<bool> _apply = new("--apply")
    {
        Description = "Drop it; without this only say what would go",
    };

    public override Command Build() => new("retention", "Drop days that the workspace keeps no longer") { _apply };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        await host.Get<RetentionList>().EnsureKnownAsync(stop);
        var lake = host.Get<DataLake>();
        var apply = parse.GetValue(_apply);
        var now = TimeZoneInfo.ConvertTime(context.World.Clock.GetUtcNow(), host.Options.TimeZone);
        var today = DateOnly.FromDateTime(now.DateTime);
        var tables = new List<TableRetention>();
        foreach (var (id, days) in host.Options.Retention.Days.OrderBy(r => TableId.Parse(r.Key)))
        {
            // A table that is declared but has no data yet has nothing to drop either.
            tables.Add(await Retention.DropAsync(lake.Table(TableId.Parse(id)), days, today, apply, stop));
        }

        var raw = await new Retention(lake).DropRawAsync(host.Options.Raw.Keep, apply, stop);
        if (tables.Any(t => t.Version is not null))
        {
            await host.Get<CatalogFile>().RefreshAsync(stop);
        }

        var dropped = tables.Where(t => t.Partitions > 0).Select(t => TableId.Parse(t.Table)).ToHashSet();
        var readers = dropped.Count == 0 ? [] : host.Get<WarehouseProject>().Tables;
        context.WriteJson(
            new
            {
                applied = apply,
                tables,
                raw,
            }
        );
        foreach (var table in tables)
        {
            context.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Table}: {table.Partitions} days before {table.Cutoff.ToIso()} ({table.Rows:N0} rows, {table.Bytes:N0} bytes)"
                )
            );
        }

        SayWhatComesBack(context, host.Get<WorkspacePlan>(), tables);
        foreach (var reader in readers)
        {
            var read = reader.Inputs.Where(i => dropped.Contains(i.Table)).ToLookup(i => reader.HasDays);
            foreach (var input in read[true])
            {
                context.Say($"{reader.Id}: days that were made from {input.Table} stay as they stand");
            }

            foreach (var input in read[false])
            {
                context.Say($"{reader.Id}: reads all days of {input.Table}; the next build makes it without these");
            }
        }

        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"raw: {raw.Files:N0} payloads received before {raw.Cutoff.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({raw.Bytes:N0} bytes)"
            )
        );
        context.Say(
            apply && tables.All(t => t.Partitions == 0) && raw.Files == 0 ? "There was nothing to drop."
            : apply ? "Dropped. Older versions still have the days, until `tidemark vacuum --apply`."
            : "Nothing was dropped: this is what --apply would drop."
        );
        return ExitCodes.Done;
    }

    // What the plan wants is fetched when it is not there, be it that it was dropped.
    private static void SayWhatComesBack(CommandContext context, WorkspacePlan plan, List<TableRetention> tables)
    {
        DateOnly from;
        try
        {
            from = plan.Window().From;
        }
        catch (TidemarkException)
        {
            return; // a calendar that has ended: no run fetches anything
        }

        foreach (var table in tables.Where(t => t.Partitions > 0 && t.Cutoff > from))
        {
            if (TableId.Parse(table.Table).Layer == "ods")
            {
                context.Say(
                    $"{table.Table}: the plan wants the days from {from.ToIso()} on. Those before {table.Cutoff.ToIso()} are missing then, and the next run fetches them again: keep them, or let plan.from in tidemark.yaml be later."
                );
            }
        }
    }
}
