namespace Tidemark.Lake.Storage;

/// <summary>An object in a listing.</summary>
/// <param name="Key">Slash-separated, relative to the store's root.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">When it was written, by the store's clock.</param>
public sealed record StoredObject(string Key, long Bytes, DateTimeOffset Modified);

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
/// Where the lake's objects live. Keys are slash-separated and relative (<see cref="ObjectKeys"/>), any other character
/// may be in them; prefixes end with <c>/</c>, so that a table never reaches a sibling whose name it begins.
/// Thread-safe.
/// <para>
/// What holds after a crash or a loss of power, whatever was being done: an object is there whole or not at all, and
/// what a call that has returned wrote is still there. A call that has not returned may have done its work or not; one
/// of several objects (<see cref="PublishAsync"/>) may have done part of it. What was begun and not finished is never
/// listed and never read.
/// </para>
/// <para>
/// Every later Get and every later listing sees what a call that has returned wrote. Use Get, not List, for one key.
/// </para>
/// <para>
/// Failures are <see cref="Core.Errors.TidemarkException"/> that name the key. Kind Transient: trying again may help,
/// and for a write it is not known whether it was applied. Unauthorized, Permission and Configuration: the store did
/// not let us, and nothing was written. Storage: everything else. A cancelled call may have been applied.
/// </para>
/// </summary>
public interface IObjectStore
{
    /// <summary>
    /// Whether objects are elsewhere and <see cref="MakeReadableAsync"/> fetches them. When false, callers need not
    /// know in advance what they will read.
    /// </summary>
    bool IsRemote => false;

    /// <summary>The bytes of an object, or null when there is none. Never a part of them.</summary>
    Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// At most <paramref name="length"/> bytes from <paramref name="offset"/> on, fewer where the object ends; null
    /// when there is no object.
    /// </summary>
    Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken);

    /// <summary>
    /// Writes or replaces an object; a reader gets the old bytes or the new. With <see cref="Durability.Rebuildable"/>,
    /// a loss of power may remove the object, but never leaves part of it.
    /// </summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> content, Durability durability, CancellationToken cancellationToken);

    /// <summary>
    /// Writes an object only if there is none; false when there is one, and then nothing has changed. Of any number of
    /// racing writers exactly one gets true. The request is sent once. When its answer is lost, the error has kind
    /// Transient; the caller reads the object back to see whose bytes it has.
    /// </summary>
    Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Moves finished files to their keys, all of them durable when the call returns. Nothing may be at those keys.
    /// After a failure some objects may be there, and their local files gone: remove these objects or leave them for
    /// vacuum, and never publish them again.
    /// </summary>
    Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken);

    /// <summary>
    /// Objects below a prefix in ordinal order of their keys, only those after <paramref name="after"/>. An object that
    /// is written or deleted meanwhile may be in the list or not.
    /// </summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, string? after, CancellationToken cancellationToken);

    /// <summary>
    /// The sizes in bytes of those of the named objects that are there. A listing would show them, too, and nothing
    /// else: what lies behind a link inside a table is not there.
    /// </summary>
    /// <param name="prefix">The prefix that all keys begin with.</param>
    /// <param name="keys">The objects.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    async Task<IReadOnlyDictionary<string, long>> SizesAsync(
        string prefix,
        IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken
    )
    {
        var wanted = new HashSet<string>(keys, StringComparer.Ordinal);
        var sizes = new Dictionary<string, long>(wanted.Count, StringComparer.Ordinal);
        await foreach (var found in ListAsync(prefix, null, cancellationToken))
        {
            if (wanted.Contains(found.Key))
            {
                sizes[found.Key] = found.Bytes;
            }
        }

        return sizes;
    }

    /// <summary>
    /// Names of the folders directly below a prefix that hold an object, at any depth, in ordinal order.
    /// </summary>
    Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Removes an object; no error when there is none.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// The local path from which DuckDB can read an object while <see cref="MakeReadableAsync"/> holds it. For the
    /// empty key or a prefix, the folder's path.
    /// </summary>
    string ReadablePath(string key);

    /// <summary>
    /// Ensures that objects are at their <see cref="ReadablePath"/> and stay there until the result is disposed. A
    /// store on local disk has nothing to do; a remote one fetches what its cache lacks and checks sizes and hashes.
    /// </summary>
    /// <exception cref="Core.Errors.TidemarkException">
    /// <c>OBJECT_MISSING</c>, <c>OBJECT_DAMAGED</c>: the store does not have what the log says. <c>CACHE_TOO_SMALL</c>:
    /// they do not fit.
    /// </exception>
    Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    );
}
