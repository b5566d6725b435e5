using System.Globalization;
using Spectre.Console;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Maintenance;

namespace Tidemark.Cli.Output;

/// <summary>Writes what a vacuum removed, or would remove, for people and for scripts.</summary>
internal static class VacuumText
{
    public static void Write(CommandContext context, VacuumResponse response)
    {
        context.WriteJson(Json(response));
        if (context.IsJson)
        {
            return;
        }

        Write(context, response.Tables);
        foreach (var link in response.Tables.SelectMany(t => t.Links))
        {
            context.Progress.WriteLine($"{link} is a link: it is not followed, and what it leads to stays.");
        }

        if (response.Others.Count > 0)
        {
            context.Progress.WriteLine(
                $"{string.Join(", ", response.Others)}: another program's, and left as it is; vacuum it with that program."
            );
        }

        context.Say(
            response.Applied
                ? $"{(response.Tables.Any(t => t.Objects.Count > 0) ? "Removed" : "There was nothing to remove")}. Versions from {context.Time.Minute(response.Cutoff)} on stay readable."
                : "Nothing was removed: this is what --apply would remove."
        );
    }

    private static object Json(VacuumResponse response) =>
        new
        {
            applied = response.Applied,
            cutoff = response.Cutoff,
            tables = response.Tables.Select(t => new
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
        };

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
