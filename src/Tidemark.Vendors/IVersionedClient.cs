namespace Tidemark.Vendors;

/// <summary>
/// A client of something that a user keeps, a server or a folder: it is asked whether it is there, and which one it is.
/// </summary>
public interface IVersionedClient
{
    /// <summary>What it is in words (the versions of a server), found out now and at little cost.</summary>
    /// <exception cref="VendorException">It does not answer, or is another one.</exception>
    Task<string> VersionsAsync(CancellationToken cancellationToken);
}
