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

    private IEnumerable<Column> Keys() =>
        request.Key.Count == 0 ? rows.Columns : request.Key.Select(name => rows[name]);
}
