using Tidemark.Control.Secrets;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Vendors;

namespace Tidemark.Ingest;

/// <summary>
/// The vendor clients of a workspace. A client is connected at its first use, because only then its token is needed.
/// </summary>
public interface IVendorDirectory
{
    /// <summary>The client of a vendor, for example <c>tushare</c>; always the same one.</summary>
    /// <exception cref="TidemarkException">
    /// Kind Unauthorized, code <c>TOKEN_MISSING</c>: no token is stored or set. Kind Configuration: no such vendor.
    /// </exception>
    Task<IVendorClient> ConnectAsync(string vendor, CancellationToken cancellationToken);

    /// <summary>
    /// The client of a vendor for one domain: another one where the domain goes with a token of its own.
    /// </summary>
    /// <exception cref="TidemarkException">As without a domain.</exception>
    Task<IVendorClient> ConnectAsync(string vendor, Bucket domain, CancellationToken cancellationToken) =>
        ConnectAsync(vendor, cancellationToken);

    /// <summary>Whether this program has a client for a vendor.</summary>
    bool Serves(string vendor) => true;

    /// <summary>Where the token of a vendor's client for a domain came from; none where it needs none, too.</summary>
    Task<TokenSource> TokenSourceAsync(string vendor, Bucket domain, CancellationToken cancellationToken) =>
        Task.FromResult(TokenSource.None);

    /// <summary>
    /// The client of a vendor whose answers can be looked at for nothing; null of any other, which is not connected.
    /// </summary>
    Task<IWatchedClient?> WatchedAsync(string vendor, CancellationToken cancellationToken) =>
        Task.FromResult<IWatchedClient?>(null);
}
