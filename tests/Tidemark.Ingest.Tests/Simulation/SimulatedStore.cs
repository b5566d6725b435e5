using System.Runtime.CompilerServices;
using Tidemark.Lake.Storage;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>The lake's store as one process has it: each write is a point at which the process may end.</summary>
internal sealed class SimulatedStore(IObjectStore inner, WorkerLife life) : IObjectStore
{
    public bool IsRemote => inner.IsRemote;

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        life.Live(key);
        return inner.GetAsync(key, cancellationToken);
    }

    public Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken)
    {
        life.Live(key);
        return inner.GetRangeAsync(key, offset, length, cancellationToken);
    }

    public async Task PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        Durability durability,
        CancellationToken cancellationToken
    )
    {
        await life.PassAsync(PointKind.Store, $"before put {key}");
        await inner.PutAsync(key, content, durability, cancellationToken);
        await life.PassAsync(PointKind.Store, $"after put {key}");
    }

    public async Task<bool> PutIfAbsentAsync(
        string key,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        await life.PassAsync(PointKind.Store, $"before put-if-absent {key}");
        var isNew = await inner.PutIfAbsentAsync(key, content, cancellationToken);
        await life.PassAsync(PointKind.Store, $"after put-if-absent {key}");
        return isNew;
    }

    public async Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken)
    {
        // One by one: a kill may come between them.
        foreach (var file in files)
        {
            await life.PassAsync(PointKind.Store, $"before publish {file.Key}");
            await inner.PublishAsync([file], cancellationToken);
        }

        await life.PassAsync(PointKind.Store, "after publish");
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        life.Live(prefix);
        await foreach (var entry in inner.ListAsync(prefix, after, cancellationToken))
        {
            yield return entry;
        }
    }

    public Task<IReadOnlyDictionary<string, long>> SizesAsync(
        string prefix,
        IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken
    )
    {
        life.Live(prefix);
        return inner.SizesAsync(prefix, keys, cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        life.Live(prefix);
        return inner.ListFoldersAsync(prefix, cancellationToken);
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        await life.PassAsync(PointKind.Store, $"before delete {key}");
        await inner.DeleteAsync(key, cancellationToken);
        await life.PassAsync(PointKind.Store, $"after delete {key}");
    }

    public string ReadablePath(string key) => inner.ReadablePath(key);

    public Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    ) => inner.MakeReadableAsync(objects, cancellationToken);
}
