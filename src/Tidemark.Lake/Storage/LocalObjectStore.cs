using System.Runtime.CompilerServices;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Objects as files below a folder. Writing: temporary name → fsync → link (refuses to replace) or rename → fsync of the folder.
/// Temporary names begin with <c>.tmp-</c> and are never listed.
/// </summary>
public sealed class LocalObjectStore : IObjectStore, IInterruptedWrites
{
    private const string TemporaryPrefix = ".tmp-";
    private const int PublishParallelism = 8;
    private readonly string _root;

    /// <param name="root">The folder; made when it is missing.</param>
    /// <exception cref="TidemarkException">The path is a file or cannot be made.</exception>
    public LocalObjectStore(string root)
    {
        _root = Path.GetFullPath(root);
        Guarded(
            "",
            () =>
            {
                if (File.Exists(_root))
                {
                    throw new IOException("the path is a file, not a folder");
                }

                Directory.CreateDirectory(_root);
                return true;
            }
        );
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(
            Guarded<byte[]?>(
                key,
                () =>
                {
                    try
                    {
                        return File.ReadAllBytes(PathOf(key));
                    }
                    catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                    {
                        return null;
                    }
                }
            )
        );
    }

    public Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(
            Guarded<byte[]?>(
                key,
                () =>
                {
                    try
                    {
                        using var file = File.OpenHandle(PathOf(key));
                        var wanted = Math.Clamp(RandomAccess.GetLength(file) - offset, 0, length);
                        var bytes = new byte[wanted];
                        var read = RandomAccess.Read(file, bytes, offset);
                        return read == wanted ? bytes : bytes[..read];
                    }
                    catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                    {
                        return null;
                    }
                }
            )
        );
    }

    public Task PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        Durability durability,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        Guarded(
            key,
            () =>
            {
                var path = PathOf(key);
                if (content.IsEmpty && durability == Durability.Rebuildable)
                {
                    // An empty file is whole as soon as it is there.
                    File.Create(path).Dispose();
                    return true;
                }

                var temporary = WriteTemporary(path, content.Span, durability);
                File.Move(temporary, path, overwrite: true);
                if (durability == Durability.Durable)
                {
                    PosixFile.FlushFolder(Path.GetDirectoryName(path)!);
                }

                return true;
            }
        );
        return Task.CompletedTask;
    }

    public Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(
            Guarded(
                key,
                () =>
                {
                    var path = PathOf(key);
                    if (File.Exists(path))
                    {
                        return false;
                    }

                    var temporary = WriteTemporary(path, content.Span, Durability.Durable);
                    try
                    {
                        if (!PosixFile.TryLink(temporary, path))
                        {
                            return false;
                        }
                    }
                    finally
                    {
                        File.Delete(temporary);
                    }

                    PosixFile.FlushFolder(Path.GetDirectoryName(path)!);
                    return true;
                }
            )
        );
    }

    public Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken)
    {
        // Many partitions are published at once; parallel fsyncs share the journal's commits.
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = PublishParallelism,
        };
        Guarded(
            files.Count > 0 ? files[0].Key : "",
            () =>
            {
                Parallel.ForEach(files, parallel, file => FlushFile(file.LocalPath));
                var folders = new HashSet<string>(StringComparer.Ordinal);
                foreach (var file in files)
                {
                    var path = PathOf(file.Key);
                    var folder = Path.GetDirectoryName(path)!;
                    if (folders.Add(folder))
                    {
                        Directory.CreateDirectory(folder);
                        folders.Add(Path.GetDirectoryName(folder)!);
                    }

                    // Names of data files are never used twice, so one rename is enough.
                    File.Move(file.LocalPath, path, overwrite: true);
                }

                Parallel.ForEach(folders, parallel, PosixFile.FlushFolder);
                return true;
            }
        );
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (!prefix.EndsWith('/'))
        {
            throw new ArgumentException($"The prefix '{prefix}' does not end with '/'", nameof(prefix));
        }

        await Task.CompletedTask;
        var folder = PathOf(prefix);
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        var found = Guarded(
            prefix,
            () =>
                new DirectoryInfo(folder)
                    .EnumerateFiles("*", SearchOption.AllDirectories)
                    .Where(f => !f.Name.StartsWith(TemporaryPrefix, StringComparison.Ordinal))
                    .Select(f => new StoredObject(KeyOf(f.FullName), f.Length, new DateTimeOffset(f.LastWriteTimeUtc)))
                    .Where(o => after is null || string.CompareOrdinal(o.Key, after) > 0)
                    .OrderBy(o => o.Key, StringComparer.Ordinal)
                    .ToList()
        );
        foreach (var entry in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = PathOf(prefix);
        IReadOnlyList<string> names = Guarded(
            prefix,
            () =>
                Directory.Exists(folder)
                    ? Directory
                        .GetDirectories(folder)
                        .Select(f => Path.GetFileName(f)!)
                        .Order(StringComparer.Ordinal)
                        .ToArray()
                    : []
        );
        return Task.FromResult(names);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Guarded(
            key,
            () =>
            {
                var path = PathOf(key);
                if (File.Exists(path))
                {
                    File.Delete(path);
                }

                return true;
            }
        );
        return Task.CompletedTask;
    }

    public IReadOnlyList<StoredObject> InterruptedWrites() =>
        Guarded(
            "",
            () =>
                new DirectoryInfo(_root)
                    .EnumerateFiles(TemporaryPrefix + "*", SearchOption.AllDirectories)
                    .Where(f => f.Exists) // a write that has just ended is no leftover
                    .Select(f => new StoredObject(KeyOf(f.FullName), f.Length, new DateTimeOffset(f.LastWriteTimeUtc)))
                    .OrderBy(o => o.Key, StringComparer.Ordinal)
                    .ToList()
        );

    public string ReadablePath(string key) => PathOf(key);

    public Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    ) => Task.FromResult<IDisposable>(NothingHeld.Instance);

    private static void FlushFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private string WriteTemporary(string path, ReadOnlySpan<byte> content, Durability durability)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        // Neither counted nor named by the process: machines and containers that share a disk have the same numbers.
        var temporary = Path.Combine(folder, TemporaryPrefix + Path.GetRandomFileName());
        try
        {
            using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, content, 0);
            if (durability == Durability.Durable)
            {
                RandomAccess.FlushToDisk(file);
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        return temporary;
    }

    private string PathOf(string key)
    {
        var path = Path.GetFullPath(Path.Combine(_root, key));
        return path.StartsWith(_root, StringComparison.Ordinal)
            ? path
            : throw new ArgumentException($"The key '{key}' leaves the store", nameof(key));
    }

    private string KeyOf(string path) => path[(_root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/');

    private T Guarded<T>(string key, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (AggregateException e) when (e.InnerException is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e.InnerException, Path.Combine(_root, key));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, Path.Combine(_root, key));
        }
    }

    private sealed class NothingHeld : IDisposable
    {
        public static readonly NothingHeld Instance = new();

        public void Dispose() { }
    }
}
