using Tidemark.Core.Definitions;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>What a refresh wrote.</summary>
/// <param name="Versions">The version of every table, by <c>layer.table</c>.</param>
/// <param name="Migrations">The migrations that were applied, in order.</param>
public sealed record CatalogRefresh(
    IReadOnlyDictionary<string, long> Versions,
    IReadOnlyList<CatalogMigration> Migrations
);

/// <summary>
/// <c>catalog.duckdb</c>: a view on exactly the live files of every table, and a macro <c>{table}_dt(day)</c>. Any DuckDB (CLI, Python)
/// opens it with no extension. A refresh writes a new file and renames it over the old one: who has the old one open keeps
/// reading the versions that it names.
/// <para>
/// A refresh fetches nothing. On a remote store the file has views over the tables whose live files are all in the cache, which those that this machine has
/// written or read lately are; the others can be described, and say so when they are read. <see cref="OpenAsync"/> fetches what a query needs.
/// </para>
/// </summary>
/// <param name="path">The file.</param>
/// <param name="lake">What it shows.</param>
/// <param name="migrations">The migrations that every refresh applies after the views (<see cref="CatalogMigrations"/>), read anew each time; none when null.</param>
public sealed class CatalogFile(string path, DataLake lake, Func<DefinitionFiles>? migrations = null)
{
    /// <summary>Migrations among the definitions: a file each, by number.</summary>
    public static DefinitionKind MigrationKind { get; } = new("catalog", [".sql"], ReadId: CatalogMigrations.IdOf);

    /// <summary>A catalog whose migrations all stand in one folder.</summary>
    public CatalogFile(string path, DataLake lake, string migrations)
        : this(path, lake, () => DefinitionFiles.Read(migrations, own: null, MigrationKind)) { }

    private const string TemporarySuffix = ".tmp-";

    // Writers that commit without a pause must not keep a refresh from ending: theirs follow.
    private const int MaxAttempts = 5;

    public string Path => path;

    /// <summary>Makes the file anew.</summary>
    /// <remarks>
    /// Two processes may do so at once, and the slower one has read older versions: each looks after its rename whether what it shows is still the newest, so that
    /// the last file to be written is.
    /// </remarks>
    /// <exception cref="TidemarkException">A migration fails, or the disk does; the standing file stays.</exception>
    public async Task<CatalogRefresh> RefreshAsync(CancellationToken cancellationToken)
    {
        var applied = CatalogMigrations.Load(migrations?.Invoke());
        var snapshots = await SnapshotsAsync(cancellationToken);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            Write(snapshots, applied, cancellationToken);
            var newest = await SnapshotsAsync(cancellationToken);
            if (newest.Select(s => (s.Table, s.Version)).SequenceEqual(snapshots.Select(s => (s.Table, s.Version))))
            {
                break;
            }

            snapshots = newest;
        }

