namespace Tidemark.Lake.Storage;

/// <summary>What a listing says of an object.</summary>
/// <param name="Key">Slash-separated, relative to the store's root.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">When it was written, by the store's clock.</param>
public readonly record struct StoredObject(string Key, long Bytes, DateTimeOffset Modified);

/// <summary>Whether an object must survive a loss of power or can be made again from what does.</summary>
public enum Durability
{
    Durable,
    Rebuildable,
}

/// <summary>A finished local file and the key under which it is to appear.</summary>
public readonly record struct PublishedFile(string LocalPath, string Key);

/// <summary>An immutable object that an engine is about to read.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Bytes">Its size, as the log says.</param>
/// <param name="Sha256">Its hash in lower-case hex, where the log says it.</param>
public readonly record struct ImmutableObject(string Key, long Bytes, string? Sha256);

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
    /// At most <paramref name="length"/> bytes from <paramref name="offset"/> on, fewer where the object ends; null when there is no object.
    /// </summary>
    Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken);

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

    /// <summary>
    /// The local path from which DuckDB can read an object while <see cref="MakeReadableAsync"/> holds it there. Ends with <c>/</c>
    /// when the key does.
    /// </summary>
    string ReadablePath(string key);

    /// <summary>
    /// Sees to it that objects are at their <see cref="ReadablePath"/>, and stay there until what is returned is disposed. A store
    /// on local disk has nothing to do; a remote one fetches what its cache lacks and checks sizes and hashes.
    /// </summary>
    Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    );
}
