using System.Globalization;
using System.Text;
using Tidemark.Core;
using Tidemark.Core.Columns;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Compares the rows that two axes brought of one symbol, as multisets over all declared columns: each value exactly,
/// floating-point numbers bit by bit.
/// </summary>
internal static class AxisDifference
{
    private static readonly int s_epochDay = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The positions of a symbol's rows.</summary>
    public static List<int> RowsOf(ColumnBatch rows, string column, string symbol)
    {
        var found = new List<int>();
        var codes = (TextColumn)rows[column];
        var utf8 = Encoding.UTF8.GetBytes(symbol);
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (codes[row].SequenceEqual(utf8))
            {
                found.Add(row);
            }
        }

        return found;
    }

    /// <summary>The first difference in words; null when there is none.</summary>
    /// <param name="day">The rows of the whole market.</param>
    /// <param name="ofSymbol">The positions of the symbol's among them.</param>
    /// <param name="bySymbol">The rows by symbol, with the same columns.</param>
    public static string? Of(ColumnBatch day, IReadOnlyList<int> ofSymbol, ColumnBatch bySymbol)
    {
        var rest = Enumerable.Range(0, bySymbol.RowCount).ToList();
        var lacking = -1;
        foreach (var row in ofSymbol)
        {
            if (rest.FindIndex(other => FirstOther(day, row, bySymbol, other) is null) is var same and >= 0)
            {
                rest.RemoveAt(same);
            }
            else if (lacking < 0)
            {
                lacking = row;
            }
        }

        return (lacking, rest) switch
        {
            (< 0, []) => null,
            (< 0, _) => "by symbol it has a row that the day lacks",
            (_, []) => "by symbol a row is absent that the day has",
            (var row, [var other, ..]) => ValuesOf(day, row, bySymbol, other),
        };
    }

    private static string ValuesOf(ColumnBatch day, int row, ColumnBatch bySymbol, int other)
    {
        var column = FirstOther(day, row, bySymbol, other)!;
        return $"{column} is {Text(day[column], row)} by day and {Text(bySymbol[column], other)} by symbol";
    }

    /// <summary>The first column in which two rows differ; null when in none.</summary>
    private static string? FirstOther(ColumnBatch day, int row, ColumnBatch bySymbol, int other)
    {
        foreach (var definition in day.Definitions)
        {
            if (!IsSame(day[definition.Name], row, bySymbol[definition.Name], other))
            {
                return definition.Name;
            }
        }

        return null;
    }

    private static bool IsSame(Column left, int row, Column right, int other) =>
        left.IsNull(row) || right.IsNull(other)
            ? left.IsNull(row) && right.IsNull(other)
            : (left, right) switch
            {
                (TextColumn a, TextColumn b) => a[row].SequenceEqual(b[other]),
                (ValueColumn<double> a, ValueColumn<double> b) => BitConverter.DoubleToInt64Bits(a.Values[row])
                    == BitConverter.DoubleToInt64Bits(b.Values[other]),
                (ValueColumn<long> a, ValueColumn<long> b) => a.Values[row] == b.Values[other],
                (ValueColumn<int> a, ValueColumn<int> b) => a.Values[row] == b.Values[other],
                (ValueColumn<byte> a, ValueColumn<byte> b) => a.Values[row] == b.Values[other],
                _ => throw new InvalidOperationException($"Columns of {left.Kind} and {right.Kind}"),
            };

    private static string Text(Column column, int row) =>
        column.IsNull(row)
            ? "absent"
            : column switch
            {
                TextColumn text => $"'{Encoding.UTF8.GetString(text[row])}'",
                ValueColumn<double> numbers => numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
                ValueColumn<long> numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
                ValueColumn<int> days => DateOnly.FromDayNumber(days.Values[row] + s_epochDay).ToIso(),
                ValueColumn<byte> flags => flags.Values[row] == 0 ? "false" : "true",
                _ => "…",
            };
}
