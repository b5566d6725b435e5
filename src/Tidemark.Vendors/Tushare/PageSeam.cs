using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Joins pages of an earlier fetch with those of this one: the last row that is there is asked for once more, and must
/// come again as the first one. Where rows were added or left before it meanwhile, another comes.
/// </summary>
internal sealed class PageSeam
{
    private readonly ColumnBatch _rows;
    private readonly ColumnBatch _last;

    /// <param name="rows">The rows so far; the last one is taken out, and comes with the next page.</param>
    public PageSeam(ColumnBatch rows)
    {
        _rows = rows;
        _last = new ColumnBatch(rows.Definitions, capacity: 1);
        Append(rows, rows.RowCount - 1, _last);
        rows.Truncate(rows.RowCount - 1);
    }

    /// <summary>Whether the row at <paramref name="at"/> is the one that was taken out.</summary>
    public bool Holds(int at)
    {
        if (_rows.RowCount <= at)
        {
            return false;
        }

        Append(_last, 0, _rows);
        var isSame = KeyIndex.SameRow(_rows.Columns, at, _rows.RowCount - 1);
        _rows.Truncate(_rows.RowCount - 1);
        return isSame;
    }

    private static void Append(ColumnBatch from, int row, ColumnBatch into)
    {
        for (var i = 0; i < from.Columns.Count; i++)
        {
            into.Columns[i].AppendFrom(from.Columns[i], row);
        }
    }
}
