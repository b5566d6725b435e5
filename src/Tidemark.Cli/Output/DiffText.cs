using System.Globalization;
using Spectre.Console;
using Tidemark.Core;
using Tidemark.Lake.Maintenance;

namespace Tidemark.Cli.Output;

/// <summary>Writes the differences between two versions of a table for people.</summary>
internal static class DiffText
{
    public static void Write(CommandContext context, DiffResult diff)
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
