namespace Tidemark.Vendors;

/// <summary>A client of a server that a user runs: it is asked whether it is there, and which one it is.</summary>
public interface IVersionedClient
{
    /// <summary>The versions of the server in words, asked for now, and cheap to answer.</summary>
    /// <exception cref="VendorException">It does not answer, or is another one.</exception>
    Task<string> VersionsAsync(CancellationToken cancellationToken);
}
