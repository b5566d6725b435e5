using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>Something that a verification found.</summary>
/// <param name="Path">The object, relative to the lake.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Advice">What to do.</param>
public sealed record VerifyFinding(string Path, string What, string Advice);

/// <summary>What was found of one table.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="Version">The version that was looked at; −1 when the log cannot be read.</param>
/// <param name="Files">Live files.</param>
/// <param name="Bytes">Their size by the log.</param>
/// <param name="Rows">Their rows by the log.</param>
/// <param name="Faults">What must be mended.</param>
/// <param name="Notes">What is merely left over.</param>
public sealed record TableVerification(
    string Table,
    long Version,
    int Files,
    long Bytes,
    long Rows,
    IReadOnlyList<VerifyFinding> Faults,
    IReadOnlyList<VerifyFinding> Notes
)
{
    public bool Ok => Faults.Count == 0;
}

/// <summary>How far a verification is.</summary>
public readonly record struct VerifyProgress(string Table, int FilesDone, int Files);

/// <summary>
/// Compares a table's objects with its log: every live file there, of the size, hash and row count that the log says; markers in step;
/// the log whole. Reads only.
/// </summary>
public sealed class LakeVerifier(DataLake lake)
{
    private const int Parallelism = 4;
    private const string Lost =
        "Restore it from a backup, or give the table an earlier content (`tidemark restore`) and fetch or build the rest again.";

    // Walking the whole lake for them is done once, not for each table.
    private IReadOnlyList<StoredObject>? _interrupted;

    /// <summary>The named tables, or all. A table whose log is damaged is one too: finding that out is what a verification is for.</summary>
    /// <exception cref="TidemarkException">A named table has no log at all.</exception>
    public async Task<IReadOnlyList<LakeTable>> TablesAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        var ids = names.Select(TableId.Parse).ToList();
        if (names.Count == 0)
        {
            foreach (var layer in TableLayers.All)
            {
                var folders = await lake.Store.ListFoldersAsync(layer + "/", cancellationToken);
                ids.AddRange(folders.Where(TableId.IsName).Select(name => new TableId(layer, name)));
            }
        }

        var tables = new List<LakeTable>();
        foreach (var id in ids.Distinct().Order())
        {
            var log = lake.Store.ListAsync(id.Prefix + DeltaLog.Folder, null, cancellationToken);
            if (await log.AnyAsync(cancellationToken))
            {
                tables.Add(lake.Table(id));
            }
            else if (names.Count > 0)
            {
                await lake.FindAsync(id, cancellationToken);
            }
        }

