using System.Globalization;
using System.Text;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Tests.Reference;

/// <summary>The generated part of docs/datasets.md: what is shipped, as its declarations say.</summary>
internal static class DatasetPage
{
    public static string Of(IReadOnlyList<DatasetDefinition> datasets)
    {
        var page = new StringBuilder();
        page.Append("| dataset | batch | bucket | fetched | expected | axes | rows an answer | points | history | |\n");
        page.Append("|---|---|---|---|---|---|---|---|---|---|\n");
        DatasetDefinition[] ordered =
        [
            .. datasets
                .OrderBy(d => d.Batch, StringComparer.Ordinal)
                .ThenBy(d => d.Bucket)
                .ThenBy(d => d.Id, StringComparer.Ordinal),
        ];
        foreach (var each in ordered)
        {
            page.Append(CultureInfo.InvariantCulture, $"| [{each.Id}](#{each.Id.Replace(".", "")}) | {each.Batch} ");
            page.Append(CultureInfo.InvariantCulture, $"| {each.Bucket.Name()} | {Fetched(each)} ");
            page.Append(CultureInfo.InvariantCulture, $"| {Word(each.Expected)} | {Axes(each)} ");
            page.Append(
                CultureInfo.InvariantCulture,
                $"| {each.RowCap:N0}{(each.Limit is { } limit ? $", {limit}" : "")} | {each.Needs} "
            );
            page.Append(CultureInfo.InvariantCulture, $"| {each.History?.ToIso() ?? "unknown"} | {State(each)} |\n");
        }

        foreach (var each in ordered)
        {
            Append(page, each);
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, DatasetDefinition dataset)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {dataset.Id}\n\n{dataset.Title} ({dataset.TitleZh}). ");
        page.Append(CultureInfo.InvariantCulture, $"Module `{dataset.Module}`, table `ods.{dataset.Table}`, ");
        page.Append(CultureInfo.InvariantCulture, $"calendar {dataset.Calendar}, due {Due(dataset)}. ");
        page.Append(
            dataset.Key.Count == 0
                ? "No key: equal rows are legal.\n\n"
                : $"Key: {string.Join(", ", dataset.Key.Select(Code))}.\n\n"
        );
        page.Append("| column | type | unit | meaning | 含义 |\n|---|---|---|---|---|\n");
        foreach (var column in dataset.Columns)
        {
            var field = column.Field == column.Name ? "" : $" (the vendor's `{column.Field}`)";
            var type = Word(column.Kind);
            var may =
                column.Since is { } since ? $", since {since.ToIso()}"
                : column.Optional ? ", optional"
                : "";
            page.Append(CultureInfo.InvariantCulture, $"| {Code(column.Name)}{field} | {type}{may} | {column.Unit} ");
            page.Append(CultureInfo.InvariantCulture, $"| {column.Description} | {column.DescriptionZh} |\n");
        }
    }

    private static string Due(DatasetDefinition dataset) =>
        string.Create(CultureInfo.InvariantCulture, $"{dataset.AvailableAt:HH:mm}")
        + dataset.AvailableDaysLater switch
        {
            0 => "",
            1 => " the day after",
            var days => string.Create(CultureInfo.InvariantCulture, $" {days} days later"),
        };

    private static string Fetched(DatasetDefinition dataset) =>
        dataset.Per == PeriodKind.Day ? Word(dataset.Grain) : $"{Word(dataset.Grain)}, per {Word(dataset.Per)}";

    private static string Axes(DatasetDefinition dataset)
    {
        var part =
            dataset.Part?.Symbols is { } list ? $"by symbol of {list.Dataset}"
            : dataset.Part?.Values is { } values
                ? string.Create(CultureInfo.InvariantCulture, $"{values.Count} by `{dataset.Part.Column}`")
            : "whole";
        return dataset.BySymbol is null ? part : $"{part}; or by symbol";
    }

    private static string State(DatasetDefinition dataset) =>
        dataset.Retired is not null ? "retired"
        : dataset.IsStandby ? "standby"
        : "on";

    private static string Word<T>(T value)
        where T : struct, Enum => YamlScalars.WordOf(value);

    private static string Code(string name) => $"`{name}`";
}
