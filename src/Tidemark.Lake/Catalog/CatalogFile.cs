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
/// <param name="migrations">The folder of migrations that every refresh applies after the views (<see cref="CatalogMigrations"/>); none when null.</param>
public sealed class CatalogFile(string path, DataLake lake, string? migrations = null)
{
    private const string TemporarySuffix = ".tmp-";

    public string Path => path;

    public async Task<CatalogRefresh> RefreshAsync(CancellationToken cancellationToken)
    {
        var applied = CatalogMigrations.Load(migrations);
        var tables = await lake.TablesAsync(cancellationToken);
        var snapshots = new List<TableSnapshot>();
        foreach (var table in tables)
        {
            snapshots.Add(await table.SnapshotAsync(cancellationToken));
        }

        var temporary = $"{path}{TemporarySuffix}{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            File.Delete(temporary);
            using (var database = DuckDbDatabase.Open(temporary, new DuckDbSettings(Threads: 1)))
            using (var connection = database.Connect())
            {
                connection.Execute("BEGIN", cancellationToken);
                Define(connection, [.. snapshots.Select(t => (t, AreHere(t)))], applied, cancellationToken);
                connection.Execute("COMMIT; CHECKPOINT", cancellationToken);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, path);
        }
        finally
        {
            File.Delete(temporary);
            File.Delete(temporary + ".wal");
        }

        return new CatalogRefresh(
            snapshots.ToDictionary(s => s.Table.ToString(), s => s.Version, StringComparer.Ordinal),
            applied
        );
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

    /// <summary>Whether the catalog is missing, unreadable, or shows other versions than the newest.</summary>
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
            return versions.Count != newest.Count
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
            return await OpenRemoteAsync(settings, sql, cancellationToken);
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
        using var connection = database.Connect();
        QueryFence.Raise(connection, lake.Store);
        return new CatalogReader(database, readable: null);
    }

    private async Task<CatalogReader> OpenRemoteAsync(
        DuckDbSettings settings,
        string sql,
        CancellationToken cancellationToken
    )
    {
        var applied = CatalogMigrations.Load(migrations);
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
            Define(connection, snapshots, applied, cancellationToken);
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

    /// <summary>Schemas, views, macros, and which version each of them is.</summary>
    private void Define(
        DuckDbConnection connection,
        IReadOnlyList<(TableSnapshot Snapshot, bool IsHere)> tables,
        IReadOnlyList<CatalogMigration> applied,
        CancellationToken cancellationToken
    )
    {
        connection.Execute(
            "CREATE SCHEMA catalog_meta; "
                + "CREATE TABLE catalog_meta.table_versions (table_name VARCHAR PRIMARY KEY, version BIGINT, committed_at TIMESTAMP, "
                + "row_count BIGINT, files BIGINT, bytes BIGINT)",
            cancellationToken
        );
        foreach (var layer in TableLayers.All)
        {
            connection.Execute($"CREATE SCHEMA {DuckDbSql.Identifier(layer)}", cancellationToken);
        }

        foreach (var (snapshot, isHere) in tables)
        {
            connection.Execute(
                isHere ? ViewSql.Create(snapshot, [.. snapshot.Files.Values], lake.Store) : ViewSql.CreateAbsent(snapshot),
                cancellationToken
            );
            connection.Execute(
                "INSERT INTO catalog_meta.table_versions VALUES ($1, $2, $3, $4, $5, $6)",
                cancellationToken,
                snapshot.Table.ToString(),
                snapshot.Version,
                DateTimeOffset.FromUnixTimeMilliseconds(snapshot.Commit?.Timestamp ?? 0),
                snapshot.RowCount,
                snapshot.Files.Count,
                snapshot.Bytes
            );
        }

        CatalogMigrations.Apply(connection, applied, lake.Clock.GetUtcNow(), cancellationToken);
    }

    private bool AreHere(TableSnapshot snapshot) =>
        !lake.Store.IsRemote
        || snapshot.Files.Values.All(f =>
            new FileInfo(lake.Store.ReadablePath(DataFiles.KeyOf(snapshot.Table, f))) is { Exists: true } file
            && file.Length == f.Size
        );
}
