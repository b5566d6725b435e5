namespace Tidemark.Lake.Storage;

/// <summary>What a listing says of an object.</summary>
/// <param name="Key">Slash-separated, relative to the store's root.</param>
/// <param name="Bytes">Its size.</param>
public readonly record struct StoredObject(string Key, long Bytes);

/// <summary>Whether an object must survive a loss of power or can be made again from what does.</summary>
public enum Durability
{
    Durable,
    Rebuildable,
}

/// <summary>A finished local file and the key under which it is to appear.</summary>
public readonly record struct PublishedFile(string LocalPath, string Key);

/// <summary>
/// Where the lake's objects live. Keys are slash-separated and relative; prefixes end with <c>/</c>, so that a table never
/// reaches a sibling whose name it begins. What each call promises holds after a crash too:
/// an object is there whole or not at all, and when a call has returned, what it wrote survives a loss of power.
/// Failures are <see cref="Core.Errors.TidemarkException"/> of kind Storage that name the key.
/// </summary>
public interface IObjectStore
{
    /// <summary>The bytes of an object, or null when there is none.</summary>
    Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Writes or replaces an object. With <see cref="Durability.Rebuildable"/> a loss of power may take it (whole) again.
    /// </summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> content, Durability durability, CancellationToken cancellationToken);

    /// <summary>
    /// Writes an object only if there is none; false when there is one, and then nothing has changed. Of any number of
    /// racing writers exactly one gets true.
    /// </summary>
    Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Moves finished files to their keys, all of them durable when the call returns. Nothing may be at those keys.
    /// </summary>
    Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken);

    /// <summary>Objects below a prefix in ordinal order of their keys, those after <paramref name="after"/> only.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, string? after, CancellationToken cancellationToken);

    /// <summary>Names of the folders directly below a prefix, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes an object; no error when there is none.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>The path from which DuckDB can read an object.</summary>
    string ReadablePath(string key);

    /// <summary>A local folder for files that are not finished; on the same volume as the store where it is local.</summary>
    string StagingFolder(string name);
}
