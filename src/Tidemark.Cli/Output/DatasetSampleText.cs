using System.Globalization;
using Spectre.Console;
using Tidemark.Operations.Definitions;

namespace Tidemark.Cli.Output;

/// <summary>What <c>datasets sample</c> says: a line a field, with its values in the first rows beside it.</summary>
internal static class DatasetSampleText
{
    private const int RowsShown = 3;
    private const int CellLength = 24;

    public static void Write(CommandContext context, SampleDatasetResponse sample)
    {
        context.WriteJson(sample);
        if (context.IsJson)
        {
            return;
        }

        var asked = string.Join(", ", sample.Parameters.Select(each => $"{each.Key}={each.Value}"));
        context.Terminal.WriteLine($"{sample.Dataset}: {sample.Api}({asked}) at {sample.Vendor}");
        var grid = new Grid();
        var shown = Math.Min(sample.Rows.Count, RowsShown);
        for (var column = 0; column <= shown; column++)
        {
            grid.AddColumn(new GridColumn().NoWrap());
        }

        for (var field = 0; field < sample.Fields.Count; field++)
        {
            var name = sample.Fields[field];
            grid.AddRow([
                Markup.Escape(sample.Undeclared.Contains(name) ? $"{name} (not declared)" : name),
                .. Enumerable.Range(0, shown).Select(row => Markup.Escape(Short(sample.Rows[row][field]))),
            ]);
        }

        context.Terminal.Write(grid);
        context.Terminal.WriteLine(
            sample.Rows.Count > shown
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{sample.Rows.Count} rows came, {shown} are shown; --json has all of them"
                )
                : string.Create(CultureInfo.InvariantCulture, $"{sample.Rows.Count} rows came")
        );
    }

    private static string Short(string? value) =>
        value is null ? "–"
        : value.Length > CellLength ? value[..(CellLength - 1)] + "…"
        : value;
}
