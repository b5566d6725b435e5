using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <content>How queries get at it.</content>
public sealed partial class CatalogFile
{
    /// <summary>
    /// Opens the catalog for queries only: nothing outside the lake can be read, nothing can be written. Over a remote store these are the newest versions of the
    /// tables that <paramref name="sql"/> names; all their live files are fetched where the cache lacks them, and held until the reader is disposed.
    /// </summary>
    /// <param name="settings">Limits.</param>
    /// <param name="sql">What is going to be asked.</param>
    /// <param name="cancellationToken">Stops the fetching.</param>
    /// <exception cref="TidemarkException">There is no catalog yet, or the files do not fit the cache.</exception>
    public Task<CatalogReader> OpenAsync(DuckDbSettings settings, string sql, CancellationToken cancellationToken) =>
        OpenAsync(settings, new FenceTerms(), sql, cancellationToken);

    /// <inheritdoc cref="OpenAsync(DuckDbSettings, string, CancellationToken)"/>
    public async Task<CatalogReader> OpenAsync(
        DuckDbSettings settings,
        FenceTerms terms,
        string sql,
        CancellationToken cancellationToken
    )
    {
        if (lake.Store.IsRemote)
        {
            return await OpenInMemoryAsync(settings, terms, sql, cancellationToken);
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
        var connection = database.Connect();
        if (IsOfThisLake(connection, cancellationToken))
        {
            var leftOut = ReadLeftOut(connection, cancellationToken);
            QueryFence.Raise(connection, lake.Store, terms);
            return new CatalogReader(database, connection, leftOut, readable: null);
        }

        // The workspace was moved or copied: the file's views still name the old place. Until a refresh it is done without the file.
        connection.Dispose();
        database.Dispose();
        return await OpenInMemoryAsync(settings, terms, sql, cancellationToken);
    }

    /// <summary>
    /// The same over tables at versions of the caller's choice, without the migrations: what their views read need not have been there then. From a remote store only
    /// the tables that <paramref name="sql"/> names are fetched. What is left out is told to who asks for it (<see cref="CatalogReader.WhyMissing"/>).
    /// </summary>
    public Task<CatalogReader> OpenVersionsAsync(
        DuckDbSettings settings,
        FenceTerms terms,
        IReadOnlyCollection<TableSnapshot> versions,
        IReadOnlyList<LeftOut> leftOut,
        string sql,
        CancellationToken cancellationToken
    ) =>
        OpenInMemoryAsync(
            settings,
            terms,
            new CatalogTables(
                [.. versions.Select(v => (v, !lake.Store.IsRemote || QueryReach.MayRead(sql, v.Table)))],
                leftOut
            ),
            [],
            cancellationToken
        );

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
        FenceTerms terms,
        string sql,
        CancellationToken cancellationToken
    )
    {
        var known = CatalogMigrations.Load(migrations?.Invoke());
        var text = QueryReach.WithMigrations(sql, known);
        var survey = await lake.SurveyAsync(cancellationToken);
        var tables = new CatalogTables(
            [.. survey.Tables.Select(t => (t, QueryReach.MayRead(text, t.Table)))],
            survey.LeftOut
        );
        return await OpenInMemoryAsync(settings, terms, tables, known, cancellationToken);
    }

    private async Task<CatalogReader> OpenInMemoryAsync(
        DuckDbSettings settings,
        FenceTerms terms,
        CatalogTables tables,
        IReadOnlyList<CatalogMigration> known,
        CancellationToken cancellationToken
    )
    {
        var readable = await lake.Store.MakeReadableAsync(
            [
                .. tables
                    .Shown.Where(s => s.IsHere)
                    .SelectMany(s => s.Snapshot.Files.Values.Select(f => DataFiles.ObjectOf(s.Snapshot.Table, f))),
            ],
            cancellationToken
        );
        DuckDbDatabase? database = null;
        DuckDbConnection? connection = null;
        try
        {
            var written = tables.Write(t =>
            {
                connection?.Dispose();
                database?.Dispose();
                database = DuckDbDatabase.Open(settings: settings);
                connection = database.Connect();
                CatalogContent.Write(connection, t, known, lake, terms ?? new FenceTerms(), cancellationToken);
            });
            return new CatalogReader(database!, connection!, written.LeftOut, readable);
        }
        catch
        {
            connection?.Dispose();
            database?.Dispose();
            readable.Dispose();
            throw;
        }
    }

    private static List<LeftOut> ReadLeftOut(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var rows = connection.Query(
                "SELECT name, code, reason, version, is_table FROM catalog_meta.left_out",
                cancellationToken
            );
            return
            [
                .. rows.Rows()
                    .Select(r => new LeftOut((string)r[0]!, (string)r[1]!, (string)r[2]!, (long)r[3]!, (bool)r[4]!)),
            ];
        }
        catch (DuckDbException)
        {
            return []; // of an older program
        }
    }
}
