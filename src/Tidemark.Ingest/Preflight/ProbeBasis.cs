using System.Security.Cryptography;
using System.Text.Json;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>
/// What a probe's result depends on: the vendor's address, the account, and the dataset's request. When one of them
/// changes, the result no longer holds.
/// </summary>
internal static class ProbeBasis
{
    /// <summary>A hash that reveals neither the token nor the address.</summary>
    public static string Of(IVendorClient client, DatasetDefinition dataset) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                // All datasets use the same day and part here, because these are no part of the definition.
                JsonSerializer.SerializeToUtf8Bytes(new { client.Fingerprint, Requests = Requests(dataset) })
            )
        );

    private static IEnumerable<VendorRequest> Requests(DatasetDefinition dataset)
    {
        var unit = UnitAxis.Of(dataset).Sample(DateOnly.MinValue, part: "")!.Value;
        return UnitAxis.Of(dataset).Requests(unit, unit.LastDay);
    }
}
