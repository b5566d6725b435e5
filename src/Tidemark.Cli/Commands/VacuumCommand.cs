using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark vacuum [TABLE…]</c>: removes data files that no version within the retention needs.</summary>
internal sealed class VacuumCommand : CliCommand
{
    private readonly Argument<string[]> _tables = new("TABLE")
    {
        Description = "All tables when none is named",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<TimeSpan> _olderThan = DurationOption(
        "--older-than",
        "Versions of this long stay readable; without it those of 7 days",
        TimeSpan.FromDays(7)
    );

    private readonly Option<bool> _apply = new("--apply") { Description = "Remove the files" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only say what would go (the default)" };

    public override Command Build()
    {
        var command = new Command("vacuum", "Remove files that no version within the retention needs")
        {
            _tables,
            _olderThan,
            _apply,
            _dryRun,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_apply) && result.GetValue(_dryRun))
            {
                result.AddError("Give --apply or --dry-run, not both.");
            }
        });
        return command;
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var lake = host.Get<DataLake>();
        var vacuum = new Vacuum(lake);
        var cutoff = vacuum.Cutoff(parse.GetValue(_olderThan));
        var apply = parse.GetValue(_apply);
        var tables = new List<TableVacuum>();
        var failed = new List<LeftOut>();
        var named = parse.GetValue(_tables)!;
        var (own, others) = await lake.FindOwnAsync(named, stop);
        foreach (var table in own)
        {
            try
            {
                var plan = await vacuum.PlanAsync(table, cutoff, stop);
                tables.Add(apply ? await vacuum.ApplyAsync(plan, stop) : plan);
            }
            catch (TidemarkException e) when (named.Length != 1 && LakeSurvey.IsOfTheTable(e))
            {
                failed.Add(LeftOut.Of(table.Id, e));
            }
        }

        context.WriteJson(
            new
            {
                applied = apply,
                cutoff,
                tables = tables.Select(t => new
                {
                    t.Table,
                    t.Files,
                    t.Bytes,
                    t.Links,
                    objects = t.Objects.Select(o => new
                    {
                        o.Key,
                        o.Bytes,
                        o.Modified,
                        reason = o.Reason.ToString().ToLowerInvariant(),
                    }),
                }),
            }
        );
        if (!context.IsJson)
        {
            Write(context, tables);
            foreach (var link in tables.SelectMany(t => t.Links))
            {
                context.Progress.WriteLine($"{link} is a link: it is not followed, and what it leads to stays.");
            }

            if (others.Count > 0)
            {
                context.Progress.WriteLine(
                    $"{string.Join(", ", others)}: another program's, and left as it is; vacuum it with that program."
                );
            }

            context.Say(
                apply
                    ? $"{(tables.Any(t => t.Objects.Count > 0) ? "Removed" : "There was nothing to remove")}. Versions from {cutoff.UtcDateTime:yyyy-MM-dd HH:mm} UTC on stay readable."
                    : "Nothing was removed: this is what --apply would remove."
            );
        }

        return await LeftOutText.WriteAsync(context, host, named, ExitCodes.Done, stop, failed);
    }

    private static void Write(CommandContext context, IReadOnlyList<TableVacuum> tables)
    {
        var shown = new Table().Border(TableBorder.Simple).AddColumn("table");
        foreach (var right in new[] { "removed", "unreferenced", "interrupted", "bytes" })
        {
            shown.AddColumn(new TableColumn(right).RightAligned());
        }

        foreach (var table in tables)
        {
            var counts = table.Objects.CountBy(o => o.Reason).ToDictionary();
            long[] numbers =
            [
                counts.GetValueOrDefault(VacuumReason.Removed),
                counts.GetValueOrDefault(VacuumReason.Unreferenced),
                counts.GetValueOrDefault(VacuumReason.Interrupted),
                table.Bytes,
            ];
            shown.AddRow([table.Table, .. numbers.Select(n => n.ToString("N0", CultureInfo.InvariantCulture))]);
        }

        context.Terminal.Write(shown);
    }
}
