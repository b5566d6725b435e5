using System.IO.Compression;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Extraction;

/// <summary>
/// Keeps every answer of one unit as received: <c>raw/{vendor}/{api}/dt=2022-06-01/{unit}-{n}.json.gz</c>
/// (<c>.csv.gz</c> and <c>.parquet.gz</c> of files that are), with the unit's first day, and the unit's text with <c>_</c> for characters that file names may not have. Fetching a unit
/// again replaces its answers. They serve rebuilds and audits; no reader of the lake needs them.
/// </summary>
internal sealed class RawPayloads(IObjectStore store, DatasetDefinition dataset, UnitId unit) : IPayloadSink
{
    private readonly string _prefix =
        $"{ObjectKeys.RawPrefix}{dataset.Vendor}/{dataset.Api}/dt={unit.Day.ToIso()}/{FileName(unit)}";

    private int _number;

    public ValueTask KeepAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        KeepAsync(body, "json", cancellationToken);

    public async ValueTask KeepAsync(ReadOnlyMemory<byte> body, string ending, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(body.Length / 4);
        await using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(body.Span);
        }

        var key = $"{_prefix}-{++_number}.{ending}.gz";
        await store.PutAsync(
            key,
            buffer.GetBuffer().AsMemory(0, (int)buffer.Length),
            Durability.Rebuildable,
            cancellationToken
        );
    }

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
