namespace Tidemark.Vendors;

/// <summary>A client whose vendor tells what its accounts may do.</summary>
public interface IAccountClient : IVendorClient
{
    /// <summary>Whether it has more than one account.</summary>
    bool HasSeveral => false;

    /// <summary>
    /// What each account has, in the order in which the accounts are configured; one is the rule. What the vendor
    /// answers, a refusal too, is the result; only cancellation is thrown.
    /// </summary>
    Task<IReadOnlyList<AccountEntitlements>> EntitlementsAsync(CancellationToken cancellationToken);
}

/// <summary>What an account may do.</summary>
/// <param name="Name">
/// What people tell it by, without a secret: <c>account</c>, or <c>account 2</c> where there are several.
/// </param>
/// <param name="Parts">
/// In the order in which they end. Empty where the vendor tells nothing, as of what never ends.
/// </param>
public sealed record AccountEntitlements(string Name, IReadOnlyList<Entitlement> Parts)
{
    /// <summary>Why the vendor did not tell; null where it did.</summary>
    public VendorException? Error { get; init; }
}

/// <summary>A part of what an account may do.</summary>
/// <param name="Points">Its points; those of all parts are added up.</param>
/// <param name="Until">Its last day.</param>
public readonly record struct Entitlement(int Points, DateOnly Until);
