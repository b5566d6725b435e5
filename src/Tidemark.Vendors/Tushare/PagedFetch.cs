using Microsoft.Extensions.Logging;
using Tidemark.Core.Columns;
using Tidemark.Core.Errors;
using Tidemark.Vendors.Http;

namespace Tidemark.Vendors.Tushare;

/// <summary>Asks for one page, from a row on. The body is the caller's to dispose of.</summary>
internal delegate Task<(TusharePage Page, AnswerBody Body)> PageCall(
    VendorRequest request,
    int offset,
    ColumnBatch into,
    CancellationToken cancellationToken
);

/// <summary>
/// Fetches all pages of a request. A next page is asked for when the vendor says <c>has_more</c>, or sent exactly as
/// many rows as asked for or a round number of them, from where the rows so far end (<see cref="Paging"/>). The same
/// page twice in a row is an error, never the end: rows beyond the cap would be lost. Pages that overlap are read once
/// more from the beginning; if they overlap again, that is an error, too.
/// </summary>
/// <remarks>
/// Where an earlier fetch has kept its pages, this one goes on behind them, unless rows have moved meanwhile
/// (<see cref="PageSeam"/>): then it begins anew. A request whose rows may be equal always begins anew, because by
/// them no seam can be told.
/// </remarks>
internal sealed class PagedFetch(
    IVendorClient client,
    TushareDecoder decoder,
    TushareClientOptions options,
    ILogger logger
)
{
    /// <summary>How often pages are read that overlap: vendors shift rows while they load, and that passes.</summary>
    private const int Readings = 2;

    /// <param name="call">Asks for a page, each time as the same account.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="into">For the rows.</param>
    /// <param name="payloads">Keeps the pages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VendorAnswer> FetchAsync(
        PageCall call,
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        if (await ResumeAsync(call, request, into, payloads, cancellationToken) is { } resumed)
        {
            return resumed;
        }

        var rowsBefore = into.RowCount;
        List<(int Offset, int Rows)> equalBefore = [];
        for (var reading = 1; ; reading++)
        {
            List<(int Offset, int Rows)> equal = [];
            try
            {
                var answer = await ReadPagesAsync(
                    call,
                    new Reading(request, into, NewPaging(request), new PageOverlap(request, into), equal),
                    payloads,
                    cancellationToken
                );
                if (equal.Count == 0 || equal.SequenceEqual(equalBefore))
                {
                    return answer; // whatever moves, moves elsewhere the next time: these are the vendor's own
                }

                throw TushareErrors.PagesShift(request.Api, equal[0].Offset, equal[0].Rows);
            }
            catch (VendorException e) when (e.Code == VendorErrorCodes.PagesShift && reading < Readings)
            {
                NoteAgain(e);
                into.Truncate(rowsBefore);
                await payloads.RestartAsync(cancellationToken);
                equalBefore = equal;
            }
            catch (VendorException e) when (e.Kind == ErrorKind.Schema)
            {
                await payloads.RestartAsync(cancellationToken); // nothing is to go on with pages that do not fit
                throw;
            }
        }
    }

    /// <summary>Goes on behind the pages of an earlier fetch; null where there are none, or rows have moved.</summary>
    private async Task<VendorAnswer?> ResumeAsync(
        PageCall call,
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        var kept = await payloads.BeginAsync(client, request, cancellationToken);
        if (kept.Count == 0)
        {
            return null;
        }

        var rowsBefore = into.RowCount;
        if (!request.HasEqualRows && request.RowCap > 1)
        {
            try
            {
                var reading = new Reading(request, into, NewPaging(request), new PageOverlap(request, into), Equal: []);
                Replay(reading, kept, rowsBefore);
                logger.Resumed(request.Api, kept.Count, reading.Paging.Offset);
                return await ReadPagesAsync(call, reading, payloads, cancellationToken);
            }
            catch (VendorException e) when (e.Kind == ErrorKind.Schema)
            {
                NoteAgain(e);
            }
        }

        into.Truncate(rowsBefore);
        await payloads.RestartAsync(cancellationToken);
        return null;
    }

    private void Replay(Reading reading, IReadOnlyList<KeptPage> kept, int rowsBefore)
    {
        foreach (var (offset, body) in kept)
        {
            var seam = reading.Paging.Offset - offset; // the row that an earlier seam has asked for once more
            reading.Into.Truncate(rowsBefore + offset);
            var page = decoder.Decode(reading.Request.Api, body.Span, reading.Into, options.RowBytesMax);
            reading.Paging.Add(page, repeated: 0, seam);
        }
    }

    private static async Task<VendorAnswer> ReadPagesAsync(
        PageCall call,
        Reading reading,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        var (request, into, paging, overlap, equal) = reading;
        var bytes = 0L;
        for (var seam = SeamOf(reading); paging.Pages == 0 || paging.GoesOn; seam = null)
        {
            var again = seam is null ? 0 : 1;
            var pageStart = into.RowCount;
            var offset = paging.Offset - again;
            var (page, body) = await call(request, offset, into, cancellationToken);
            using (body)
            {
                if (seam?.Holds(pageStart) == false)
                {
                    throw TushareErrors.SeamMoved(request.Api, offset);
                }

                pageStart += again;
                var repeated = overlap.Count(pageStart);
                if (repeated > 0 && overlap.MayBeEqualRows(pageStart, repeated))
                {
                    equal.Add((paging.Offset, repeated));
                    repeated = 0;
                }

                paging.Add(page, repeated, again);
                await payloads.KeepAsync(body.Memory, new PageReceipt(offset, paging.GoesOn), cancellationToken);
                bytes += body.Length;
            }
        }

        return new VendorAnswer(paging.Offset, paging.Pages, bytes);
    }

    private static PageSeam? SeamOf(Reading reading) =>
        reading.Paging is { GoesOn: true, Offset: > 0 } ? new PageSeam(reading.Into) : null;

    private Paging NewPaging(VendorRequest request) => new(request.Api, request.RowCap, options.PagesMax);

    private void NoteAgain(VendorException error)
    {
        logger.ReadAgain(error.Api, error.Message);
        options.Telemetry?.Repeated(client.Vendor, error.Api, error.Code);
    }

    /// <param name="Request">What is asked for.</param>
    /// <param name="Into">The rows.</param>
    /// <param name="Paging">How far it is.</param>
    /// <param name="Overlap">Counts rows that come twice.</param>
    /// <param name="Equal">Where rows came twice that may be the vendor's own.</param>
    private sealed record Reading(
        VendorRequest Request,
        ColumnBatch Into,
        Paging Paging,
        PageOverlap Overlap,
        List<(int Offset, int Rows)> Equal
    );
}