        return new CatalogRefresh(
            snapshots.ToDictionary(s => s.Table.ToString(), s => s.Version, StringComparer.Ordinal),
            CatalogMigrations.Fitting(applied, snapshots)
        );
    }

    private async Task<List<TableSnapshot>> SnapshotsAsync(CancellationToken cancellationToken)
    {
        var snapshots = new List<TableSnapshot>();
        foreach (var table in await lake.TablesAsync(cancellationToken))
        {
            snapshots.Add(await table.SnapshotAsync(cancellationToken));
        }

        return snapshots;
    }

    private void Write(
        List<TableSnapshot> snapshots,
        IReadOnlyList<CatalogMigration> applied,
        CancellationToken cancellationToken
    )
    {
        // Not named by the process: containers that share a disk have the same numbers.
        var temporary = path + TemporarySuffix + System.IO.Path.GetRandomFileName();
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            using (var database = DuckDbDatabase.Open(temporary, new DuckDbSettings(Threads: 1)))
            using (var connection = database.Connect())
            {
                connection.Execute("BEGIN", cancellationToken);
                CatalogContent.Write(
                    connection,
                    [.. snapshots.Select(t => (t, AreHere(t)))],
                    applied,
                    lake,
                    cancellationToken
                );
                connection.Execute("COMMIT; CHECKPOINT", cancellationToken);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException
                || (e is DuckDbException engine && StorageErrors.IsStorageMessage(engine.EngineMessage))
            )
        {
            throw StorageErrors.From(e, path);
        }
        finally
        {
            File.Delete(temporary);
            File.Delete(temporary + ".wal");
        }
    }

    /// <summary>The hash of every migration that the catalog has, by its number; empty when it has none or cannot be read.</summary>
    public IReadOnlyDictionary<int, string> AppliedMigrations()
    {
        var hashes = new Dictionary<int, string>();
        if (!File.Exists(path))
        {
            return hashes;
        }

        try
        {
            using var database = DuckDbDatabase.Open(path, new DuckDbSettings(Threads: 1, ReadOnly: true));
            using var connection = database.Connect();
            using var rows = connection.Query("SELECT version::BIGINT, sha256 FROM catalog_meta.schema_migrations");
            foreach (var row in rows.Rows())
            {
                hashes[(int)(long)row[0]!] = (string)row[1]!;
            }
        }
        catch (DuckDbException)
        {
            // An older or damaged file: the next refresh makes another.
        }

        return hashes;
    }

    /// <summary>Whether the catalog is missing, unreadable, or shows other versions than the newest or another lake.</summary>
    public async Task<bool> IsBehindAsync(CancellationToken cancellationToken)
    {
        var newest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in await lake.TablesAsync(cancellationToken))
        {
            newest[table.Id.ToString()] = (await table.SnapshotAsync(cancellationToken)).Version;
        }

        if (!File.Exists(path))
        {
            return true;
        }

        try
        {
            using var database = DuckDbDatabase.Open(path, new DuckDbSettings(Threads: 1, ReadOnly: true));
            using var connection = database.Connect();
            using var shown = connection.Query(
                "SELECT table_name, version FROM catalog_meta.table_versions",
                cancellationToken
            );
            var versions = shown.Rows().ToDictionary(r => (string)r[0]!, r => (long)r[1]!, StringComparer.Ordinal);
            return !IsOfThisLake(connection, cancellationToken)
                || versions.Count != newest.Count
                || newest.Any(t => !versions.TryGetValue(t.Key, out var version) || version != t.Value);
        }
        catch (DuckDbException)
        {
            return true;
        }
    }

    /// <summary>Removes what refreshes that were killed have left; returns the files.</summary>
    internal IReadOnlyList<string> DeleteTemporaries(DateTimeOffset before)
    {
        var full = System.IO.Path.GetFullPath(path);
        var folder = System.IO.Path.GetDirectoryName(full)!;
        var old = Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, System.IO.Path.GetFileName(full) + TemporarySuffix + "*")
                .Where(f => File.GetLastWriteTimeUtc(f) < before.UtcDateTime)
                .Order(StringComparer.Ordinal)
                .ToArray()
            : [];
        foreach (var file in old)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw StorageErrors.From(e, file);
            }
        }

        return old;
    }

    /// <summary>
    /// Opens the catalog for queries only: nothing outside the lake can be read, nothing can be written. Over a remote store these are the newest versions of the
    /// tables that <paramref name="sql"/> names; all their live files are fetched where the cache lacks them, and held until the reader is disposed.
    /// </summary>
    /// <param name="settings">Limits.</param>
    /// <param name="sql">What is going to be asked.</param>
    /// <param name="cancellationToken">Stops the fetching.</param>
    /// <exception cref="TidemarkException">There is no catalog yet, or the files do not fit the cache.</exception>
    public async Task<CatalogReader> OpenAsync(DuckDbSettings settings, string sql, CancellationToken cancellationToken)
    {
        if (lake.Store.IsRemote)
        {
            return await OpenInMemoryAsync(settings, sql, cancellationToken);
        }

        if (!File.Exists(path))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "CATALOG_MISSING",
                $"There is no catalog at {path} yet. Run `tidemark run` or `tidemark catalog refresh` first."
            );
        }

        var database = DuckDbDatabase.Open(path, settings with { ReadOnly = true });
        using (var connection = database.Connect())
        {
            if (IsOfThisLake(connection, cancellationToken))
            {
                QueryFence.Raise(connection, lake.Store);
                return new CatalogReader(database, readable: null);
            }
        }

        // The workspace was moved or copied: the file's views still name the old place. Until a refresh it is done without the file.
        database.Dispose();
        return await OpenInMemoryAsync(settings, sql, cancellationToken);
    }

    private bool IsOfThisLake(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var shown = connection.Query("SELECT root FROM catalog_meta.lake", cancellationToken);
            return shown.Rows().Any(r => r[0] is string root && root == lake.Store.ReadablePath(""));
        }
        catch (DuckDbException)
        {
            return false; // of an older program
        }
    }

    private async Task<CatalogReader> OpenInMemoryAsync(
        DuckDbSettings settings,
        string sql,
        CancellationToken cancellationToken
    )
    {
        var applied = CatalogMigrations.Load(migrations?.Invoke());
        var text = QueryReach.WithMigrations(sql, applied);
        var snapshots = new List<(TableSnapshot Snapshot, bool IsNamed)>();
        foreach (var table in await lake.TablesAsync(cancellationToken))
        {
            snapshots.Add((await table.SnapshotAsync(cancellationToken), QueryReach.MayRead(text, table.Id)));
        }

        var readable = await lake.Store.MakeReadableAsync(
            [
                .. snapshots
                    .Where(s => s.IsNamed)
                    .SelectMany(s => s.Snapshot.Files.Values.Select(f => DataFiles.ObjectOf(s.Snapshot.Table, f))),
            ],
            cancellationToken
        );
        DuckDbDatabase? database = null;
        try
        {
            database = DuckDbDatabase.Open(settings: settings);
            using var connection = database.Connect();
            CatalogContent.Write(connection, snapshots, applied, lake, cancellationToken);
            QueryFence.Raise(connection, lake.Store);
            return new CatalogReader(database, readable);
        }
        catch
        {
            database?.Dispose();
            readable.Dispose();
            throw;
        }
    }

    private bool AreHere(TableSnapshot snapshot) =>
        !lake.Store.IsRemote
        || snapshot.Files.Values.All(f =>
            new FileInfo(lake.Store.ReadablePath(DataFiles.KeyOf(snapshot.Table, f))) is { Exists: true } file
            && file.Length == f.Size
        );
}
