namespace Tidemark.Vendors;

/// <summary>
/// A vendor whose answers lie where they can be looked at for nothing: whether one has changed since it was fetched is
/// found out without fetching it. Its clients are <see cref="IWatchedClient"/>s, and need no token.
/// </summary>
public interface IWatchedVendor : IDatasetVendor;

/// <summary>A client that can tell whether an answer is still what it was.</summary>
public interface IWatchedClient : IVendorClient
{
    /// <summary>Looks at what a request would be answered from. Throws nothing but cancellation.</summary>
    /// <param name="request">The request.</param>
    /// <param name="known">
    /// What <see cref="VendorAnswer.Fingerprint"/> said when it was fetched; null when it never was.
    /// </param>
    /// <param name="cancellationToken">Stops the look.</param>
    ValueTask<WatchedState> LookAsync(VendorRequest request, string? known, CancellationToken cancellationToken);
}

/// <summary>What a request would be answered from, at this moment.</summary>
/// <param name="IsThere">Whether there is anything. Its absence is no change: what was fetched stays.</param>
/// <param name="IsChanged">Whether it is not what was fetched before.</param>
/// <param name="ChangedAt">When it was changed; null when unknown.</param>
public readonly record struct WatchedState(bool IsThere, bool IsChanged, DateTimeOffset? ChangedAt);
