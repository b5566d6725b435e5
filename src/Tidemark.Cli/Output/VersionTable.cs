using System.Globalization;
using Spectre.Console;
using Tidemark.Lake.Tables;

namespace Tidemark.Cli.Output;

/// <summary>Table versions for people.</summary>
internal static class VersionTable
{
    public static void Write(CommandContext context, IReadOnlyList<TableVersion> versions)
    {
        if (context.IsJson)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("table", "version", "committed (UTC)", "operation");
        foreach (var right in new[] { "rows", "files", "bytes" })
        {
            table.AddColumn(new TableColumn(right).RightAligned());
        }

        foreach (var v in versions)
        {
            table.AddRow(
                Markup.Escape(v.Table),
                v.Version.ToString(CultureInfo.InvariantCulture),
                v.Timestamp.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                Markup.Escape(v.Operation ?? ""),
                v.Rows.ToString("N0", CultureInfo.InvariantCulture),
                v.Files.ToString("N0", CultureInfo.InvariantCulture),
                v.Bytes.ToString("N0", CultureInfo.InvariantCulture)
            );
        }

        context.Terminal.Write(table);
    }
}
