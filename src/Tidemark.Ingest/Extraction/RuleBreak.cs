using System.Globalization;
using System.Numerics;
using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;

namespace Tidemark.Ingest.Extraction;

/// <summary>A rule of a dataset that rows of a unit break.</summary>
/// <param name="Rule">The rule in words, which tell it from others of the dataset: <c>low not above high</c>.</param>
/// <param name="Rows">How many rows break it.</param>
/// <param name="First">The first of them, with its key and value.</param>
public sealed record RuleBreak(string Rule, int Rows, string First)
{
    /// <summary>The rules of a dataset in words.</summary>
    public static IEnumerable<string> RulesOf(DatasetDefinition dataset) =>
        dataset.Rules.SelectMany(rule => new[] { RangeOf(rule), NullsOf(rule) }).OfType<string>();

    /// <summary>The rules of a policy that the rows break. Reads a column once for each rule.</summary>
    internal static IReadOnlyList<RuleBreak> Of(DatasetDefinition dataset, ColumnBatch rows, RulePolicy policy)
    {
        List<RuleBreak>? broken = null;
        foreach (var rule in dataset.Rules)
        {
            if (rule.OnBreak != policy || rows.RowCount == 0)
            {
                continue;
            }

            var column = rows[rule.Column];
            if (rule.NullsMax is { } most && column.NullCount > most * rows.RowCount)
            {
                (broken ??= []).Add(new RuleBreak(NullsOf(rule)!, column.NullCount, FirstNull(dataset, rows, column)));
            }

            if (RangeOf(rule) is { } range && Outside(rule, rows, out var first) is var count and > 0)
            {
                (broken ??= []).Add(new RuleBreak(range, count, Row(dataset, rows, rule, first)));
            }
        }

        return broken ?? [];
    }

    private static string? RangeOf(ColumnRule rule)
    {
        var text = new StringBuilder();
        Add("at least", rule.Min);
        Add("above", rule.Above);
        Add("at most", rule.Max);
        if (rule.NotAbove is { } other)
        {
            text.Append(text.Length == 0 ? "" : ", ").Append("not above ").Append(other);
        }

        return text.Length == 0 ? null : $"{rule.Column} {text}";

        void Add(string words, double? bound)
        {
            if (bound is { } number)
            {
                text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : ", ")}{words} {number}");
            }
        }
    }

    private static string? NullsOf(ColumnRule rule) =>
        rule.NullsMax is { } most
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{rule.Column} absent in at most {most * 100:0.##} % of rows"
            )
            : null;

    private static int Outside(ColumnRule rule, ColumnBatch rows, out int first)
    {
        var column = rows[rule.Column];
        var other = rule.NotAbove is { } name ? rows[name] : null;
        var numbers = new ColumnNumbers(column);
        var others = new ColumnNumbers(other ?? column); // no value is above itself
        var (min, max) = (rule.Min ?? double.NegativeInfinity, rule.Max ?? double.PositiveInfinity);
        var above = rule.Above ?? double.NegativeInfinity;
        var count = 0;
        first = -1;
        var isWide = numbers.IsWide && others.IsWide;
        for (var row = 0; row < rows.RowCount; row++)
        {
            while (
                isWide
                && row + Vector<double>.Count <= rows.RowCount
                && AreInside(numbers, others, row, min, max, above)
            )
            {
                row += Vector<double>.Count;
            }

            if (row == rows.RowCount)
            {
                break;
            }

            var value = numbers[row];
            if (value >= min && value <= max && value > above && value <= others[row])
            {
                continue;
            }

            // An absent value is 0 here: it is looked at only where that is outside.
            if (column.IsNull(row) || (other?.IsNull(row) == true && value >= min && value <= max && value > above))
            {
                continue;
            }

            first = count == 0 ? row : first;
            count++;
        }

        return count;
    }

    private static bool AreInside(
        in ColumnNumbers numbers,
        in ColumnNumbers others,
        int row,
        double min,
        double max,
        double above
    )
    {
        var values = numbers.From(row);
        return Vector.GreaterThanOrEqualAll(values, new Vector<double>(min))
            && Vector.LessThanOrEqualAll(values, new Vector<double>(max))
            && Vector.GreaterThanAll(values, new Vector<double>(above))
            && Vector.LessThanOrEqualAll(values, others.From(row));
    }

    private static string FirstNull(DatasetDefinition dataset, ColumnBatch rows, Column column)
    {
        var row = 0;
        while (!column.IsNull(row))
        {
            row++;
        }

        return Place(dataset, rows, row);
    }

    private static string Row(DatasetDefinition dataset, ColumnBatch rows, ColumnRule rule, int row)
    {
        var beside =
            rule.NotAbove is { } other && !rows[other].IsNull(row)
                ? string.Create(CultureInfo.InvariantCulture, $" and {other} {new ColumnNumbers(rows[other])[row]}")
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Place(dataset, rows, row)} has {rule.Column} {new ColumnNumbers(rows[rule.Column])[row]}{beside}"
        );
    }

    private static string Place(DatasetDefinition dataset, ColumnBatch rows, int row)
    {
        var key = dataset.Key.Count == 0 ? "" : RowChecks.Describe(dataset, [.. dataset.Key.Select(k => rows[k])], row);
        return key.Length == 0 ? $"row {row + 1}" : $"row {row + 1} ({key})";
    }
}
