using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Checks that each vendor has what its calls need, for example a token. Sends no request.</summary>
internal sealed class VendorCheck(IVendorDirectory vendors, DatasetRegistry datasets) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var ready = new List<string>();
        foreach (var vendor in datasets.All.Select(d => d.Vendor).Distinct(StringComparer.Ordinal))
        {
            ready.Add((await vendors.ConnectAsync(vendor, cancellationToken)).Address);
        }

        return ready.Count == 0
            ? null
            : new CheckAnswer(
                $"{string.Join(", ", ready)}: everything that a call needs is there; `tidemark preflight` asks what it may do"
            );
    }
}
