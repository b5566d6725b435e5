using Tidemark.Core.Columns;
using Tidemark.Vendors;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Bench.Ingest;

/// <summary>Answers from files instead of the network; decodes with the product's own decoder.</summary>
internal sealed class FileVendorClient(string folder) : IVendorClient
{
    private readonly TushareDecoder _decoder = new();

    public string Vendor => "tushare";

    public async Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    )
    {
        var body = await File.ReadAllBytesAsync(
            Path.Combine(folder, request.Parameters["trade_date"] + ".json"),
            cancellationToken
        );
        var page = _decoder.Decode(request.Api, body, into);
        return new VendorAnswer(page.Rows, 1, body.Length);
    }

    public Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(new ProbeResult(true, 0, null));
}
