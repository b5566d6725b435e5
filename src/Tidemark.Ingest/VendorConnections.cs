using Tidemark.Core.Errors;
using Tidemark.Vendors;

namespace Tidemark.Ingest;

/// <summary>Connecting to a vendor where it can be done without.</summary>
public static class VendorConnections
{
    /// <summary>The client; null where something that every call needs is missing, for example a token.</summary>
    public static async Task<IVendorClient?> TryConnectAsync(
        this IVendorDirectory vendors,
        string vendor,
        CancellationToken stop
    )
    {
        try
        {
            return await vendors.ConnectAsync(vendor, stop);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
        {
            return null;
        }
    }
}
