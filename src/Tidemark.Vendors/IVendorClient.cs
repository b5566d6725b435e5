using Tidemark.Core.Columns;

namespace Tidemark.Vendors;

/// <summary>One vendor's protocol. Knows nothing of the lake.</summary>
public interface IVendorClient
{
    string Vendor { get; }

    Task<VendorAnswer> FetchAsync(
        VendorRequest request,
        ColumnBatch into,
        IPayloadSink payloads,
        CancellationToken cancellationToken
    );

    Task<ProbeResult> ProbeAsync(VendorRequest request, CancellationToken cancellationToken);
}

public sealed record VendorRequest(
    string Api,
    IReadOnlyDictionary<string, string> Parameters,
    IReadOnlyList<ColumnDefinition> Columns,
    int RowCap
);

public sealed record VendorAnswer(int Rows, int Pages, long Bytes);

public sealed record ProbeResult(bool Passed, string? Message);

public interface IPayloadSink
{
    ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}
