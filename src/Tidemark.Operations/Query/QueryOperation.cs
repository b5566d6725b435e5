using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Storage;
using Tidemark.Operations.Tables;

namespace Tidemark.Operations.Query;

/// <summary>How queries are answered in this workspace.</summary>
/// <param name="TimeZone">The time zone in which moments are written.</param>
/// <param name="Memory">The memory that a query may use.</param>
public sealed record QueryOptions(TimeZoneInfo TimeZone, QueryMemory Memory);

/// <summary>
/// Read-only SQL on the catalog, or on older versions of tables. The engine judges the text (<see cref="QueryJudge"/>)
/// behind a fence (<see cref="QueryFence"/>) before any of it runs.
/// </summary>
public sealed class QueryOperation(
    CatalogFile catalog,
    DataLake lake,
    LakeEngine engine,
    QueryOptions options,
    TimeProvider clock,
    Func<GoneTables> gone
)
{
    /// <summary>
    /// The number of characters that <see cref="QueryForm.Preview"/> shows. A longer text has one more, as a sign.
    /// </summary>
    public const int PreviewLength = 200;

    /// <summary>Starts a query; the returned object reads its rows.</summary>
    /// <exception cref="TidemarkException">It is refused, names a missing table, or takes too long.</exception>
    /// <exception cref="DuckDbException">The engine refuses it.</exception>
    public async Task<QueryRows> OpenAsync(QueryRequest request, QueryForm form, CancellationToken cancellationToken)
    {
        var limit = new QueryLimit(request, options.Memory, lake.Store, clock, cancellationToken);
        CatalogReader? reader = null;
        DuckDbStatement? statement = null;
        try
        {
            reader = await limit.RunAsync(() => OpenReaderAsync(request, writable: null, limit.Token));
            var connection = reader.Connection;
            var query = limit.Run(() => Judged(reader, request.Sql, limit.Token));
            var columns = limit.Run(() => ColumnsOf(connection, query, limit.Token));
            // One row more than allowed shows whether there are more.
            var rows = request.MaxRows is < long.MaxValue ? request.MaxRows + 1 : null;
            statement = limit.Run(() =>
                query.Explains.Length > 0
                    ? connection.Prepare(query.Statement, limit.Token)
                    : PrepareSelect(connection, PrintedSql.Texts(query, columns, form, rows), limit.Token)
            );
            var result = limit.Run(() => statement.Stream(limit.Token));
            return new QueryRows(
                reader,
                statement,
                result,
                limit,
                Described(columns),
                query.Explains.Length > 0,
                request.MaxRows
            );
        }
        catch (Exception e)
        {
            statement?.Dispose();
            reader?.Dispose();
            limit.Dispose();
            if (await WhyAsync(request, e, cancellationToken) is { } why)
            {
                throw why;
            }

            throw;
        }
    }

    /// <summary>
    /// Explains a failure: a table that does not exist, or an empty lake; a table's file that is gone or damaged, and
    /// what mends it; or a version whose files were vacuumed. Null when the failure has another cause.
    /// </summary>
    public async Task<TidemarkException?> WhyAsync(
        QueryRequest request,
        Exception error,
        CancellationToken cancellationToken
    )
    {
        if (error is TidemarkException { Code: CatalogFile.MissingCode })
        {
            var empty = (await MissingTable.GoneAsync(gone, cancellationToken)).FirstOrDefault(l => !l.IsTable);
            return empty?.ToException(error);
        }

        if (ReadFault.MessageOf(error) is not { } message)
        {
            return null;
        }

        if (
            error is DuckDbException engineError
            && await new MissingTable(lake, catalog, gone).OfAsync(request, engineError, cancellationToken)
                is { } missing
        )
        {
            return missing;
        }

        if (lake.Store is IPipes pipes && message.Contains("FIFO", StringComparison.Ordinal))
        {
            message += string.Join('\n', pipes.Pipes()); // the engine does not say which
        }

        var (read, _) = await new QueryVersions(lake).ReadAsync(request, cancellationToken);
        return await ReadFault.OfAsync(lake, read, message, error, cancellationToken)
            ?? await GoneAsync(message, error, cancellationToken);
    }

    /// <summary>
    /// The links inside tables that a query names. Files behind a link may be left out of an answer, or be in it
    /// without belonging to the lake. None when the lake does not answer.
    /// </summary>
    public async Task<LeftOutReport> LinksAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return new LeftOutReport(
                [],
                await lake.LinkedAsync(id => QueryReach.MayRead(request.Sql, id), cancellationToken)
            );
        }
        catch (TidemarkException)
        {
            return LeftOutReport.None;
        }
    }

    // The catalog may be out of date and name files of a table that is gone.
    private async Task<TidemarkException?> GoneAsync(
        string message,
        Exception error,
        CancellationToken cancellationToken
    ) =>
        message.Contains(lake.Store.ReadablePath(""), StringComparison.Ordinal)
            ? (await MissingTable.GoneAsync(gone, cancellationToken))
                .FirstOrDefault(l =>
                    !l.IsTable || message.Contains($"/{l.Name.Replace('.', '/')}/", StringComparison.Ordinal)
                )
                ?.ToException(error)
            : null;

    /// <summary>
    /// Has the engine write the rows into a Parquet file. Values that Parquet would change become text.
    /// </summary>
    /// <param name="request">The query.</param>
    /// <param name="file">
    /// The file, absolute; an existing one is replaced. After an error it may hold a part.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TidemarkException">
    /// It is refused, names a missing table, or takes too long; the disk fails.
    /// </exception>
    /// <exception cref="DuckDbException">The engine refuses it.</exception>
    public async Task<QueryFile> WriteParquetAsync(
        QueryRequest request,
        string file,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await CopyAsync(request, file, cancellationToken);
        }
        catch (Exception e)
        {
            if (await WhyAsync(request, e, cancellationToken) is { } why)
            {
                throw why;
            }

            throw;
        }
    }

    private async Task<QueryFile> CopyAsync(QueryRequest request, string file, CancellationToken cancellationToken)
    {
        using var limit = new QueryLimit(request, options.Memory, lake.Store, clock, cancellationToken);
        using var reader = await limit.RunAsync(() => OpenReaderAsync(request, file, limit.Token));
        var connection = reader.Connection;
        var query = limit.Run(() => Judged(reader, request.Sql, limit.Token));
        var columns = limit.Run(() => ColumnsOf(connection, query, limit.Token));
        if (query.Explains.Length > 0)
        {
            // COPY takes no EXPLAIN. Its row or two are copied as values.
            query = limit.Run(() => AsValues(connection, query, columns, limit.Token));
        }

        var select = PrintedSql.ForParquet(query, columns, request.MaxRows);
        limit.Run(() => PrepareSelect(connection, select, limit.Token)).Dispose();
        try
        {
            var rows = limit.Run(() =>
                connection.Execute(
                    $"COPY (\n{select}\n) TO {DuckDbSql.Literal(file)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)",
                    limit.Token
                )
            );
            return new QueryFile(file, rows, rows == request.MaxRows);
        }
        catch (DuckDbException e) when (StorageErrors.IsStorageMessage(e.EngineMessage))
        {
            throw StorageErrors.From(e, file);
        }
    }

    // A table that a query does not find may exist but be damaged, or be missing until a file of the user's is mended.
    private static JudgedQuery Judged(CatalogReader reader, string sql, CancellationToken cancellationToken)
    {
        try
        {
            return QueryJudge.Judge(reader.Connection, sql, cancellationToken);
        }
        catch (DuckDbException e) when (reader.WhyMissing(sql, e) is { } why)
        {
            throw why.ToException(e);
        }
    }

    private static IReadOnlyList<QueryColumn> Described(IReadOnlyList<ResultColumn> columns) =>
        [.. columns.Select(c => new QueryColumn(c.Name, c.Type))];

    private static JudgedQuery AsValues(
        DuckDbConnection connection,
        JudgedQuery query,
        IReadOnlyList<ResultColumn> columns,
        CancellationToken cancellationToken
    )
    {
        using var plan = connection.Query(query.Statement, cancellationToken);
        var rows = plan.Rows().Select(r => $"({string.Join(", ", r.Select(v => DuckDbSql.Literal($"{v}")))})");
        var names = string.Join(", ", columns.Select(c => DuckDbSql.Identifier(c.Name)));
        return new JudgedQuery($"SELECT * FROM (VALUES {string.Join(", ", rows)}) plan({names})", "");
    }

    private async Task<CatalogReader> OpenReaderAsync(
        QueryRequest request,
        string? writable,
        CancellationToken cancellationToken
    )
    {
        var terms = new FenceTerms(ZoneName(options.TimeZone), writable);
        if (request.Versions.Count == 0 && request.AsOf is null)
        {
            return await catalog.OpenAsync(engine.ReaderSettings, terms, request.Sql, cancellationToken);
        }

        var (versions, leftOut) = await new QueryVersions(lake).ReadAsync(request, cancellationToken);
        return await catalog.OpenVersionsAsync(
            engine.ReaderSettings,
            terms,
            versions,
            leftOut,
            request.Sql,
            cancellationToken
        );
    }

    private static IReadOnlyList<ResultColumn> ColumnsOf(
        DuckDbConnection connection,
        JudgedQuery query,
        CancellationToken cancellationToken
    )
    {
        using var statement = connection.Prepare(query.Statement, cancellationToken);
        return statement.Columns;
    }

    // Our own form of the query is judged as well: one statement that selects.
    private static DuckDbStatement PrepareSelect(
        DuckDbConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        var statement = connection.PrepareOnly(sql, cancellationToken);
        if (statement is { Kind: StatementKind.Select })
        {
            return statement;
        }

        statement?.Dispose();
        throw new TidemarkException(ErrorKind.BadRequest, "SQL_NOT_A_QUERY", "Only one query is allowed here.");
    }

    // The engine knows IANA names, whatever the machine calls its zones.
    private static string ZoneName(TimeZoneInfo zone) =>
        zone.HasIanaId ? zone.Id
        : TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var iana) ? iana
        : "UTC";
}
