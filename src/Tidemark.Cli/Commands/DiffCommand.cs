using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark diff TABLE V1 V2</c>: rows that differ between two versions.</summary>
internal sealed class DiffCommand : CliCommand
{
    private readonly Argument<string> _table = new("TABLE") { Description = "For example ods.ods_daily" };
    private readonly Argument<long> _from = new("V1") { Description = "A version" };
    private readonly Argument<long> _to = new("V2") { Description = "A later version" };
    private readonly Option<int> _rows = new("--rows") { Description = "Show so many rows", HelpName = "N" };

    public override Command Build()
    {
        _rows.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--rows is less than 0");
            }
        });
        return new Command("diff", "Rows that differ between two versions") { _table, _from, _to, _rows };
    }

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        await using var host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
        var lake = host.Get<DataLake>();
        var table = await lake.FindAsync(parse.GetValue(_table)!, stop);
        var from = await table.SnapshotAtAsync(parse.GetValue(_from), stop);
        var to = await table.SnapshotAtAsync(parse.GetValue(_to), stop);
        var diff = await new TableDiff(lake).DiffAsync(from, to, parse.GetValue(_rows), stop);
        context.WriteJson(diff);
        if (!context.IsJson)
        {
            Write(context, diff);
        }

        return ExitCodes.Done;
    }

    private static void Write(CommandContext context, DiffResult diff)
    {
        foreach (var column in diff.ColumnsAdded)
        {
            context.Terminal.WriteLine($"column {column} added");
        }

        foreach (var column in diff.ColumnsRemoved)
        {
            context.Terminal.WriteLine($"column {column} removed");
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("partition");
        foreach (var right in new[] { "added", "removed", "changed" })
        {
            table.AddColumn(new TableColumn(right).RightAligned());
        }

        foreach (var p in diff.Partitions)
        {
            AddRow(table, p.Dt?.ToIso() ?? "", p.Added, p.Removed, p.Changed);
        }

        AddRow(table, "total", diff.Added, diff.Removed, diff.Changed);
        context.Terminal.Write(table);
        foreach (var row in diff.Rows)
        {
            var key = string.Join(", ", row.Key.Select(k => $"{k.Key}={k.Value ?? "null"}"));
            var changes = string.Join(
                ", ",
                row.Changes.Select(c => $"{c.Column} {c.Old ?? "null"} → {c.New ?? "null"}")
            );
            context.Terminal.WriteLine(
                $"{row.Kind, -8} {row.Dt?.ToIso()} {key}{(changes.Length > 0 ? ": " : "")}{changes}"
            );
        }
    }

    private static void AddRow(Table table, string name, params ReadOnlySpan<long> numbers)
    {
        var cells = new List<string> { name };
        foreach (var number in numbers)
        {
            cells.Add(number.ToString("N0", CultureInfo.InvariantCulture));
        }

        table.AddRow([.. cells]);
    }
}
