namespace Tidemark.Vendors;

/// <summary>A client whose vendor tells what the account may do.</summary>
public interface IAccountClient : IVendorClient
{
    /// <summary>
    /// What the account has, in the order in which it ends. Empty where the vendor tells nothing, as of what never
    /// ends.
    /// </summary>
    /// <exception cref="VendorException">The vendor said no, or could not be reached.</exception>
    Task<IReadOnlyList<Entitlement>> EntitlementsAsync(CancellationToken cancellationToken);
}

/// <summary>A part of what an account may do.</summary>
/// <param name="Points">Its points; those of all parts are added up.</param>
/// <param name="Until">Its last day.</param>
public readonly record struct Entitlement(int Points, DateOnly Until);
