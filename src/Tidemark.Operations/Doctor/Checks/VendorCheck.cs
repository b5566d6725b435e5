using Tidemark.Ingest;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Whether there is a token for the vendor. Nothing is asked.</summary>
internal sealed class VendorCheck(IVendorDirectory vendors, DoctorOptions options) : IDoctorCheck
{
    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        await vendors.ConnectAsync("tushare", cancellationToken);
        return new CheckAnswer($"{options.Vendor}: a token is there; `tidemark preflight` asks what it may do");
    }
}
