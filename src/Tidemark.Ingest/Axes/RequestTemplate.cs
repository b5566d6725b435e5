using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// The parameters of a dataset's calls with what differs between units filled in: <c>{dt}</c>, <c>{from}</c>,
/// <c>{to}</c> (with a format of their own after a colon, else YYYYMMDD), <c>{month}</c>, <c>{quarter}</c>,
/// <c>{year}</c>, <c>{part}</c>.
/// </summary>
internal static partial class RequestTemplate
{
    public const string Day = "dt";
    public const string From = "from";
    public const string To = "to";
    public const string Month = "month";
    public const string Quarter = "quarter";
    public const string Year = "year";
    public const string Part = "part";

    /// <summary>Every word that may stand in braces.</summary>
    public static IReadOnlyList<string> Words { get; } = [Day, From, To, Month, Quarter, Year, Part];

    /// <summary>Every word that tells one period from another.</summary>
    public static IReadOnlyList<string> PeriodWords { get; } = [Day, From, To, Month, Quarter, Year];

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
                values.Select(v => new Dictionary<string, string>(c, StringComparer.Ordinal) { [name] = v })
            );
        }

        return combinations.Select(c => new VendorRequest(dataset.Api, c, dataset.Columns, dataset.RowCap)
        {
            Key = dataset.Key,
        });
    }

    /// <summary>The words in braces of a parameter; null where something in braces is none.</summary>
    public static IReadOnlyList<string>? WordsIn(string value)
    {
        var words = new List<string>();
        var rest = Placeholder()
            .Replace(
                value,
                match =>
                {
                    words.Add(match.Groups["word"].Value);
                    return "";
                }
            );
        return rest.AsSpan().ContainsAny('{', '}') || words.Except(Words).Any() ? null : words;
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
            ? Placeholder()
                .Replace(value, match => Text(match.Groups["word"].Value, match.Groups["format"].Value, unit, from, to))
            : value;

    private static string Text(string word, string format, UnitId unit, DateOnly from, DateOnly to) =>
        word switch
        {
            Day => Formatted(unit.Day, format),
            From => Formatted(from, format),
            To => Formatted(to, format),
            Month => PeriodText(UnitPeriod.Containing(PeriodKind.Month, unit.Day)),
            Quarter => PeriodText(UnitPeriod.Containing(PeriodKind.Quarter, unit.Day)),
            Year => PeriodText(UnitPeriod.Containing(PeriodKind.Year, unit.Day)),
            _ => unit.Part ?? "",
        };

    private static string Formatted(DateOnly day, string format) =>
        format.Length == 0 ? day.ToCompact() : day.ToString(format, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{(?<word>[a-z]+)(:(?<format>[yMd/\-.]+))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
