using Tidemark.Core.Definitions;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>What a refresh wrote.</summary>
/// <param name="Versions">The version of every table, by <c>layer.table</c>.</param>
/// <param name="Migrations">The migrations that were applied, in order.</param>
/// <param name="LeftOut">What the catalog does not show, with its reasons.</param>
public sealed record CatalogRefresh(
    IReadOnlyDictionary<string, long> Versions,
    IReadOnlyList<CatalogMigration> Migrations,
    IReadOnlyList<LeftOut> LeftOut
);

/// <summary>
/// <c>catalog.duckdb</c>: a view on exactly the live files of every table, and a macro <c>{table}_dt(day)</c>. Any DuckDB (CLI, Python)
/// opens it with no extension. A refresh writes a new file and renames it over the old one: who has the old one open keeps
/// reading the versions that it names.
/// <para>
/// A refresh fetches nothing. On a remote store the file has views over the tables whose live files are all in the cache, which those that this machine has
/// written or read lately are; the others can be described, and say so when they are read. <see cref="OpenAsync(DuckDbSettings, string, CancellationToken)"/> fetches what a query needs.
/// </para>
/// </summary>
/// <param name="path">The file.</param>
/// <param name="lake">What it shows.</param>
/// <param name="migrations">The migrations that every refresh applies after the views (<see cref="CatalogMigrations"/>), read anew each time; none when null.</param>
public sealed partial class CatalogFile(string path, DataLake lake, Func<DefinitionFiles>? migrations = null)
{
    /// <summary>Migrations among the definitions: a file each, by number.</summary>
    public static DefinitionKind MigrationKind { get; } = new("catalog", [".sql"], ReadId: CatalogMigrations.IdOf);

    /// <summary>A catalog whose migrations all stand in one folder.</summary>
    public CatalogFile(string path, DataLake lake, string migrations)
        : this(path, lake, () => DefinitionFiles.Read(migrations, own: null, MigrationKind)) { }

    // A refresh takes seconds; what an earlier version has left without a claim and is this old belongs to nobody.
    private static readonly TimeSpan s_refreshing = TimeSpan.FromHours(1);

    // Writers that commit without a pause must not keep a refresh from ending: theirs follow.
    private const int MaxAttempts = 5;

    public string Path => path;

