using System.Runtime.CompilerServices;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tests.Log;

/// <summary>
/// A store whose lists lack some keys, and which notes what is listed and deleted; something may happen in between.
/// </summary>
internal sealed class LaggingStore(IObjectStore inner) : IObjectStore
{
    public Func<string, bool> IsListed { get; set; } = _ => true;

    /// <summary>Done before it is said where an object can be read.</summary>
    public Action Reading { get; set; } = () => { };

    public int Lists { get; private set; }

    public List<string> Deleted { get; } = [];

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        inner.GetAsync(key, cancellationToken);

    public Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken) =>
        inner.GetRangeAsync(key, offset, length, cancellationToken);

    public Task PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        Durability durability,
        CancellationToken cancellationToken
    ) => inner.PutAsync(key, content, durability, cancellationToken);

    public Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.PutIfAbsentAsync(key, content, cancellationToken);

    public Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken) =>
        inner.PublishAsync(files, cancellationToken);

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        Lists++;
        await foreach (var entry in inner.ListAsync(prefix, after, cancellationToken))
        {
            if (IsListed(entry.Key))
            {
                yield return entry;
            }
        }
    }

    public Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListFoldersAsync(prefix, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        Deleted.Add(key[(key.LastIndexOf('/') + 1)..].TrimStart('0'));
        return inner.DeleteAsync(key, cancellationToken);
    }

    public string ReadablePath(string key)
    {
        Reading();
        return inner.ReadablePath(key);
    }

    public Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    ) => inner.MakeReadableAsync(objects, cancellationToken);
}
