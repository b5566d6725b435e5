using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Extraction;

/// <summary>Fetches a unit: one vendor request for each combination of its fan-out, all rows into one batch.</summary>
public sealed class UnitExtractor(IReadOnlyDictionary<string, IVendorClient> vendors, IObjectStore store, bool keepRaw)
{
    private readonly NoPayloads _noPayloads = new();

    /// <summary>Appends the unit's rows to <paramref name="into"/>, whose content is worthless after an error.</summary>
    public async Task<VendorAnswer> ExtractAsync(
        PlannedUnit unit,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        IPayloadSink payloads = keepRaw ? new RawPayloads(store, unit.Dataset, unit.Id) : _noPayloads;
        var total = new VendorAnswer(0, 0, 0);
        foreach (var request in Requests(unit.Dataset, unit.Id.Day))
        {
            var answer = await vendors[unit.Dataset.Vendor].FetchAsync(request, into, payloads, cancellationToken);
            total = new VendorAnswer(total.Rows + answer.Rows, total.Pages + answer.Pages, total.Bytes + answer.Bytes);
        }

        return total;
    }

    /// <summary>The vendor requests that make a unit.</summary>
    public static IEnumerable<VendorRequest> Requests(DatasetDefinition dataset, DateOnly day)
    {
        var parameters = dataset.Parameters.ToDictionary(
            p => p.Key,
            p => p.Value.Replace("{dt}", day.ToCompact(), StringComparison.Ordinal),
            StringComparer.Ordinal
        );
        IEnumerable<Dictionary<string, string>> combinations = [parameters];
        foreach (var (name, values) in dataset.FanOut)
        {
            combinations = combinations.SelectMany(c =>
                values.Select(v => new Dictionary<string, string>(c, StringComparer.Ordinal) { [name] = v })
            );
        }

        return combinations.Select(c => new VendorRequest(dataset.Api, c, dataset.Columns, dataset.RowCap)
        {
            Key = dataset.Key,
        });
    }
}
