using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Tidemark.Core.Errors;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Objects in an S3 bucket. Put-if-absent is <c>If-None-Match: *</c>; before its first one a process probes the server,
/// because a server that ignores the header would let two writers make the same version. Every object written here has
/// its SHA-256 as metadata; a body with another hash is fetched again. DuckDB reads through <see cref="FileCache"/>.
/// </summary>
public sealed class S3ObjectStore : IObjectStore, IInterruptedWrites, IDisposable
{
    private const int Parallelism = 8;
    private const string HashName = "tidemark-sha256";
    private readonly S3StoreOptions _options;
    private readonly FileCache _cache;
    private readonly S3Connection _connection;
    private readonly S3Upload _upload;
    private readonly SemaphoreSlim _probing = new(1);
    private readonly string _prefix;
    private bool _isConditional;

    /// <param name="options">The bucket and how to reach it.</param>
    /// <param name="cache">The local copies; disposed with the store.</param>
    /// <param name="clock">Measures time limits and waits.</param>
    /// <param name="handler">Sends the requests in place of the network; the caller disposes it.</param>
    public S3ObjectStore(
        S3StoreOptions options,
        FileCache cache,
        TimeProvider clock,
        HttpMessageHandler? handler = null
    )
    {
        _options = options;
        _cache = cache;
        _connection = new S3Connection(options, clock, handler);
        _upload = new S3Upload(options, _connection);
        var prefix = options.Prefix.Trim('/');
        _prefix = prefix.Length == 0 ? "" : ObjectKeys.CheckedPrefix(prefix + "/");
    }

    public bool IsRemote => true;

    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        GetAsync(key, range: null, cancellationToken);

    public async Task<byte[]?> GetRangeAsync(string key, long offset, int length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > 0)
        {
            return await GetAsync(key, new ByteRange(offset, offset + length - 1), cancellationToken);
        }

