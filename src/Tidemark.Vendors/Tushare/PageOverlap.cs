using Tidemark.Core.Columns;

namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Counts the rows of each further page that had come before. Nothing is indexed as long as there is one page, which is
/// the rule.
/// </summary>
internal sealed class PageOverlap(VendorRequest request, ColumnBatch rows)
{
    private readonly int _first = rows.RowCount;
    private KeyIndex? _index;
    private int _indexed;

    /// <summary>How many of the rows from <paramref name="pageStart"/> on stand among those before it.</summary>
    public int Count(int pageStart)
    {
        if (pageStart == _first)
        {
            return 0;
        }

        if (_index is null)
        {
            _index = new KeyIndex(Keys(), (rows.RowCount - _first) * 2);
            _indexed = _first;
        }

        var repeated = 0;
        for (; _indexed < rows.RowCount; _indexed++)
        {
            var same = _index.Add(_indexed);

            // Twice within one page is another fault, and costs no other row its place.
            repeated += _indexed >= pageStart && same >= 0 && same < pageStart ? 1 : 0;
        }

        return repeated;
    }

    /// <summary>
    /// Whether rows that came twice may be the vendor's own equal rows. Where rows moved, a page begins with those that
    /// ended the page before; of one such row, or several that are all equal, nobody can tell.
    /// </summary>
    /// <param name="pageStart">Where the page begins.</param>
    /// <param name="repeated">How many of its rows had come before.</param>
    public bool MayBeEqualRows(int pageStart, int repeated)
    {
        if (!request.HasEqualRows || repeated == rows.RowCount - pageStart)
        {
            return false;
        }

        for (var length = Math.Min(repeated, pageStart - _first); length > 1; length--)
        {
            if (Moved(pageStart, length) && !KeyIndex.SameRow(rows.Columns, pageStart, pageStart + length - 1))
            {
                return false;
            }
        }

        return true;
    }

    private bool Moved(int pageStart, int length)
    {
        for (var i = 0; i < length; i++)
        {
            if (!KeyIndex.SameRow(rows.Columns, pageStart + i, pageStart - length + i))
            {
                return false;
            }
        }

        return true;
    }

    private IEnumerable<Column> Keys() =>
        request.Key.Count == 0 ? rows.Columns : request.Key.Select(name => rows[name]);
}
