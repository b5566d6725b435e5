using System.IO.Compression;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// Keeps every answer of one unit as received: <c>raw/{vendor}/{api}/dt=2022-06-01/{unit}-{n}.json.gz</c>
/// (<c>.csv.gz</c> and <c>.parquet.gz</c> of files that are), with the unit's first day, and the unit's text with
/// <c>_</c> for characters that file names may not have. Fetching a unit again replaces its answers. They serve
/// rebuilds and audits; no reader of the lake needs them.
/// </summary>
/// <param name="store">The lake's store.</param>
/// <param name="dataset">Whose unit it is.</param>
/// <param name="unit">The unit.</param>
/// <param name="requests">How many requests make the unit.</param>
/// <param name="resumes">Whether pages that an earlier fetch has received may be used.</param>
/// <param name="clock">Tells how old they are.</param>
internal sealed class RawPayloads(
    IObjectStore store,
    DatasetDefinition dataset,
    UnitId unit,
    int requests,
    bool resumes,
    TimeProvider clock
) : IPayloadSink
{
    private const string Json = "json";

    private readonly string _prefix = PrefixOf(dataset, unit);
    private readonly PageMarks _marks = new(store, $"{PrefixOf(dataset, unit)}.pages", clock);

    private int _number;
    private int _begun;
    private string _basis = "";

    public ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        KeepAsync(body, Json, cancellationToken);

    public async ValueTask KeepAsync(ReadOnlyMemory<byte> body, string ending, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(body.Length / 4);
        await using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        await store.PutAsync(
            KeyOf(++_number, ending),
            buffer.GetBuffer().AsMemory(0, (int)buffer.Length),
            Durability.Rebuildable,
            cancellationToken
        );
    }

    public async ValueTask KeepAsync(ReadOnlyMemory<byte> body, PageReceipt page, CancellationToken cancellationToken)
    {
        await KeepAsync(body, cancellationToken);
        if (page.GoesOn || _begun < requests) // with its last page a unit is fetched: there is nothing to go on with
        {
            await _marks.AddAsync(_basis, _number, page, PageMarks.HashOf(body.Span), cancellationToken);
        }
    }

    public async ValueTask<IReadOnlyList<KeptPage>> BeginAsync(
        IVendorClient client,
        VendorRequest request,
        CancellationToken cancellationToken
    )
    {
        _begun++;
        _basis = PageMarks.BasisOf(client, request);
        var pages = new List<KeptPage>();
        foreach (var mark in await _marks.OfAsync(_basis, cancellationToken))
        {
            if (!resumes || await ReadAsync(mark, cancellationToken) is not { } body)
            {
                break; // what comes after it is asked for again
            }

            pages.Add(new KeptPage(mark.Offset, body));
            _number = Math.Max(_number, mark.Number);
        }

        await _marks.LimitAsync(_basis, pages.Count, cancellationToken);
        return pages;
    }

    public ValueTask RestartAsync(CancellationToken cancellationToken) =>
        _marks.LimitAsync(_basis, pages: 0, cancellationToken);

    /// <summary>The unit is fetched: another fetch begins at its beginning.</summary>
    public Task DoneAsync(CancellationToken cancellationToken) => _marks.RemoveAsync(cancellationToken);

    private string KeyOf(int number, string ending) => $"{_prefix}-{number}.{ending}.gz";

    /// <summary>The payload of a page; null where it is not the one that was marked.</summary>
    private async Task<byte[]?> ReadAsync(PageMarks.Mark mark, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.GetAsync(KeyOf(mark.Number, Json), cancellationToken) is not { } packed)
            {
                return null;
            }

            using var body = new MemoryStream(packed.Length * 4);
            await using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            await gzip.CopyToAsync(body, cancellationToken);
            var bytes = body.ToArray();
            return PageMarks.HashOf(bytes) == mark.Hash ? bytes : null;
        }
        catch (Exception e) when (e is TidemarkException or InvalidDataException)
        {
            return null;
        }
    }

    private static string PrefixOf(DatasetDefinition dataset, UnitId unit) =>
        $"{ObjectKeys.RawPrefix}{dataset.Vendor}/{dataset.Api}/dt={unit.Day.ToIso()}/{FileName(unit)}";

    // Keeps letters, digits and characters that every file system accepts.
    private static string FileName(UnitId unit) =>
        string.Concat(unit.ToString().Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
}

/// <summary>For workspaces that keep no raw answers.</summary>
internal sealed class NoPayloads : IPayloadSink
{
    public ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}
