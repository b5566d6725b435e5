namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Decides after each page whether there is another, and whether the pages so far can be parts of one whole. Old
/// servers omit <c>has_more</c>, some cut at a cap of their own without a word (or with <c>has_more: false</c>), and
/// while a vendor loads data rows move between pages.
/// </summary>
/// <remarks>
/// A page that is full, or has a round number of rows as a cap would, is always followed up; an empty page then ends
/// it. Rows that come twice prove that rows moved, and that as many others may be missing. What no client can see: a
/// first page that is neither full nor round, nor said to be continued, although there is more; rows that left the
/// vendor's table, or came and left, between two pages. Such a unit is recognised by how many rows it has, not here.
/// </remarks>
internal sealed class Paging(string api, int asked, int pagesMax)
{
    /// <summary>Vendors' caps are multiples of this, and at least <see cref="SmallestCap"/>.</summary>
    private const int RoundNumber = 100;
    private const int SmallestCap = 500;

    private bool _promised;
    private int _rowsBefore;

    /// <summary>
    /// Rows so far, and where the next page begins: where the last one ended, also when it was shorter than asked for.
    /// </summary>
    public int Offset { get; private set; }

    public int Pages { get; private set; }

    public bool GoesOn { get; private set; }

    /// <param name="page">The page that came.</param>
    /// <param name="repeated">How many of its rows had come with an earlier page.</param>
    /// <param name="seam">
    /// How many of its rows were asked for once more, to see that they are still where they were.
    /// </param>
    public void Add(TusharePage page, int repeated, int seam = 0)
    {
        if (repeated > 0)
        {
            throw repeated == page.Rows && page.Rows == _rowsBefore
                ? TushareErrors.PageRepeated(api, Offset, page.Rows)
                : TushareErrors.PagesShift(api, Offset, repeated);
        }

        var rows = page.Rows - seam;
        var isEmpty = rows == 0;
        if (isEmpty && (page.HasMore == true || _promised))
        {
            throw TushareErrors.PageMissing(api, Offset);
        }

        Pages++;
        Offset += rows;
        _rowsBefore = rows;

        // More than asked for: the server keeps to its own cap, and without has_more that may have cut it.
        var isFull = page.Rows == asked || (page.Rows > asked && page.HasMore is null);
        var isRound = page.Rows >= SmallestCap && page.Rows % RoundNumber == 0;

        // After a full page, has_more may only mean "full"; after a short one it is a promise.
        _promised = page.HasMore == true && !isFull;
        GoesOn = !isEmpty && (isFull || isRound || _promised);
        if (GoesOn && Pages == pagesMax)
        {
            throw TushareErrors.TooManyPages(api, Pages, Offset);
        }
    }
}