        // HTTP has no range without bytes.
        return await SizeAsync(key, cancellationToken) is null ? null : [];
    }

    public Task PutAsync(
        string key,
        ReadOnlyMemory<byte> content,
        Durability durability,
        CancellationToken cancellationToken
    ) =>
        _connection.RepeatAsync(
            key,
            content.Length,
            token => _connection.Client.PutObjectAsync(Put(key, content), token),
            cancellationToken
        );

    public async Task<bool> PutIfAbsentAsync(
        string key,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        ObjectKeys.Checked(key);
        await EnsureConditionalAsync(cancellationToken);
        return await TryPutAsync(key, content, cancellationToken);
    }

    public async Task PublishAsync(IReadOnlyList<PublishedFile> files, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Parallelism,
        };
        await Parallel.ForEachAsync(
            files,
            parallel,
            async (file, token) =>
            {
                var local = new FileInfo(file.LocalPath);
                var bytes = local.Exists
                    ? local.Length
                    : throw StorageErrors.From(new FileNotFoundException("The file is gone."), file.LocalPath);
                await _upload.PutFileAsync(NameOf(file.Key), file.LocalPath, bytes, token);
                // The process that has just written the file often reads it next.
                await _cache.AdoptAsync(new ImmutableObject(file.Key, bytes, null), file.LocalPath, token);
            }
        );
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var request = new ListObjectsV2Request
        {
            BucketName = _options.Bucket,
            Prefix = _prefix + ObjectKeys.CheckedPrefix(prefix),
            StartAfter = after is null ? null : _prefix + after,
        };
        ListObjectsV2Response page;
        do
        {
            page = await PageAsync(prefix, request, cancellationToken);
            foreach (var found in page.S3Objects ?? [])
            {
                yield return new StoredObject(
                    found.Key[_prefix.Length..],
                    found.Size ?? 0,
                    new DateTimeOffset((found.LastModified ?? DateTime.UnixEpoch).ToUniversalTime())
                );
            }

            request.ContinuationToken = page.NextContinuationToken;
        } while (page.IsTruncated == true);
    }

    public async Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancellationToken)
    {
        var start = _prefix + ObjectKeys.CheckedPrefix(prefix);
        var request = new ListObjectsV2Request
        {
            BucketName = _options.Bucket,
            Prefix = start,
            Delimiter = "/",
        };
        var names = new List<string>();
        ListObjectsV2Response page;
        do
        {
            page = await PageAsync(prefix, request, cancellationToken);
            names.AddRange((page.CommonPrefixes ?? []).Select(p => p[start.Length..^1]));
            request.ContinuationToken = page.NextContinuationToken;
        } while (page.IsTruncated == true);

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        await _connection.RepeatAsync(
            key,
            0,
            async token =>
            {
                try
                {
                    await _connection.Client.DeleteObjectAsync(_options.Bucket, name, token);
                }
                catch (AmazonS3Exception e) when (S3Errors.IsAbsent(e))
                {
                    // The object is gone, as wanted.
                }

                return true;
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Unfinished multipart uploads of files that have this program's names: other uploads in the bucket are not ours.
    /// </summary>
    public async Task<IReadOnlyList<StoredObject>> InterruptedWritesAsync(CancellationToken cancellationToken) =>
        [
            .. (await _upload.UnfinishedAsync(_prefix, cancellationToken))
                .Where(u => DataFileName.IsOwn(u.Name))
                .Select(u => new StoredObject(u.Name[_prefix.Length..], 0, u.Started)),
        ];

    public Task RemoveInterruptedAsync(StoredObject write, CancellationToken cancellationToken) =>
        _upload.AbortAsync(NameOf(write.Key), write.Modified, cancellationToken);

    public string ReadablePath(string key) =>
        _cache.PathOf(
            key.Length == 0 ? key
            : key.EndsWith('/') ? ObjectKeys.CheckedPrefix(key)
            : ObjectKeys.Checked(key)
        );

    public Task<IDisposable> MakeReadableAsync(
        IReadOnlyCollection<ImmutableObject> objects,
        CancellationToken cancellationToken
    ) => _cache.HoldAsync(objects, FetchAsync, cancellationToken);

    public void Dispose()
    {
        _connection.Dispose();
        _cache.Dispose();
        _probing.Dispose();
    }

    private string NameOf(string key) => _prefix + ObjectKeys.Checked(key);

    private PutObjectRequest Put(string key, ReadOnlyMemory<byte> content)
    {
        var request = new PutObjectRequest
        {
            BucketName = _options.Bucket,
            Key = NameOf(key),
            InputStream = new MemoryStream(content.ToArray(), writable: false),
            UseChunkEncoding = false,
        };
        request.Metadata[HashName] = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        return request;
    }

    private Task<ListObjectsV2Response> PageAsync(
        string prefix,
        ListObjectsV2Request request,
        CancellationToken cancellationToken
    ) =>
        _connection.RepeatAsync(
            prefix,
            0,
            async token =>
            {
                var page = await _connection.Client.ListObjectsV2Async(request, token);
                // An empty body would read as an empty folder, and a log without entries as a table that does not
                // exist.
                return page.IsTruncated is null ? throw new IOException("the listing has no end") : page;
            },
            cancellationToken
        );

    private async Task<byte[]?> GetAsync(string key, ByteRange? range, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest
        {
            BucketName = _options.Bucket,
            Key = NameOf(key),
            ByteRange = range,
        };
        return await _connection.RepeatAsync<byte[]?>(
            key,
            range is null ? 0 : range.End - range.Start,
            async token =>
            {
                try
                {
                    using var response = await _connection.Client.GetObjectAsync(request, token);
                    using var body = new MemoryStream();
                    await response.ResponseStream.CopyToAsync(body, token);
                    EnsureWhole(body.Length, response.ContentLength);
                    var content = body.ToArray();
                    // A proxy may cut a body and also change its announced length, so compare the hash.
                    var hash = range is null ? response.Metadata[HashName] : null;
                    return hash is null || hash == Convert.ToHexStringLower(SHA256.HashData(content))
                        ? content
                        : throw new IOException("the body is not what was written");
                }
                catch (AmazonS3Exception e) when (S3Errors.IsAbsent(e))
                {
                    return null;
                }
                catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    return [];
                }
            },
            cancellationToken
        );
    }

    private Task<long?> SizeAsync(string key, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        return _connection.RepeatAsync<long?>(
            key,
            0,
            async token =>
            {
                try
                {
                    return (
                        await _connection.Client.GetObjectMetadataAsync(_options.Bucket, name, token)
                    ).ContentLength;
                }
                catch (AmazonS3Exception e) when (S3Errors.IsAbsent(e))
                {
                    return null;
                }
            },
            cancellationToken
        );
    }

    private async Task FetchAsync(ImmutableObject wanted, string path, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = NameOf(wanted.Key) };
        var isThere = await _connection.RepeatAsync(
            wanted.Key,
            wanted.Bytes,
            async token =>
            {
                try
                {
                    using var response = await _connection.Client.GetObjectAsync(request, token);
                    await using var file = File.Create(path);
                    await response.ResponseStream.CopyToAsync(file, token);
                    EnsureWhole(file.Length, response.ContentLength);
                    return true;
                }
                catch (AmazonS3Exception e) when (S3Errors.IsAbsent(e))
                {
                    return false;
                }
            },
            cancellationToken
        );
        if (!isThere)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "OBJECT_MISSING",
                $"{_options.Address}: the log names {wanted.Key}, but there is no such object. `tidemark verify --quick` names what brings its rows back."
            );
        }
    }

    private static void EnsureWhole(long bytes, long announced)
    {
        if (bytes != announced)
        {
            throw new IOException(
                string.Create(CultureInfo.InvariantCulture, $"the body ends after {bytes} of {announced} bytes")
            );
        }
    }

    private async Task<bool> TryPutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await _connection.OnceAsync(
                key,
                content.Length,
                async token =>
                {
                    try
                    {
                        var request = Put(key, content);
                        request.IfNoneMatch = "*";
                        await _connection.Client.PutObjectAsync(request, token);
                        return PutOutcome.Written;
                    }
                    catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
                    {
                        return PutOutcome.Refused;
                    }
                    catch (AmazonS3Exception e)
                        when (attempt < _options.Attempts && e.ErrorCode == "ConditionalRequestConflict")
                    {
                        // Other writers are writing the object now, and the server says that it did not apply this
                        // request.
                        return PutOutcome.Again;
                    }
                },
                cancellationToken
            );
            if (outcome != PutOutcome.Again)
            {
                return outcome == PutOutcome.Written;
            }

            await _connection.WaitAsync(attempt, cancellationToken);
        }
    }

    /// <summary>
    /// Before this process's first commit: writes an object of its own twice, each time on the condition that it does
    /// not exist.
    /// </summary>
    private async Task EnsureConditionalAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _isConditional))
        {
            return;
        }

        await _probing.WaitAsync(cancellationToken);
        try
        {
            if (_isConditional)
            {
                return;
            }

            var key = $"{StoreProbe.Folder}{Path.GetRandomFileName()}";
            try
            {
                await TryPutAsync(key, "1"u8.ToArray(), cancellationToken);
                if (await TryPutAsync(key, "2"u8.ToArray(), cancellationToken))
                {
                    throw StoreProbe.Unconditional(_options.Address);
                }
            }
            finally
            {
                await DeleteAsync(key, CancellationToken.None);
            }

            Volatile.Write(ref _isConditional, true);
        }
        finally
        {
            _probing.Release();
        }
    }

    private enum PutOutcome
    {
        Written,
        Refused,
        Again,
    }
}
