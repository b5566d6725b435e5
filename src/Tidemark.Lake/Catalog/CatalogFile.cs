using Tidemark.Core.Answers;
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
/// <c>catalog.duckdb</c>: a view on exactly the live files of every table, and a macro <c>{table}_dt(day)</c>. Any
/// DuckDB (CLI, Python) opens it with no extension. A refresh writes a new file and renames it over the old one: a
/// process that has the old one open keeps reading the versions that it names.
/// <para>
/// A refresh fetches nothing. On a remote store the file has views over the tables whose live files are all in the
/// cache because this machine wrote or read them lately. The other tables can be described; reading one fails and says
/// why. <see cref="OpenAsync(DuckDbSettings, string, CancellationToken)"/> fetches what a query needs.
/// </para>
/// </summary>
/// <param name="path">The file.</param>
/// <param name="lake">What it shows.</param>
/// <param name="migrations">
/// The migrations that every refresh applies after the views (<see cref="CatalogMigrations"/>), paths of files that are
/// read anew each time; none when null.
/// </param>
/// <param name="kept">Where what the file says of itself is kept; null to open it each time.</param>
public sealed partial class CatalogFile(
    string path,
    DataLake lake,
    Func<IReadOnlyList<string>>? migrations = null,
    IKeptAnswers? kept = null
)
{
    /// <summary>The error code of a query when there is neither a catalog nor a table.</summary>
    public const string MissingCode = "CATALOG_MISSING";

    /// <summary>A catalog whose migrations are all in one folder.</summary>
    public CatalogFile(string path, DataLake lake, string migrations)
        : this(path, lake, () => [.. Directory.EnumerateFiles(migrations, "*.sql").Order(StringComparer.Ordinal)]) { }

    // A refresh takes seconds. A file this old that an earlier version of the program left without a claim belongs to
    // nobody.
    private static readonly TimeSpan s_refreshing = TimeSpan.FromHours(1);

    // Writers that commit without a pause must not keep a refresh from ending; the next one shows their versions.
    private const int MaxAttempts = 5;

    public string Path => path;

    /// <summary>Makes the file anew.</summary>
    /// <remarks>
    /// Two processes may do this at once, and the slower one may have read older versions. So each checks after its
    /// rename whether its versions are still the newest; the last file written then shows the newest.
    /// </remarks>
    /// <exception cref="TidemarkException">
    /// The disk fails; the old file stays. <c>CATALOG_UNREADABLE</c>: a folder is in its place.
    /// </exception>
    public async Task<CatalogRefresh> RefreshAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            throw Unreadable("it is a folder", "Move the folder away");
        }

        SweepQuietly();
        var sources = CatalogSources.Load(migrations?.Invoke());
        var tables = await TablesAsync(sources, cancellationToken);
        var written = tables;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            written = Write(tables, t => WriteAll(t, sources, cancellationToken));
            var newest = await TablesAsync(sources, cancellationToken);
            if (newest.IsAsNewAs(tables))
            {
                break;
            }

            tables = newest;
        }

        var (applied, waiting) = written.Split(sources.Known);
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

    private async Task<CatalogTables> TablesAsync(CatalogSources sources, CancellationToken cancellationToken) =>
        TablesOf(await lake.SurveyAsync(cancellationToken), sources);

    private CatalogTables TablesOf(LakeSurvey survey, CatalogSources sources) =>
        new([.. survey.Tables.Select(t => (t, AreHere(t)))], [.. survey.LeftOut, .. sources.Faulty]);

    private CatalogTables Write(CatalogTables tables, Action<CatalogTables> write)
    {
        try
        {
            return tables.Write(write);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException
                || (e is DuckDbException engine && StorageErrors.IsStorageMessage(engine.EngineMessage))
            )
        {
            throw StorageErrors.From(e, path);
        }
    }

    /// <summary>
    /// What is wrong with the file, and what to do; null when nothing is wrong or there is no file yet.
    /// </summary>
    public TidemarkException? Fault()
    {
        var (database, fault) = Open(new DuckDbSettings(Threads: 1));
        database?.Dispose();
        return fault;
    }

    private void WriteAll(CatalogTables tables, CatalogSources sources, CancellationToken cancellationToken)
    {
        using var temporary = CatalogTemporary.Make(path);
        using (var database = DuckDbDatabase.Open(temporary.Path, new DuckDbSettings(Threads: 1)))
        using (var connection = database.Connect())
        {
            connection.Execute("BEGIN", cancellationToken);
            CatalogContent.Write(connection, tables, sources, lake, new FenceTerms(), cancellationToken);
            connection.Execute("COMMIT; CHECKPOINT", cancellationToken);
        }

        temporary.Publish(path);
    }

    /// <summary>Removes the files that killed refreshes left; returns them.</summary>
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
