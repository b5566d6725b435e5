using System.Globalization;
using System.Text;
using Spectre.Console;
using Tidemark.DuckDb;
using Tidemark.Operations.Query;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes the first rows as a table for people. It leaves out and reports what does not fit: rows, columns of a wide
/// result, the rest of long values.
/// </summary>
internal sealed class TableRows
{
    /// <summary>The number of rows shown.</summary>
    public const int Rows = 40;

    /// <summary>A width that no row reaches.</summary>
    public const int Unlimited = 1_000_000;

    private const int CellLength = QueryOperation.PreviewLength;
    private const int Padding = 2; // of a column, with the blank between two
    private const string Elided = "…";

    private readonly QueryRows _rows;
    private readonly List<string[]> _cells = [];
    private bool _hasLongValues;

    private TableRows(QueryRows rows) => _rows = rows;

    /// <summary>Writes the table, and below it a note on what was left out.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="console">The console to write to.</param>
    /// <param name="width">Columns of the terminal; null to show everything.</param>
    /// <returns>The number of rows written.</returns>
    public static long Write(QueryRows rows, IAnsiConsole console, int? width) =>
        new TableRows(rows).Write(console, width);

    private long Write(IAnsiConsole console, int? width)
    {
        Read();
        var shown = Fitting(width);
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in shown)
        {
            var header = new TableColumn(Markup.Escape(column < 0 ? Elided : Header(column))).NoWrap();
            table.AddColumn(column >= 0 && IsNumber(_rows.Columns[column].Type) ? header.RightAligned() : header);
        }

        foreach (var cells in _cells)
        {
            table.AddRow([.. shown.Select(c => Markup.Escape(c < 0 ? Elided : cells[c]))]);
        }

        console.Write(table);
        foreach (var note in Notes(shown))
        {
            console.WriteLine(note);
        }

        return _cells.Count;
    }

    private List<string> Notes(List<int> shown)
    {
        var notes = new List<string>();
        var columns = shown.Count(c => c >= 0);
        if (_rows.IsCut)
        {
            notes.Add("… there are more rows (--format csv gives all that --max-rows allows)");
        }

        if (columns < _rows.Columns.Count)
        {
            var left = _rows.Columns.Count - columns;
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"… {left} of {_rows.Columns.Count} columns do not fit (all of them: --format csv, or select fewer)"
                )
            );
        }

        if (_hasLongValues)
        {
            notes.Add("… long values are cut (whole: --format csv)");
        }

        return notes;
    }

    private void Read()
    {
        while (_rows.Next() is var (chunk, size))
        {
            for (var row = 0; row < size; row++)
            {
                _cells.Add(Cells(chunk, row));
            }
        }
    }

    private string[] Cells(DataChunk chunk, int row)
    {
        var cells = new string[chunk.ColumnCount];
        for (var i = 0; i < cells.Length; i++)
        {
            if (chunk[i].IsNull(row))
            {
                cells[i] = "NULL";
                continue;
            }

            // EXPLAIN returns a drawing of many lines, which keep their line ends.
            var text = Encoding.UTF8.GetString(chunk[i].Text(row));
            cells[i] = IsDrawing ? text : VisibleText.Cell(text, CellLength);
            _hasLongValues |= !IsDrawing && text.Length > CellLength;
        }

        return cells;
    }

    private bool IsDrawing => _rows.IsExplained;

    /// <summary>The columns that fit, from the left and the last one, with -1 in place of those that do not.</summary>
    private List<int> Fitting(int? width)
    {
        var count = _rows.Columns.Count;
        if (width is not { } available || IsDrawing)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var widths = Enumerable
            .Range(0, count)
            .Select(c => Padding + _cells.Select(r => r[c]).Append(Header(c)).Max(t => t.GetCellWidth()))
            .ToArray();
        if (widths.Sum() + Padding <= available || count < 3)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var left = available - Padding - widths[^1] - (Padding + Elided.Length) - widths[0];
        var shown = new List<int> { 0 };
        for (var c = 1; c < count - 1 && widths[c] <= left; c++)
        {
            shown.Add(c);
            left -= widths[c];
        }

        return [.. shown, -1, count - 1];
    }

    private string Header(int column) => VisibleText.Cell(_rows.Columns[column].Name, CellLength);

    private static bool IsNumber(ColumnType type) =>
        type.Kind
            is (>= LogicalKind.TinyInt and <= LogicalKind.Double)
                or LogicalKind.Decimal
                or LogicalKind.HugeInt
                or LogicalKind.UHugeInt
                or LogicalKind.BigNum;
}
