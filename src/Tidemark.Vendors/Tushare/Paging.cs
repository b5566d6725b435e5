namespace Tidemark.Vendors.Tushare;

/// <summary>
/// Decides after each page whether there is another. Old servers omit <c>has_more</c>, and some cut at their cap without a word, so that a
/// page with exactly as many rows as asked for is always followed up; an empty page then ends it.
/// </summary>
internal sealed class Paging(string api, int asked, int pagesMax)
{
    private bool _promised;

    /// <summary>Rows so far, and where the next page begins: where the last one ended, also when it was shorter than asked for.</summary>
    public int Offset { get; private set; }

    public int Pages { get; private set; }

    public bool GoesOn { get; private set; }

    public void Add(TusharePage page, bool isRepeated)
    {
        if (isRepeated)
        {
            throw TushareErrors.PageRepeated(api, Offset, page.Rows);
        }

        var isEmpty = page.Rows == 0;
        if (isEmpty && (page.HasMore == true || _promised))
        {
            throw TushareErrors.PageMissing(api, Offset);
        }

        Pages++;
        Offset += page.Rows;

        // More than asked for: the server keeps to its own cap, and without has_more that may have cut it.
        var isFull = page.Rows == asked || (page.Rows > asked && page.HasMore is null);

        // After a full page, has_more may only mean "full"; after a short one it is a promise.
        _promised = page.HasMore == true && !isFull;
        GoesOn = !isEmpty && (isFull || _promised);
        if (GoesOn && Pages == pagesMax)
        {
            throw TushareErrors.TooManyPages(api, Pages, Offset);
        }
    }
}
