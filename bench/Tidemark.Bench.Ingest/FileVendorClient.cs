using System.Buffers;
using Tidemark.Core.Columns;
using Tidemark.Vendors;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Bench.Ingest;

/// <summary>Answers from files instead of the network; decodes with the product's own decoder.</summary>
internal sealed class FileVendorClient(string folder) : IVendorClient
{
    private readonly TushareDecoder _decoder = new();

    public string Vendor => "tushare";

    public string Address => folder;

    public string Fingerprint => folder;

    public async Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        using var file = File.OpenHandle(Path.Combine(folder, request.Parameters["trade_date"] + ".json"));
        var length = (int)RandomAccess.GetLength(file);
        var body = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await RandomAccess.ReadAsync(file, body.AsMemory(0, length), 0, cancellationToken);
            var page = _decoder.Decode(request.Api, body.AsSpan(0, length), into);
            return new VendorAnswer(page.Rows, 1, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new ProbeResult(true, 0, null));
}
