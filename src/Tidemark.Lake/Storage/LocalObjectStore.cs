using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Objects as files below a folder. A write is: temporary name → fsync → link (refuses to replace) or rename → fsync of
/// the folder. A listing shows neither temporary names, which begin with <c>.tmp-</c>, nor anything behind a link
/// inside a table (<see cref="ILinks"/>); there, nothing is written or removed either.
/// </summary>
public sealed partial class LocalObjectStore : IObjectStore, IInterruptedWrites, ILinks, IPipes
{
    private const int PublishParallelism = 8;

    private readonly string _root;
    private readonly LocalDisk _disk;
    private readonly LocalListing _listing;

    // Folders whose names survive a loss of power: this process flushes each folder's name once.
    private readonly ConcurrentDictionary<string, bool> _durableFolders = new(StringComparer.Ordinal);

    /// <param name="root">The folder; made when it is missing.</param>
    /// <exception cref="TidemarkException">
    /// The path is a file, cannot be made, or cannot be read by the engine.
    /// </exception>
    public LocalObjectStore(string root)
        : this(root, new LocalDisk()) { }

    internal LocalObjectStore(string root, LocalDisk disk)
    {
        _disk = disk;
        _root = LocalPaths.Readable(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        _listing = new LocalListing(_root);
        if (File.Exists(_root))
        {
            throw new TidemarkException(
                ErrorKind.Configuration,
                "LAKE_IS_FILE",
                $"{_root} is a file, and a lake is a folder. Move the file away, or correct 'lake' in tidemark.yaml."
            );
        }

        Guarded(
            "",
            () =>
            {
                _disk.MakeFolder(_root);
                return true;
            }
        );
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult(Read(key, DataFile.ReadBytes, cancellationToken));

    public Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return Task.FromResult(
            Read(
                key,
                path =>
                {
                    using var file = DataFile.OpenHandle(path);
                    var bytes = new byte[Math.Clamp(RandomAccess.GetLength(file) - offset, 0, length)];
                    var read = RandomAccess.Read(file, bytes, offset);
                    return read == bytes.Length ? bytes : bytes[..read];
                },
                cancellationToken
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
        var path = PathOf(key);
        EnsureNoLink(key);
        Guarded(
            key,
            () =>
            {
                if (content.IsEmpty && durability == Durability.Rebuildable)
                {
                    // An empty file is whole as soon as it exists.
                    _disk.MakeFolder(Path.GetDirectoryName(path)!);
                    _disk.Touch(path);
                    return true;
                }

                var temporary = WriteTemporary(path, content.Span, durability);
                _disk.Move(temporary, path);
                if (durability == Durability.Durable)
                {
                    Flush([Path.GetDirectoryName(path)!]);
                }

                return true;
            }
        );
        return Task.CompletedTask;
    }

    public Task<bool> PutIfAbsentAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        EnsureNoLink(key);
        return Task.FromResult(
            Guarded(
                key,
                () =>
                {
                    if (File.Exists(path))
                    {
                        return false;
                    }

                    var temporary = WriteTemporary(path, content.Span, Durability.Durable);
                    try
                    {
                        if (!_disk.TryLink(temporary, path))
                        {
                            return false;
                        }
                    }
                    finally
                    {
                        _disk.Delete(temporary);
                    }

                    Flush([Path.GetDirectoryName(path)!]);
                    return true;
                }
            )
        );
    }

    public Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken)
    {
        // Checked before any file is moved. A rename replaces a link and does not follow it, so it is enough to check
        // the folders.
        foreach (
            var folder in files.Select(f => f.Key[..(f.Key.LastIndexOf('/') + 1)]).Distinct(StringComparer.Ordinal)
        )
        {
            EnsureNoLink(folder);
        }

        // Publish in parallel: many partitions come at once, and parallel fsyncs share the journal's commits.
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = PublishParallelism,
        };
        Guarded(
            files.Count > 0 ? files[0].Key : "",
            () =>
            {
                Parallel.ForEach(
                    files,
                    parallel,
                    file =>
                    {
                        // Set the time as an upload would: a vacuum removes old files that no version names, and this
                        // one may have been staged long ago.
                        _disk.Stamp(file.LocalPath);
                        _disk.FlushFile(file.LocalPath);
                    }
                );
                var folders = new HashSet<string>(StringComparer.Ordinal);
                foreach (var file in files)
                {
                    var path = PathOf(file.Key);
                    var folder = Path.GetDirectoryName(path)!;
                    if (folders.Add(folder))
                    {
                        _disk.MakeFolder(folder);
                    }

                    // Names of data files are never used twice, so one rename is enough.
                    _disk.Move(file.LocalPath, path);
                }

                Flush(folders);
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
        ObjectKeys.CheckedPrefix(prefix);
        await Task.CompletedTask;
        var found = Guarded(prefix, () => _listing.Objects(FolderOf(prefix), after).ToArray());
        Array.Sort(found, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        foreach (var stored in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return stored;
        }
    }

    public Task<IReadOnlyDictionary<string, long>> SizesAsync(
        string prefix,
        IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            Guarded(
                ObjectKeys.CheckedPrefix(prefix),
                () => _listing.Sizes(keys, folder => LinkTo(folder) is not null, cancellationToken)
            )
        );

    public Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = FolderOf(ObjectKeys.CheckedPrefix(prefix));
        IReadOnlyList<string> names = Guarded(
            prefix,
            () =>
                Directory.Exists(folder)
                    ? Directory
                        .GetDirectories(folder)
                        .Where(HasKeys)
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
        var path = PathOf(key);
        EnsureNoLink(key);
        Guarded(
            key,
            () =>
            {
                if (File.Exists(path))
                {
                    _disk.Delete(path);
                }

                return true;
            }
        );
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<StoredObject>> InterruptedWritesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredObject>>(
            Guarded(
                "",
                () =>
                    _listing
                        .Temporaries()
                        .Select(key => (Key: key, File: new FileInfo(Path.Combine(_root, key))))
                        .Where(f => f.File.Exists) // a write that has just ended is no leftover
                        .Select(f => new StoredObject(
                            f.Key,
                            f.File.Length,
                            new DateTimeOffset(f.File.LastWriteTimeUtc)
                        ))
                        .OrderBy(o => o.Key, StringComparer.Ordinal)
                        .ToList()
            )
        );

    public Task RemoveInterruptedAsync(StoredObject write, CancellationToken cancellationToken)
    {
        EnsureNoLink(write.Key);
        return Task.FromResult(
            Guarded(
                write.Key,
                () =>
                {
                    File.Delete(Path.Combine(_root, write.Key));
                    return true;
                }
            )
        );
    }

    public string ReadablePath(string key) =>
        key.Length == 0 ? _root
        : key.EndsWith('/') ? FolderOf(ObjectKeys.CheckedPrefix(key)) + "/"
        : PathOf(key);

    public Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    ) => Task.FromResult<IDisposable>(NothingHeld.Instance);

    private string WriteTemporary(string path, ReadOnlySpan<byte> content, Durability durability)
    {
        var folder = Path.GetDirectoryName(path)!;
        _disk.MakeFolder(folder);
        // A random name, without a counter or process id: machines and containers that share a disk have the same ones.
        var temporary = Path.Combine(folder, ObjectKeys.TemporaryPrefix + Path.GetRandomFileName());
        try
        {
            _disk.Write(temporary, content);
            if (durability == Durability.Durable)
            {
                _disk.FlushFile(temporary);
            }
        }
        catch
        {
            _disk.Delete(temporary);
            throw;
        }

        return temporary;
    }

    /// <summary>
    /// Makes the names in these folders durable, and the folders' own names up to the root where this process has not
    /// done so yet.
    /// </summary>
    private void Flush(IEnumerable<string> folders)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var settled = new List<string>();
        foreach (var folder in folders)
        {
            wanted.Add(folder);
            for (
                var f = folder;
                f.Length > _root.Length && !_durableFolders.ContainsKey(f);
                f = Path.GetDirectoryName(f)!
            )
            {
                wanted.Add(Path.GetDirectoryName(f)!);
                settled.Add(f);
            }
        }

        Parallel.ForEach(
            wanted,
            new ParallelOptions { MaxDegreeOfParallelism = PublishParallelism },
            _disk.FlushFolder
        );
        foreach (var folder in settled)
        {
            _durableFolders.TryAdd(folder, true);
        }
    }

    private bool HasKeys(string folder)
    {
        try
        {
            return _listing.Keys(folder).Any();
        }
        catch (UnauthorizedAccessException)
        {
            return true; // there is something that may not be seen; who asks for it is told so
        }
    }

    private T? Read<T>(string key, Func<string, T> read, CancellationToken cancellationToken)
        where T : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        return Guarded(
            key,
            () =>
            {
                try
                {
                    return read(path);
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    return null;
                }
                catch (UnauthorizedAccessException) when (Directory.Exists(path))
                {
                    return null; // a folder is no object
                }
            }
        );
    }

    private string PathOf(string key) => Path.Combine(_root, ObjectKeys.Checked(key));

    private string FolderOf(string prefix) => Path.Combine(_root, prefix.TrimEnd('/'));

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
