using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <content>How queries get at it.</content>
public sealed partial class CatalogFile
{
    /// <summary>
    /// Opens the catalog for queries only: nothing outside the lake can be read, nothing can be written. Over a remote
    /// store these are the newest versions of the tables that <paramref name="sql"/> names; all their live files are
    /// fetched where the cache lacks them, and held until the reader is disposed.
    /// </summary>
    /// <param name="settings">Limits.</param>
    /// <param name="sql">The query that will run.</param>
    /// <param name="cancellationToken">Stops the fetching.</param>
    /// <exception cref="TidemarkException">
    /// There is neither a catalog nor a table, or the files do not fit the cache.
    /// </exception>
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

        if (Open(settings).Database is not { } database)
        {
            // The file is missing or is no catalog. The lake has everything that it would say.
            return await OpenInMemoryAsync(settings, terms, sql, cancellationToken);
        }

        DuckDbConnection? connection = null;
        try
        {
            connection = database.Connect();
            if (IsOfThisLake(connection, cancellationToken))
            {
                var leftOut = LeftOutIn(connection, cancellationToken);
                if (CatalogReader.NamedIn(sql, leftOut) is null && !NamesBeyond(connection, sql, cancellationToken))
                {
                    QueryFence.Raise(connection, lake.Store, terms);
                    return new CatalogReader(database, connection, leftOut, readable: null);
                }
            }
        }
        catch
        {
            connection?.Dispose();
            database.Dispose();
            throw;
        }

        // Do without the file until a refresh when the workspace was moved or copied and its views still name the old
        // place; when the query names something that the file left out and that may be mended by now; or when it names
        // something from a migration that was not applied in its present form.
        connection.Dispose();
        database.Dispose();
        return await OpenInMemoryAsync(settings, terms, sql, cancellationToken);
    }

    /// <summary>
    /// The same over tables at versions of the caller's choice, without the migrations: their views may read something
    /// that was not there then. A remote store fetches only the tables that <paramref name="sql"/> names.
    /// <see cref="CatalogReader.WhyMissing"/> says what is left out.
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
            CatalogSources.None,
            cancellationToken
        );

    /// <summary>
    /// The file, opened for reading only. Null when there is none; the fault then says what is in its place, if
    /// anything.
    /// </summary>
    private (DuckDbDatabase? Database, TidemarkException? Fault) Open(DuckDbSettings settings)
    {
        if (Directory.Exists(path))
        {
            return (null, Unreadable("it is a folder", "Move the folder away"));
        }

        if (!File.Exists(path))
        {
            return (null, null);
        }

        try
        {
            DataFile.Ensure(path);
            DataFile.Ensure(path + ".wal"); // the engine reads this, too
            return (DuckDbDatabase.Open(path, settings with { ReadOnly = true }), null);
        }
        catch (NotAFileException e)
        {
            return (null, Unreadable(e.Message.TrimEnd('.'), "Remove it", e));
        }
        catch (DuckDbException e)
        {
            return (null, Unreadable(e.EngineMessage.TrimEnd('.'), "Remove it if it is damaged", e));
        }
    }

    private TidemarkException Unreadable(string what, string advice, Exception? inner = null) =>
        new(
            ErrorKind.Storage,
            "CATALOG_UNREADABLE",
            $"The catalog {path} cannot be used: {what}. Queries are answered without it, more slowly. {advice}, and run `tidemark catalog refresh`; it holds no data.",
            inner
        );

    private TidemarkException Missing() =>
        new(
            ErrorKind.BadRequest,
            MissingCode,
            $"There is no catalog at {path} yet, and no table in the lake. Run `tidemark run` or `tidemark catalog refresh` first."
        );

    private async Task<CatalogReader> OpenInMemoryAsync(
        DuckDbSettings settings,
        FenceTerms terms,
        string sql,
        CancellationToken cancellationToken
    )
    {
        var sources = CatalogSources.Load(migrations?.Invoke());
        var text = QueryReach.WithMigrations(sql, sources.Known);
        var survey = await lake.SurveyAsync(cancellationToken);
        if (survey is { Tables: [], LeftOut: [] } && !lake.Store.IsRemote && !File.Exists(path))
        {
            throw Missing();
        }

        var tables = new CatalogTables(
            [.. survey.Tables.Select(t => (t, QueryReach.MayRead(text, t.Table)))],
            [.. survey.LeftOut, .. sources.Faulty]
        );
        return await OpenInMemoryAsync(settings, terms, tables, sources, cancellationToken);
    }

    private async Task<CatalogReader> OpenInMemoryAsync(
        DuckDbSettings settings,
        FenceTerms terms,
        CatalogTables tables,
        CatalogSources sources,
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
                CatalogContent.Write(connection, t, sources, lake, terms ?? new FenceTerms(), cancellationToken);
            });
            var (applied, waiting) = written.Split(sources.Known);
            IReadOnlyList<LeftOut> leftOut = [.. written.LeftOut, .. waiting];
            return new CatalogReader(database!, connection!, leftOut, readable, sources.Lacking(applied, leftOut));
        }
        catch
        {
            connection?.Dispose();
            database?.Dispose();
            readable.Dispose();
            throw;
        }
    }
}
