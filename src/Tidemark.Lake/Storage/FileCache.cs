using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Local copies of immutable objects, as <c>{folder}/{key}</c>: hive folder names stay, so that engines read the copies
/// as they would the lake. A copy is fetched under a temporary name, checked by size and hash, and renamed; each
/// process checks its hash once more. At most <paramref name="maxBytes"/> are kept: the least recently used copies are
/// removed first, and held copies never. Several processes may share the folder: while another one has it open, only
/// copies that nobody has used for an hour are removed. Thread-safe.
/// </summary>
/// <param name="folder">The folder; made at the first use.</param>
/// <param name="maxBytes">The most bytes to keep.</param>
/// <param name="clock">Gives the time of a file's last use, by which its age is measured.</param>
public sealed class FileCache(string folder, long maxBytes, TimeProvider clock) : IDisposable
{
    private const int Parallelism = 8;
    private static readonly TimeSpan s_othersMayHold = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_touchEvery = TimeSpan.FromMinutes(20);

    private readonly string _folder = LocalPaths.Readable(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
    private readonly CacheUsers _users = new(Path.GetFullPath(folder), clock);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _fetching = new(1);
    private readonly SemaphoreSlim _room = new(1);
    private readonly Dictionary<string, Pin> _pins = new(StringComparer.Ordinal);
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private long? _bytes;

    /// <summary>Fetches an object's bytes into a new local file; throws when the store has none.</summary>
    public delegate Task Fetch(ImmutableObject wanted, string path, CancellationToken cancellationToken);

    public string PathOf(string key) => key.Length == 0 ? _folder : Path.Combine(_folder, key);

    /// <summary>Fetches objects and keeps them until the result is disposed.</summary>
    /// <exception cref="TidemarkException">
    /// <c>CACHE_TOO_SMALL</c>, <c>OBJECT_DAMAGED</c>, or the error of the fetch or the disk.
    /// </exception>
    public async Task<IDisposable> HoldAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        Fetch fetch,
        CancellationToken cancellationToken
    )
    {
        var wanted = objects.DistinctBy(o => o.Key, StringComparer.Ordinal).ToArray();
        if (wanted.Length == 0)
        {
            return new Held(this, [], clock);
        }

        try
        {
            // Register before looking at files: from here on no other process removes files that are in use.
            await _users.EnterAsync(cancellationToken);
            PinAll(wanted);
            try
            {
                await BringAsync(wanted, fetch, cancellationToken);
                return new Held(this, wanted, clock);
            }
            catch
            {
                Release(wanted);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, _folder);
        }
    }

