using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;

namespace Tidemark.Testing.Stores;

/// <summary>
/// A remote store in this process's memory. A lake on it writes what it reads to a temporary folder first.
/// </summary>
public sealed class InMemoryObjectStore(TimeProvider clock) : IObjectStore, IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (byte[] Content, DateTimeOffset Modified)> _objects = new(
        StringComparer.Ordinal
    );
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-memory-").FullName;

    public bool IsRemote => true;

    /// <summary>Keys with this ending cannot be read; null for none.</summary>
    public string? Refused { get; set; }

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKeys.Checked(key);
        lock (_lock)
        {
            return Task.FromResult(_objects.TryGetValue(key, out var found) ? found.Content.ToArray() : null);
        }
    }

    public async Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (Refused is { } refused && key.EndsWith(refused, StringComparison.Ordinal))
        {
            throw new TidemarkException(ErrorKind.Storage, StorageErrors.ReadOnlyCode, $"{key}: access is denied.");
        }

        return await GetAsync(key, cancellationToken) is { } content
            ? [.. content.Skip((int)Math.Min(offset, content.Length)).Take(length)]
            : null;
    }

    public Task PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        Durability durability,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKeys.Checked(key);
        lock (_lock)
        {
            _objects[key] = (content.ToArray(), clock.GetUtcNow());
        }

        return Task.CompletedTask;
    }

    public Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKeys.Checked(key);
        lock (_lock)
        {
            return Task.FromResult(_objects.TryAdd(key, (content.ToArray(), clock.GetUtcNow())));
        }
    }

    public async Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            var content = await File.ReadAllBytesAsync(file.LocalPath, cancellationToken);
            await PutAsync(file.Key, content, Durability.Durable, cancellationToken);
            File.Delete(file.LocalPath);
        }
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ObjectKeys.CheckedPrefix(prefix);
        await Task.CompletedTask;
        StoredObject[] found;
        lock (_lock)
        {
            found =
            [
                .. _objects
                    .Where(o =>
                        o.Key.StartsWith(prefix, StringComparison.Ordinal)
                        && (after is null || string.CompareOrdinal(o.Key, after) > 0)
                    )
                    .Select(o => new StoredObject(o.Key, o.Value.Content.Length, o.Value.Modified)),
            ];
        }

        foreach (var entry in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKeys.CheckedPrefix(prefix);
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<string>>([
                .. _objects
                    .Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(k => k[prefix.Length..])
                    .Where(k => k.Contains('/'))
                    .Select(k => k[..k.IndexOf('/')])
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ]);
        }
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectKeys.Checked(key);
        lock (_lock)
        {
            _objects.Remove(key);
        }

        return Task.CompletedTask;
    }

    public string ReadablePath(string key) => key.Length == 0 ? _folder : Path.Combine(_folder, key);

    public async Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    )
    {
        foreach (var wanted in objects)
        {
            var content =
                await GetAsync(wanted.Key, cancellationToken)
                ?? throw new TidemarkException(ErrorKind.Storage, "OBJECT_MISSING", $"{wanted.Key} is not there.");
            if (
                content.Length != wanted.Bytes
                || (wanted.Sha256 is not null && Convert.ToHexStringLower(SHA256.HashData(content)) != wanted.Sha256)
            )
            {
                throw new TidemarkException(ErrorKind.Storage, "OBJECT_DAMAGED", $"{wanted.Key} is not as it was.");
            }

            var path = ReadablePath(wanted.Key);
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var temporary = Path.Combine(_folder, Path.GetRandomFileName());
                await File.WriteAllBytesAsync(temporary, content, cancellationToken);
                File.Move(temporary, path, overwrite: true);
            }
        }

        return new Held();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Held : IDisposable
    {
        public void Dispose() { }
    }
}
