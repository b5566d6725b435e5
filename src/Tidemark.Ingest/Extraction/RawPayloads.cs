using System.IO.Compression;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// Keeps every answer of one unit as received: <c>raw/{vendor}/{api}/dt=2022-06-01/{unit}-{n}.json.gz</c>. Fetching a unit again
/// replaces its answers. For rebuilds and audits; no reader of the lake needs them.
/// </summary>
internal sealed class RawPayloads(IObjectStore store, DatasetDefinition dataset, UnitId unit) : IPayloadSink
{
    private int _number;

    public async ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(body.Length / 4);
        await using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        var day = unit.Day.ToIso();
        var key =
            $"{ObjectKeys.RawPrefix}{dataset.Vendor}/{dataset.Api}/dt={day}/{dataset.Id}_{day}-{++_number}.json.gz";
        await store.PutAsync(
            key,
            buffer.GetBuffer().AsMemory(0, (int)buffer.Length),
            Durability.Rebuildable,
            cancellationToken
        );
    }
}

/// <summary>For workspaces that keep no raw answers.</summary>
internal sealed class NoPayloads : IPayloadSink
{
    public ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;
}
