namespace Tidemark.Vendors;

/// <summary>
/// A vendor as the composition root registers it: a folder of this project brings one of these, with the client, its
/// limits and its error classes beside it. A vendor that is this alone serves no datasets.
/// </summary>
public interface IVendor
{
    /// <summary>What the ids of its datasets begin with, and the name of its section under <c>vendors</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Every key of its section in <c>tidemark.yaml</c>, in the order in which a new workspace has them.
    /// </summary>
    IReadOnlyList<VendorKey> Keys { get; }

    /// <summary>
    /// Reads its section and notes every fault there. The result is immutable and of a type that no other vendor has:
    /// <see cref="VendorOptions.Of{T}"/> finds it by that.
    /// </summary>
    object ReadOptions(IVendorSection section);
}

/// <summary>A vendor that serves datasets.</summary>
public interface IDatasetVendor : IVendor
{
    /// <summary>
    /// Whether the token that <c>tidemark token set</c> stores is this vendor's: it goes to no other.
    /// </summary>
    bool HasStoredToken { get; }

    /// <summary>Makes a client for the account of the workspace; asks the vendor nothing.</summary>
    /// <exception cref="Core.Errors.TidemarkException">Something that every call needs is missing.</exception>
    Task<IVendorClient> ConnectAsync(VendorContext context, CancellationToken cancellationToken);
}
