using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>
/// Fetches objects of a remote store one by one, past the cache: a good copy there says nothing about the store's
/// object. Removes each copy after its use. Thread-safe.
/// </summary>
internal sealed class VerifiedCopies : IDisposable
{
    private const int PieceBytes = 8 << 20;
    private readonly DataLake _lake;
    private readonly string _runId;
    private readonly StagingClaim _claim;
    private int _number;

    public VerifiedCopies(DataLake lake, LakeTable table)
    {
        _lake = lake;
        _runId = table.Ids.NewId().ToString();
        _claim = lake.ClaimStaging(_runId);
    }

    /// <param name="key">The object.</param>
    /// <param name="use">Reads the copy.</param>
    /// <param name="cancellationToken">Stops the fetching.</param>
    /// <exception cref="TidemarkException">
    /// The store does not return the object (kind Storage: it is not there), or the copy does not fit on this disk.
    /// </exception>
    public async Task<T> UseAsync<T>(string key, Func<string, Task<T>> use, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _number);
        var path = Path.Combine(_lake.Staging.Folder(_runId), number.ToString(CultureInfo.InvariantCulture));
        try
        {
            await FetchAsync(key, path, cancellationToken);
            return await use(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        _claim.Dispose();
        _lake.Staging.Sweep(_runId);
    }

    private async Task FetchAsync(string key, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.Create(path);
            await FetchAsync(key, file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, path);
        }
    }

    private async Task FetchAsync(string key, FileStream file, CancellationToken cancellationToken)
    {
        while (true)
        {
            var piece =
                await _lake.Store.GetRangeAsync(key, file.Length, PieceBytes, cancellationToken)
                ?? throw new TidemarkException(
                    ErrorKind.Storage,
                    "OBJECT_MISSING",
                    $"{key} went while it was read. Verify again."
                );
            await file.WriteAsync(piece, cancellationToken);
            if (piece.Length < PieceBytes)
            {
                return;
            }
        }
    }
}
