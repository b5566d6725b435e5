using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors;

namespace Tidemark.Ingest;

/// <summary>Connecting to a vendor where it can be done without.</summary>
public static class VendorConnections
{
    /// <summary>The client with which a dataset is fetched.</summary>
    public static Task<IVendorClient> ConnectAsync(
        this IVendorDirectory vendors,
        DatasetDefinition dataset,
        CancellationToken stop
    ) => vendors.ConnectAsync(dataset.Vendor, dataset.Bucket, stop);

    /// <summary>The same; null where something that every call needs is missing, for example a token.</summary>
    public static async Task<IVendorClient?> TryConnectAsync(
        this IVendorDirectory vendors,
        DatasetDefinition dataset,
        CancellationToken stop
    )
    {
        try
        {
            return await vendors.ConnectAsync(dataset, stop);
        }
        catch (TidemarkException e) when (e.Kind == ErrorKind.Unauthorized)
        {
            return null;
        }
    }

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
