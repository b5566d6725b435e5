using System.Security.Cryptography;
using System.Text.Json;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>
/// What a probe's answer depends on: the vendor's address, the account, and what the dataset asks for. Where one of
/// them changes, it says nothing any more.
/// </summary>
internal static class ProbeBasis
{
    /// <summary>A hash, from which neither the token nor the address can be read.</summary>
    public static string Of(IVendorClient client, DatasetDefinition dataset) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                // Every dataset is asked as of the same day and part here: which they are says nothing of the
                // definition.
                JsonSerializer.SerializeToUtf8Bytes(new { client.Fingerprint, Requests = Requests(dataset) })
            )
        );

    private static IEnumerable<VendorRequest> Requests(DatasetDefinition dataset)
    {
        var unit = UnitAxis.Of(dataset).Sample(DateOnly.MinValue, part: "")!.Value;
        return UnitAxis.Of(dataset).Requests(unit, unit.LastDay);
    }
}