        return tables;
    }

    /// <param name="table">The table.</param>
    /// <param name="quick">Only whether the files are there and of the right size.</param>
    /// <param name="progress">Told about every file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<TableVerification> VerifyAsync(
        LakeTable table,
        bool quick,
        IProgress<VerifyProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var faults = new ConcurrentBag<VerifyFinding>();
        var snapshot = TableSnapshot.Empty(table.Id);
        var named = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            snapshot = await table.SnapshotAsync(cancellationToken);
            var replay = await table.Log.ReplayAsync(cancellationToken);
            named.UnionWith(replay.Oldest.Files.Values.Select(f => TableListing.PathOf(table.Id, f)));
            await foreach (var (_, lines) in replay.Entries)
            {
                named.UnionWith(
                    lines.Select(l => l.Add).OfType<AddAction>().Select(f => TableListing.PathOf(table.Id, f))
                );
                named.UnionWith(
                    lines.Select(l => l.Remove).OfType<RemoveAction>().Select(r => DeltaPath.Decoded(r.Path))
                );
            }
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Schema)
        {
            var finding = new VerifyFinding(table.Id.Prefix + DeltaLog.Folder, $"{e.Code}: {e.Message}", Lost);
            return new TableVerification(table.Id.ToString(), -1, 0, 0, 0, [finding], []);
        }

        var listing = await TableListing.ReadAsync(table, cancellationToken);
        _interrupted ??= await InterruptedWrites.OlderThanAsync(lake, DateTimeOffset.MaxValue, cancellationToken);
        using var copies = lake.Store.IsRemote && !quick ? new VerifiedCopies(lake, table) : null;
        var done = 0;
        await Parallel.ForEachAsync(
            snapshot.Files.Values,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (file, token) =>
            {
                foreach (var what in await FaultsAsync(table, listing, file, quick, copies, token))
                {
                    faults.Add(new VerifyFinding(table.Id.Prefix + TableListing.PathOf(table.Id, file), what, Lost));
                }

                progress?.Report(
                    new VerifyProgress(table.Id.ToString(), Interlocked.Increment(ref done), snapshot.Files.Count)
                );
            }
        );
        if (!quick && snapshot.IsOurs)
        {
            foreach (var marker in await MarkerCheck.FindAsync(table, snapshot, listing, cancellationToken))
            {
                faults.Add(
                    new VerifyFinding(
                        table.Id.Prefix + marker.Path,
                        marker.What,
                        "Run `tidemark doctor --repair`: it is made again from the log."
                    )
                );
            }
        }

        return new TableVerification(
            table.Id.ToString(),
            snapshot.Version,
            snapshot.Files.Count,
            snapshot.Bytes,
            snapshot.RowCount,
            [.. faults.OrderBy(f => f.Path, StringComparer.Ordinal).ThenBy(f => f.What, StringComparer.Ordinal)],
            snapshot.IsOurs ? Notes(table, listing, named, _interrupted) : []
        );
    }

    private static List<VerifyFinding> Notes(
        LakeTable table,
        TableListing listing,
        HashSet<string> named,
        IReadOnlyList<StoredObject> interrupted
    )
    {
        var notes = listing
            .DataFiles.Where(f => !named.Contains(f.Key[table.Id.Prefix.Length..]))
            .Select(f => new VerifyFinding(
                f.Key,
                "no version names it: a commit is in progress, or one was killed",
                "`tidemark vacuum` removes it when it is old enough."
            ));
        var temporaries = interrupted
            .Where(t => t.Key.StartsWith(table.Id.Prefix, StringComparison.Ordinal))
            .Select(t => new VerifyFinding(
                t.Key,
                "a write that is in progress, or was killed",
                "`tidemark doctor --repair` removes it when it is an hour old."
            ));
        return [.. notes.Concat(temporaries)];
    }

    private async Task<IReadOnlyList<string>> FaultsAsync(
        LakeTable table,
        TableListing listing,
        AddAction file,
        bool quick,
        VerifiedCopies? copies,
        CancellationToken cancellationToken
    )
    {
        var path = TableListing.PathOf(table.Id, file);
        if (!listing.Objects.TryGetValue(path, out var found))
        {
            // A listing follows no link; what lies behind one is there all the same.
            if (
                await table.Store.GetRangeAsync(table.Id.Prefix + path, file.Size, 1, cancellationToken) is not { } rest
            )
            {
                return ["it is missing"];
            }

            found = found with { Bytes = file.Size + rest.Length };
        }

        if (found.Bytes != file.Size)
        {
            return
            [
                string.Create(CultureInfo.InvariantCulture, $"it has {found.Bytes} bytes, the log says {file.Size}"),
            ];
        }

        if (quick)
        {
            return [];
        }

        var key = table.Id.Prefix + path;
        try
        {
            return copies is null
                ? await ContentFaultsAsync(table.Store.ReadablePath(key), file, cancellationToken)
                : await copies.UseAsync(
                    key,
                    copy => ContentFaultsAsync(copy, file, cancellationToken),
                    cancellationToken
                );
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage && e.Code != "DISK_FULL")
        {
            return [$"{e.Code}: {e.Message}"];
        }
        catch (Exception e) when (copies is null && e is IOException or UnauthorizedAccessException)
        {
            return [$"it cannot be read: {e.Message}"];
        }
    }

    private async Task<IReadOnlyList<string>> ContentFaultsAsync(
        string local,
        AddAction file,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<string>();
        if (file.Sha256 is not null)
        {
            await using var content = File.OpenRead(local);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
            if (hash != file.Sha256)
            {
                faults.Add($"its SHA-256 is {hash}, the log says {file.Sha256}");
            }
        }

        if (DeltaStats.RowCount(file.Stats) is not { } rows)
        {
            return faults;
        }

        try
        {
            using var connection = lake.Engine.Connect();
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
}
