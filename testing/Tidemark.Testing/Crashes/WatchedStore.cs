using System.Runtime.CompilerServices;
using Tidemark.Lake.Storage;

namespace Tidemark.Testing.Crashes;

/// <summary>
/// A store that reports each point that it passes by name: before and after every call, with the kind of file, for
/// example <c>before put-if-absent entry</c>. The callback may end the process.
/// </summary>
public sealed class WatchedStore(IObjectStore inner, Action<string> passing) : IObjectStore
{
    public bool IsRemote => inner.IsRemote;

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        WatchAsync("get", key, () => inner.GetAsync(key, cancellationToken));

    public Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken) =>
        WatchAsync("get-range", key, () => inner.GetRangeAsync(key, offset, length, cancellationToken));

    public Task PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        Durability durability,
        CancellationToken cancellationToken
    ) => WatchAsync("put", key, () => DoneAsync(inner.PutAsync(key, content, durability, cancellationToken)));

    public Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        WatchAsync("put-if-absent", key, () => inner.PutIfAbsentAsync(key, content, cancellationToken));

    public Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken) =>
        WatchAsync(
            "publish",
            files.Count == 0 ? "" : files[0].Key,
            () => DoneAsync(inner.PublishAsync(files, cancellationToken))
        );

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        passing($"before list {KindOf(prefix)}");
        await foreach (var entry in inner.ListAsync(prefix, after, cancellationToken))
        {
            yield return entry;
        }

        passing($"after list {KindOf(prefix)}");
    }

    public Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken) =>
        WatchAsync("list-folders", prefix, () => inner.ListFoldersAsync(prefix, cancellationToken));

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        WatchAsync("delete", key, () => DoneAsync(inner.DeleteAsync(key, cancellationToken)));

    public string ReadablePath(string key) => inner.ReadablePath(key);

    public Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    ) => inner.MakeReadableAsync(objects, cancellationToken);

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> WatchAsync<T>(string call, string key, Func<Task<T>> action)
    {
        var kind = KindOf(key);
        passing($"before {call} {kind}");
        var result = await action();
        passing($"after {call} {kind}");
        return result;
    }

    private static string KindOf(string key) =>
        key.EndsWith("/_last_checkpoint", StringComparison.Ordinal) ? "last-checkpoint"
        : key.Contains(".checkpoint", StringComparison.Ordinal) ? "checkpoint"
        : key.EndsWith("/_delta_log/", StringComparison.Ordinal) ? "log"
        : key.Contains("/_delta_log/", StringComparison.Ordinal) ? "entry"
        : key.EndsWith("/manifest.json", StringComparison.Ordinal) ? "manifest"
        : key.EndsWith("/_SUCCESS", StringComparison.Ordinal) ? "success"
        : key.EndsWith(".parquet", StringComparison.Ordinal) ? "data"
        : key.EndsWith('/') ? "folder"
        : "other";
}
