using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Definitions.Scaffolds;

/// <summary>What a column of an answer seems to be.</summary>
/// <param name="Name">A name that the lake can have.</param>
/// <param name="Field">The vendor's name of it.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Values">As the vendor sent them, absent ones left out.</param>
/// <param name="HasGaps">Whether a row lacks it.</param>
/// <param name="Doubt">What has to be checked; null where the values leave no doubt.</param>
internal sealed partial record ColumnGuess(
    string Name,
    string Field,
    ColumnKind Kind,
    IReadOnlyList<string> Values,
    bool HasGaps,
    string? Doubt
)
{
    /// <summary>How days are written.</summary>
    public static readonly string[] DayFormats = ["yyyyMMdd", "yyyy-MM-dd"];

    private const int FirstYear = 1900;
    private const int LastYear = 2100;
    private static readonly string[] s_momentFormats = ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm"];

    /// <summary>The columns of an answer; one whose name comes twice counts once.</summary>
    public static IReadOnlyList<ColumnGuess> Of(AnswerSample answer)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "dt" }; // the lake's own
        var fields = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var columns = new List<ColumnGuess>();
        for (var i = 0; i < answer.Fields.Count; i++)
        {
            var field = answer.Fields[i];
            if (string.IsNullOrWhiteSpace(field) || !fields.Add(field))
            {
                continue;
            }

            SampleValue[] all = [.. answer.Rows.Select(row => row[i])];
            SampleValue[] values = [.. all.Where(value => !IsAbsent(value))];
            var (kind, doubt) = KindOf(field, values);
            columns.Add(
                new ColumnGuess(
                    NameOf(field, i, names),
                    field,
                    kind,
                    [.. values.Select(value => value.Text)],
                    values.Length < all.Length,
                    doubt
                )
            );
        }

        return columns;
    }

    /// <summary>A day as this column's values are written; null when it is none.</summary>
    public static DateOnly? DayOf(string text) =>
        DateOnly.TryParseExact(text, DayFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year is >= FirstYear and <= LastYear
            ? day
            : null;

    // As the decoder reads them in columns that are no text.
    private static bool IsAbsent(SampleValue value) =>
        value.Kind == SampleKind.Null || value is { Kind: SampleKind.Text, Text: "" };

    private static string NameOf(string field, int index, HashSet<string> taken)
    {
        var name = Unusual().Replace(field.ToLowerInvariant(), "_").Trim('_');
        if (name.Length == 0 || !char.IsAsciiLetterLower(name[0]))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"column_{index + 1}");
        }

        var free = name;
        for (var i = 2; !taken.Add(free); i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        return free;
    }

    private static (ColumnKind Kind, string? Doubt) KindOf(string field, SampleValue[] values)
    {
        if (values.Length == 0)
        {
            return (ColumnKind.Text, "no row has a value: which type has it");
        }

        var kinds = values.Select(value => value.Kind).Distinct().ToArray();
        if (kinds.Length > 1)
        {
            return (ColumnKind.Text, "values of several kinds: which type has it");
        }

        return kinds[0] switch
        {
            SampleKind.Boolean => (ColumnKind.Boolean, null),
            SampleKind.Number => KindOfNumbers(field, values),
            _ => KindOfTexts(field, values),
        };
    }

    private static (ColumnKind Kind, string? Doubt) KindOfNumbers(string field, SampleValue[] values) =>
        IsDayName(field) && values.All(value => DayOf(value.Text) is not null) ? (ColumnKind.Date, null)
        : IsCodeName(field) ? (ColumnKind.Text, "numbers: a code is text, a quantity double")
        : values.All(value => long.TryParse(value.Text, CultureInfo.InvariantCulture, out _))
            ? (ColumnKind.Double, "whole numbers only: long, if it is never another")
        : (ColumnKind.Double, null);

    private static (ColumnKind Kind, string? Doubt) KindOfTexts(string field, SampleValue[] values)
    {
        if (!IsCodeName(field) && values.All(value => DayOf(value.Text) is not null))
        {
            return (ColumnKind.Date, IsDayName(field) ? null : "looks like days");
        }

        if (values.All(value => IsMoment(value.Text)))
        {
            return (ColumnKind.Timestamp, "read as Beijing time");
        }

        var isNumber = values.All(value =>
            double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        );
        return (
            ColumnKind.Text,
            isNumber && !IsCodeName(field) ? "numbers as text: double, if it is a quantity" : null
        );
    }

    private static bool IsMoment(string text) =>
        DateTime.TryParseExact(text, s_momentFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsDayName(string field) =>
        field.Contains("date", StringComparison.OrdinalIgnoreCase)
        || field.EndsWith("day", StringComparison.OrdinalIgnoreCase);

    private static bool IsCodeName(string field) =>
        field.EndsWith("code", StringComparison.OrdinalIgnoreCase)
        || field.EndsWith("symbol", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[^a-z0-9_]+")]
    private static partial Regex Unusual();
}
