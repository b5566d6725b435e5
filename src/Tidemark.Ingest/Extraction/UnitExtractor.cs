using Tidemark.Core.Columns;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Extraction;

/// <summary>Fetches a unit: the requests that its axis names, all rows into one batch.</summary>
public sealed class UnitExtractor(IReadOnlyDictionary<string, IVendorClient> vendors, IObjectStore store, bool keepRaw)
{
    private readonly NoPayloads _noPayloads = new();

    /// <summary>
    /// Appends the unit's rows to <paramref name="into"/>. After an error its content must not be used.
    /// </summary>
    public async Task<VendorAnswer> ExtractAsync(
        PlannedUnit unit,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        IPayloadSink payloads = keepRaw ? new RawPayloads(store, unit.Dataset, unit.Id) : _noPayloads;
        var total = new VendorAnswer(0, 0, 0);
        foreach (var request in UnitAxis.Of(unit.Dataset).Requests(unit.Id, unit.Through))
        {
            var answer = await vendors[unit.Dataset.Vendor].FetchAsync(request, into, payloads, cancellationToken);
            total = new VendorAnswer(total.Rows + answer.Rows, total.Pages + answer.Pages, total.Bytes + answer.Bytes);
        }

        return total;
    }
}
