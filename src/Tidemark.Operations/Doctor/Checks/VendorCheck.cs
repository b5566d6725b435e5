using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Vendors;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Checks that each vendor has what its calls need, for example a token. Sends no request, but to servers that a user
/// runs, and to those only where a run plans their datasets.
/// </summary>
internal sealed class VendorCheck(IVendorDirectory vendors, DatasetRegistry datasets) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var ready = new List<string>();
        foreach (var group in datasets.All.GroupBy(d => d.Vendor, StringComparer.Ordinal))
        {
            var client = await vendors.ConnectAsync(group.Key, cancellationToken);
            ready.Add(
                client is IVersionedClient server && group.Any(d => d.IsPlanned)
                    ? $"{client.Address} ({await server.VersionsAsync(cancellationToken)})"
                    : client.Address
            );
        }

        return ready.Count == 0
            ? null
            : new CheckAnswer(
                $"{string.Join(", ", ready)}: everything that a call needs is there; `tidemark preflight` asks what it may do"
            );
    }
}
