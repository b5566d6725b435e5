using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// Fills the parameters of a dataset's calls with the values of one unit: <c>{dt}</c>, <c>{from}</c>, <c>{to}</c> (with
/// a format of their own after a colon, else YYYYMMDD), <c>{month}</c>, <c>{quarter}</c>, <c>{year}</c>, <c>{part}</c>
/// (<c>{part:code}</c>, <c>{part:prefixed}</c>).
/// </summary>
internal static class RequestTemplate
{
    /// <summary>The requests of a unit, or of some of its days: one for each combination of the fan-out.</summary>
    public static IEnumerable<VendorRequest> Fill(DatasetDefinition dataset, UnitId unit, DateOnly from, DateOnly to)
    {
        var parameters = dataset.Parameters.ToDictionary(
            p => p.Key,
            p => Fill(p.Value, unit, from, to),
            StringComparer.Ordinal
        );
        IEnumerable<Dictionary<string, string>> combinations = [parameters];
        foreach (var (name, values) in dataset.FanOut)
        {
            combinations = combinations.SelectMany(c =>
                values.Select(v => new Dictionary<string, string>(c, StringComparer.Ordinal)
                {
                    [name] = Fill(v, unit, from, to),
                })
            );
        }

        var columns = dataset.ColumnsUntil(to);
        var key = dataset.Key;
        if (columns.Any(column => column.IsPart))
        {
            columns = [.. columns.Where(column => !column.IsPart)];
            key = [.. key.Where(name => columns.Any(column => column.Name == name))];
        }

        return combinations.Select(c => new VendorRequest(dataset.Api, c, columns, dataset.RowCap)
        {
            Key = key,
            HasEqualRows = dataset.Key.Count == 0,
        });
    }

    /// <summary>A period as Tushare writes it: 202206, 2022Q2, 2022; a day as 20220601.</summary>
    public static string PeriodText(UnitPeriod period) =>
        period.Kind switch
        {
            PeriodKind.Month => period.First.ToString("yyyyMM", CultureInfo.InvariantCulture),
            PeriodKind.Quarter or PeriodKind.Year => period.ToString(),
            _ => period.First.ToCompact(),
        };

    private static string Fill(string value, UnitId unit, DateOnly from, DateOnly to) =>
        value.Contains('{', StringComparison.Ordinal)
            ? RequestWords.Placeholder.Replace(
                value,
                match => Text(match.Groups["word"].Value, match.Groups["format"].Value, unit, from, to)
            )
            : value;

    private static string Text(string word, string format, UnitId unit, DateOnly from, DateOnly to) =>
        word switch
        {
            RequestWords.Day => Formatted(unit.Day, format),
            RequestWords.From => Formatted(from, format),
            RequestWords.To => Formatted(to, format),
            RequestWords.Month => PeriodText(UnitPeriod.Containing(PeriodKind.Month, unit.Day)),
            RequestWords.Quarter => PeriodText(UnitPeriod.Containing(PeriodKind.Quarter, unit.Day)),
            RequestWords.Year => PeriodText(UnitPeriod.Containing(PeriodKind.Year, unit.Day)),
            _ => RequestWords.Spelled(unit.Part ?? "", format),
        };

    private static string Formatted(DateOnly day, string format) =>
        format.Length == 0 ? day.ToCompact() : day.ToString(format, CultureInfo.InvariantCulture);
}