    /// <summary>Makes the file anew.</summary>
    /// <remarks>
    /// Two processes may do so at once, and the slower one has read older versions: each looks after its rename whether what it shows is still the newest, so that
    /// the last file to be written is.
    /// </remarks>
    /// <exception cref="TidemarkException">The disk fails; the standing file stays. <c>CATALOG_UNREADABLE</c>: a folder has its place.</exception>
    public async Task<CatalogRefresh> RefreshAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            throw Unreadable("it is a folder", "Move the folder away");
        }

        SweepQuietly();
        var (known, faulty) = CatalogMigrations.Load(migrations?.Invoke());
        var tables = await TablesAsync(faulty, cancellationToken);
        var written = tables;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            written = Write(tables, known, cancellationToken);
            var newest = await TablesAsync(faulty, cancellationToken);
            if (newest.IsAsNewAs(tables))
            {
                break;
            }

            tables = newest;
        }

        var (applied, waiting) = written.Split(known);
        return new CatalogRefresh(
            written.Shown.ToDictionary(
                s => s.Snapshot.Table.ToString(),
                s => s.Snapshot.Version,
                StringComparer.Ordinal
            ),
            applied,
            [.. written.LeftOut, .. waiting]
        );
    }

    private async Task<CatalogTables> TablesAsync(IReadOnlyList<LeftOut> faulty, CancellationToken cancellationToken)
    {
        var survey = await lake.SurveyAsync(cancellationToken);
        return new CatalogTables([.. survey.Tables.Select(t => (t, AreHere(t)))], [.. survey.LeftOut, .. faulty]);
    }

    private CatalogTables Write(
        CatalogTables tables,
        IReadOnlyList<CatalogMigration> known,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return tables.Write(t => WriteAll(t, known, cancellationToken));
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException
                || (e is DuckDbException engine && StorageErrors.IsStorageMessage(engine.EngineMessage))
            )
        {
            throw StorageErrors.From(e, path);
        }
    }

    /// <summary>What is wrong with the file, and what to do; null where nothing is, or where there is none yet.</summary>
    public TidemarkException? Fault()
    {
        var (database, fault) = Open(new DuckDbSettings(Threads: 1));
        database?.Dispose();
        return fault;
    }

    private void WriteAll(
        CatalogTables tables,
        IReadOnlyList<CatalogMigration> known,
        CancellationToken cancellationToken
    )
    {
        using var temporary = CatalogTemporary.Make(path);
        using (var database = DuckDbDatabase.Open(temporary.Path, new DuckDbSettings(Threads: 1)))
        using (var connection = database.Connect())
        {
            connection.Execute("BEGIN", cancellationToken);
            CatalogContent.Write(connection, tables, known, lake, new FenceTerms(), cancellationToken);
            connection.Execute("COMMIT; CHECKPOINT", cancellationToken);
        }

        temporary.Publish(path);
    }

    /// <summary>The hash of every migration that the catalog has, by its number; empty when it has none or cannot be read.</summary>
    public IReadOnlyDictionary<int, string> AppliedMigrations()
    {
        var hashes = new Dictionary<int, string>();
        try
        {
            using var database = Open(new DuckDbSettings(Threads: 1)).Database;
            using var connection = database?.Connect();
            using var rows = connection?.Query("SELECT version::BIGINT, sha256 FROM catalog_meta.schema_migrations");
            foreach (var row in rows?.Rows() ?? [])
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
        var survey = await lake.SurveyAsync(cancellationToken);
        var newest = survey
            .Tables.Select(t => (t.Table.ToString(), t.Version))
            .Concat(survey.LeftOut.Select(l => (l.Name, l.Version)))
            .ToHashSet();
        try
        {
            using var database = Open(new DuckDbSettings(Threads: 1)).Database;
            if (database is null)
            {
                return true;
            }

            using var connection = database.Connect();
            using var shown = connection.Query(
                "SELECT table_name, version FROM catalog_meta.table_versions UNION ALL SELECT name, version FROM catalog_meta.left_out WHERE is_table",
                cancellationToken
            );
            return !IsOfThisLake(connection, cancellationToken)
                || !newest.SetEquals(shown.Rows().Select(r => ((string)r[0]!, (long)r[1]!)));
        }
        catch (DuckDbException)
        {
            return true;
        }
    }

    /// <summary>What the lake has and nobody can use: as it is now, and tables of these versions and migrations that the last refresh could not show.</summary>
    /// <exception cref="TidemarkException">The store does not answer.</exception>
    public async Task<IReadOnlyList<LeftOut>> LeftOutAsync(CancellationToken cancellationToken)
    {
        var survey = await lake.SurveyAsync(cancellationToken);
        var standing = survey.Tables.Select(t => (t.Table.ToString(), t.Version)).ToHashSet();
        return
        [
            .. survey.LeftOut,
            .. LastLeftOut(cancellationToken).Where(l => !l.IsTable || standing.Contains((l.Name, l.Version))),
        ];
    }

    private List<LeftOut> LastLeftOut(CancellationToken cancellationToken)
    {
        try
        {
            using var database = Open(new DuckDbSettings(Threads: 1)).Database;
            using var connection = database?.Connect();
            return connection is null ? [] : ReadLeftOut(connection, cancellationToken);
        }
        catch (DuckDbException)
        {
            return []; // damaged: the next refresh makes another
        }
    }

    /// <summary>Removes what refreshes that were killed have left; returns the files.</summary>
    internal IReadOnlyList<string> DeleteTemporaries()
    {
        try
        {
            return CatalogTemporary.Sweep(path, lake.Ago(s_refreshing));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, path);
        }
    }

    private void SweepQuietly()
    {
        try
        {
            DeleteTemporaries();
        }
        catch (TidemarkException)
        {
            // `doctor --repair` says why; a refresh does not need it.
        }
    }

    private bool AreHere(TableSnapshot snapshot) =>
        !lake.Store.IsRemote
        || snapshot.Files.Values.All(f =>
            new FileInfo(lake.Store.ReadablePath(DataFiles.KeyOf(snapshot.Table, f))) is { Exists: true } file
            && file.Length == f.Size
        );
}