    /// <summary>
    /// Takes over a finished file whose object has just been written; without room it is removed instead.
    /// </summary>
    public async Task AdoptAsync(ImmutableObject written, string path, CancellationToken cancellationToken)
    {
        try
        {
            await _users.EnterAsync(cancellationToken);
            if (!await MakeRoomAsync(written.Bytes, cancellationToken))
            {
                File.Delete(path);
                return;
            }

            var target = PathOf(written.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(path, target, overwrite: true);
            Touch(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, _folder);
        }
    }

    public void Dispose()
    {
        _users.Dispose();
        _fetching.Dispose();
        _room.Dispose();
    }

    private async Task BringAsync(ImmutableObject[] wanted, Fetch fetch, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Parallelism,
        };
        if (await MissingAsync(wanted, parallel) is { Count: 0 })
        {
            return;
        }

        // One at a time: two sessions that want the same files fetch them once.
        await _fetching.WaitAsync(cancellationToken);
        try
        {
            var missing = await MissingAsync(wanted, parallel);
            await MakeRoomAsync(missing.Sum(o => o.Bytes), cancellationToken);
            await Parallel.ForEachAsync(
                missing,
                parallel,
                async (o, token) =>
                {
                    await FetchOneAsync(o, fetch, token);
                    lock (_lock)
                    {
                        _checked.Add(o.Key);
                    }
                }
            );
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>The objects that have no copy here, or a wrong one.</summary>
    private async Task<IReadOnlyList<ImmutableObject>> MissingAsync(ImmutableObject[] wanted, ParallelOptions parallel)
    {
        var missing = new List<ImmutableObject>();
        await Parallel.ForEachAsync(
            wanted,
            parallel,
            async (o, token) =>
            {
                if (!await IsHereAsync(o, token))
                {
                    lock (_lock)
                    {
                        missing.Add(o);
                    }
                }
            }
        );
        return missing;
    }

    private async Task<bool> IsHereAsync(ImmutableObject wanted, CancellationToken cancellationToken)
    {
        var path = PathOf(wanted.Key);
        var file = new FileInfo(path);
        if (!file.Exists || file.Length != wanted.Bytes)
        {
            return false;
        }

        bool isChecked;
        lock (_lock)
        {
            isChecked = _checked.Contains(wanted.Key);
        }

        if (!isChecked && wanted.Sha256 is not null && await HashAsync(path, cancellationToken) != wanted.Sha256)
        {
            return false;
        }

        lock (_lock)
        {
            _checked.Add(wanted.Key);
        }

        Touch(path);
        return true;
    }

    private async Task FetchOneAsync(ImmutableObject wanted, Fetch fetch, CancellationToken cancellationToken)
    {
        var path = PathOf(wanted.Key);
        var parent = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(parent);
        var temporary = Path.Combine(parent, ObjectKeys.TemporaryPrefix + Path.GetRandomFileName());
        try
        {
            await fetch(wanted, temporary, cancellationToken);
            var bytes = new FileInfo(temporary).Length;
            if (bytes != wanted.Bytes)
            {
                throw Damaged(
                    wanted,
                    string.Create(CultureInfo.InvariantCulture, $"it has {bytes} bytes, the log says {wanted.Bytes}")
                );
            }

            if (
                wanted.Sha256 is not null
                && await HashAsync(temporary, cancellationToken) is var hash
                && hash != wanted.Sha256
            )
            {
                throw Damaged(wanted, $"its SHA-256 is {hash}, the log says {wanted.Sha256}");
            }

            File.Move(temporary, path, overwrite: true);
            Touch(path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static TidemarkException Damaged(ImmutableObject wanted, string how) =>
        new(
            ErrorKind.Storage,
            "OBJECT_DAMAGED",
            $"The object {wanted.Key} is damaged in the store: {how}. Nothing of it was cached. Restore it from a backup, or fetch its unit again."
        );

    private static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = DataFile.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    private void PinAll(ImmutableObject[] wanted)
    {
        lock (_lock)
        {
            var held = _pins.Values.Sum(p => p.Bytes);
            var needed = held + wanted.Where(o => !_pins.ContainsKey(o.Key)).Sum(o => o.Bytes);
            if (needed > maxBytes)
            {
                throw new TidemarkException(
                    ErrorKind.Configuration,
                    "CACHE_TOO_SMALL",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The cache {_folder} is bounded at {maxBytes} bytes, but {needed} are to be read at once ({held} of them are held already). "
                    ) + "Raise 's3.cache_size' in tidemark.yaml, or read fewer tables or days at once."
                );
            }

            foreach (var o in wanted)
            {
                _pins[o.Key] = _pins.TryGetValue(o.Key, out var pin)
                    ? pin with
                    {
                        Count = pin.Count + 1,
                    }
                    : new Pin(1, o.Bytes);
            }
        }
    }

    private void Release(ImmutableObject[] held)
    {
        lock (_lock)
        {
            foreach (var o in held)
            {
                var pin = _pins[o.Key];
                if (pin.Count == 1)
                {
                    _pins.Remove(o.Key);
                }
                else
                {
                    _pins[o.Key] = pin with { Count = pin.Count - 1 };
                }
            }
        }
    }

    /// <summary>
    /// Reserves so many bytes, removing the least recently used copies when there is no room. False when there still is
    /// none: copies in use stay. A caller that must have its files then exceeds the bound until the next call.
    /// </summary>
    private async Task<bool> MakeRoomAsync(long bytes, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            _bytes ??= Files().Sum(f => f.Length);
            if (_bytes + bytes > maxBytes)
            {
                using var turn = await _users.TakeTurnAsync(cancellationToken);
                _bytes = RemoveOldest(maxBytes - bytes, _users.IsAlone());
            }

            _bytes += bytes;
            return _bytes <= maxBytes;
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>
    /// Removes copies, oldest use first, where more than <paramref name="target"/> bytes are here; returns what stays.
    /// </summary>
    private long RemoveOldest(long target, bool isAlone)
    {
        // List the files again: other processes fetch and remove, too.
        var files = Files().OrderBy(f => f.LastWriteTimeUtc).ToArray();
        var standing = files.Sum(f => f.Length);
        if (standing <= target)
        {
            return standing;
        }

        // Remove a tenth more, so that not every call has to remove files.
        var goal = Math.Max(0, target - (maxBytes / 10));
        var longAgo = clock.GetUtcNow().UtcDateTime - s_othersMayHold;
        foreach (var file in files.TakeWhile(_ => standing > goal))
        {
            var isFetch = file.Name.StartsWith(ObjectKeys.TemporaryPrefix, StringComparison.Ordinal);
            var bytes = file.Length; // read before it is gone
            if (((isAlone && !isFetch) || file.LastWriteTimeUtc < longAgo) && TryRemove(file))
            {
                standing -= bytes;
            }
        }

        return standing;
    }

    private bool TryRemove(FileInfo file)
    {
        var key = file.FullName[(_folder.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/');
        lock (_lock)
        {
            if (_pins.ContainsKey(key))
            {
                return false;
            }

            _checked.Remove(key);
            file.Delete();
            return true;
        }
    }

    /// <summary>
    /// Copies, and fetches of killed processes. Names at the top that begin with <c>_</c> are not part of the cache.
    /// </summary>
    private IEnumerable<FileInfo> Files() =>
        Directory.Exists(_folder)
            ? new DirectoryInfo(_folder)
                .EnumerateDirectories()
                .Where(d => !d.Name.StartsWith('_'))
                .SelectMany(d => d.EnumerateFiles("*", SearchOption.AllDirectories))
                .Where(f => f.Exists) // a fetch of another process that has just got its name
            : [];

    private void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process has just removed the file, and whoever needs it will notice. No failure here is worth
            // ending the timer, and with it the process.
        }
    }

    private readonly record struct Pin(int Count, long Bytes);

    /// <summary>
    /// Keeps objects in the cache. While it lives it stamps them, so that other processes see that they are used.
    /// </summary>
    private sealed class Held : IDisposable
    {
        private readonly FileCache _cache;
        private readonly ImmutableObject[] _objects;
        private readonly ITimer? _timer;
        private int _disposed;

        public Held(FileCache cache, ImmutableObject[] objects, TimeProvider clock)
        {
            _cache = cache;
            _objects = objects;
            _timer =
                objects.Length == 0
                    ? null
                    : clock.CreateTimer(
                        _ => Array.ForEach(objects, o => cache.Touch(cache.PathOf(o.Key))),
                        null,
                        s_touchEvery,
                        s_touchEvery
                    );
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                _timer?.Dispose();
                _cache.Release(_objects);
            }
        }
    }
}
