using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Checks whether live files are what the log says. A check by listing covers existence and size, and opens nothing. A
/// check by bytes covers the hash, too, and reads the store itself, not a copy.
/// </summary>
internal static class FileCheck
{
    private const int Parallelism = 4;
    private const int PieceBytes = 8 << 20;

    /// <summary>The live files of a version that are gone, have another size or lie behind a link, by path.</summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public static async Task<IReadOnlyList<DamagedFile>> ListedAsync(
        IObjectStore store,
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        if (snapshot.Files.Count == 0)
        {
            return [];
        }

        var table = snapshot.Table;
        var files = new List<(string Key, AddAction File)>(snapshot.Files.Count);
        foreach (var file in snapshot.Files.Values)
        {
            files.Add((DataFiles.KeyOf(table, file), file));
        }

        var sizes = await store.SizesAsync(table.Prefix, [.. files.Select(f => f.Key)], cancellationToken);
        var found = new List<DamagedFile>();
        foreach (var (key, file) in files)
        {
            long? listed = sizes.TryGetValue(key, out var bytes) ? bytes : null;
            if (await ListedAsync(store, table, listed, file, cancellationToken) is { } damaged)
            {
                found.Add(damaged);
            }
        }

        found.Sort((a, b) => string.CompareOrdinal(a.File.Path, b.File.Path));
        return found;
    }

    /// <summary>The same for one file of a table that was listed.</summary>
    public static Task<DamagedFile?> ListedAsync(
        IObjectStore store,
        TableId table,
        TableListing listing,
        AddAction file,
        CancellationToken cancellationToken
    ) =>
        ListedAsync(
            store,
            table,
            listing.Objects.TryGetValue(TableListing.PathOf(table, file), out var found) ? found.Bytes : null,
            file,
            cancellationToken
        );

    private static async Task<DamagedFile?> ListedAsync(
        IObjectStore store,
        TableId table,
        long? listed,
        AddAction file,
        CancellationToken cancellationToken
    ) =>
        listed is { } bytes
            ? OfSize(table, file, bytes)
            // A listing follows no link, so ask only about files that it lacks.
            : Linked(store, table, file) ?? await AskedAsync(store, table, file, cancellationToken);

    /// <summary>
    /// The damage of a file that is a link or lies behind one inside its table; null for other files. Does not look at
    /// the link's target.
    /// </summary>
    public static DamagedFile? Linked(IObjectStore store, TableId table, AddAction file) =>
        store is ILinks links && links.LinkTo(DataFiles.KeyOf(table, file)) is { } link
            ? new DamagedFile(table, file, IsGone: false, InnerLink.What)
            {
                Link = link,
                Refusal = InnerLink.Refused(link),
            }
            : null;

    /// <summary>
    /// The files whose bytes are not what the log says. Checks only the size of a file without a hash.
    /// </summary>
    public static async Task<IReadOnlyList<DamagedFile>> ReadAsync(
        IObjectStore store,
        TableId table,
        IEnumerable<AddAction> files,
        CancellationToken cancellationToken
    )
    {
        var found = new ConcurrentBag<DamagedFile>();
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                var damaged =
                    Linked(store, table, file)
                    ?? await AskedAsync(store, table, file, token)
                    ?? await HashedAsync(store, table, file, token);
                if (damaged is not null)
                {
                    found.Add(damaged);
                }
            }
        );
        return [.. found.OrderBy(f => f.File.Path, StringComparer.Ordinal)];
    }

    /// <summary>What is wrong with a local copy of a file: its hash and its number of rows.</summary>
    public static async Task<IReadOnlyList<string>> ContentFaultsAsync(
        LakeEngine engine,
        string local,
        AddAction file,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<string>();
        if (file.Sha256 is not null)
        {
            await using var content = DataFile.OpenRead(local);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
            if (hash != file.Sha256)
            {
                faults.Add(OtherHash(hash, file));
            }
        }

        if (DeltaStats.RowCount(file.Stats) is not { } rows)
        {
            return faults;
        }

        try
        {
            using var connection = engine.Connect();
            var counted = Convert.ToInt64(
                connection.Scalar(
                    $"SELECT num_rows FROM parquet_file_metadata({DuckDbPath.Literal(local)})",
                    cancellationToken
                ),
                CultureInfo.InvariantCulture
            );
            if (counted != rows)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"it has {counted} rows, the log says {rows}"));
            }
        }
        catch (DuckDbException e)
        {
            faults.Add($"it is no readable Parquet file: {e.EngineMessage}");
        }

        return faults;
    }

    /// <summary>Asks for the last byte only: it must be there, and no byte after it.</summary>
    private static async Task<DamagedFile?> AskedAsync(
        IObjectStore store,
        TableId table,
        AddAction file,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var last = Math.Max(0, file.Size - 1);
            var end = await store.GetRangeAsync(DataFiles.KeyOf(table, file), last, 2, cancellationToken);
            return end is null ? new DamagedFile(table, file, IsGone: true, "it is missing")
                : last + end.Length == file.Size ? null
                : new DamagedFile(
                    table,
                    file,
                    IsGone: false,
                    $"it is {(end.Length == 0 ? "shorter" : "longer")} than the log says"
                );
        }
        catch (TidemarkException e) when (IsOfTheFile(e))
        {
            return Unreadable(table, file, e);
        }
    }

    private static async Task<DamagedFile?> HashedAsync(
        IObjectStore store,
        TableId table,
        AddAction file,
        CancellationToken cancellationToken
    )
    {
        if (file.Sha256 is null)
        {
            return null;
        }

        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var key = DataFiles.KeyOf(table, file);
            for (var offset = 0L; offset < file.Size; offset += PieceBytes)
            {
                if (await store.GetRangeAsync(key, offset, PieceBytes, cancellationToken) is not { } piece)
                {
                    return new DamagedFile(table, file, IsGone: true, "it went while it was read");
                }

                hash.AppendData(piece);
            }

            var found = Convert.ToHexStringLower(hash.GetHashAndReset());
            return found == file.Sha256 ? null : new DamagedFile(table, file, IsGone: false, OtherHash(found, file));
        }
        catch (TidemarkException e) when (IsOfTheFile(e))
        {
            return Unreadable(table, file, e);
        }
    }

    private static DamagedFile? OfSize(TableId table, AddAction file, long bytes) =>
        bytes == file.Size
            ? null
            : new DamagedFile(
                table,
                file,
                IsGone: false,
                string.Create(CultureInfo.InvariantCulture, $"it has {bytes} bytes, the log says {file.Size}")
            );

    private static string OtherHash(string hash, AddAction file) =>
        $"its SHA-256 is {hash}, the log says {file.Sha256}";

    private static DamagedFile Unreadable(TableId table, AddAction file, TidemarkException error) =>
        new(table, file, IsGone: false, $"it cannot be read ({error.Code}: {error.Message.TrimEnd('.')})")
        {
            Refusal = error.InnerException is NotAFileException ? null : error,
        };

    // A server that refuses or does not answer says nothing about a file.
    private static bool IsOfTheFile(TidemarkException error) => StorageErrors.IsOfTheDisk(error);
}
