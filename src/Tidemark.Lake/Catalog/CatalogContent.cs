using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Catalog;

/// <summary>Writes the content of a catalog: layers, tables, their comments, and the user's own migrations.</summary>
internal static class CatalogContent
{
    /// <param name="connection">A connection to an empty database.</param>
    /// <param name="tables">The tables to show.</param>
    /// <param name="sources">The migrations; those whose needs the tables meet are applied after the tables.</param>
    /// <param name="lake">Where the tables are.</param>
    /// <param name="terms">The terms of the fence, which is raised before the migrations and stays.</param>
    /// <param name="cancellationToken">Interrupts a statement.</param>
    /// <exception cref="UnreadableTableException">
    /// A table cannot have a view; discard what was written so far.
    /// </exception>
    public static void Write(
        DuckDbConnection connection,
        CatalogTables tables,
        CatalogSources sources,
        DataLake lake,
        FenceTerms terms,
        CancellationToken cancellationToken
    )
    {
        connection.Execute(
            "CREATE SCHEMA catalog_meta; "
                + "CREATE TABLE catalog_meta.table_versions (table_name VARCHAR PRIMARY KEY, version BIGINT, committed_at TIMESTAMP, "
                + "row_count BIGINT, files BIGINT, bytes BIGINT); CREATE TABLE catalog_meta.lake (root VARCHAR); "
                + "CREATE TABLE catalog_meta.left_out (name VARCHAR, version BIGINT, code VARCHAR, reason VARCHAR, is_table BOOLEAN); "
                + "CREATE TABLE catalog_meta.definition_files (name VARCHAR PRIMARY KEY, sha256 VARCHAR)",
            cancellationToken
        );
        connection.Execute("INSERT INTO catalog_meta.lake VALUES ($1)", cancellationToken, lake.Store.ReadablePath(""));
        foreach (var layer in TableLayers.All)
        {
            connection.Execute($"CREATE SCHEMA {DuckDbSql.Identifier(layer)}", cancellationToken);
        }

        foreach (var (snapshot, isHere) in tables.Shown)
        {
            if (isHere && PipeIn(snapshot, lake.Store) is { } pipe)
            {
                // The engine would open it and wait for ever.
                throw new UnreadableTableException(snapshot, new DuckDbException(new NotAFileException(pipe).Message));
            }

            try
            {
                connection.Execute(
                    (
                        isHere
                            ? ViewSql.Create(snapshot, [.. snapshot.Files.Values], lake.Store)
                            : ViewSql.CreateAbsent(snapshot)
                    ) + CommentSql.Of(snapshot),
                    cancellationToken
                );
            }
            catch (DuckDbException e)
            {
                throw new UnreadableTableException(snapshot, e);
            }

            connection.Execute(
                "INSERT INTO catalog_meta.table_versions VALUES ($1, $2, $3, $4, $5, $6)",
                cancellationToken,
                snapshot.Table.ToString(),
                snapshot.Version,
                snapshot.Commit?.CommittedAt,
                snapshot.RowCount,
                snapshot.Files.Count,
                snapshot.Bytes
            );
        }

        var (applied, waiting) = tables.Split(sources.Known);
        foreach (var left in tables.LeftOut.Concat(waiting))
        {
            connection.Execute(
                "INSERT INTO catalog_meta.left_out VALUES ($1, $2, $3, $4, $5)",
                cancellationToken,
                left.Name,
                left.Version,
                left.Code,
                left.Reason,
                left.IsTable
            );
        }

        foreach (var (name, hash) in sources.Files)
        {
            connection.Execute(
                "INSERT INTO catalog_meta.definition_files VALUES ($1, $2)",
                cancellationToken,
                name,
                hash
            );
        }

        QueryFence.Raise(connection, lake.Store, terms);
        CatalogMigrations.Apply(connection, applied, lake.Clock.GetUtcNow(), cancellationToken);
    }

    private static string? PipeIn(TableSnapshot snapshot, IObjectStore store) =>
        store.IsRemote
            ? null
            : snapshot
                .Files.Values.Select(f => store.ReadablePath(DataFiles.KeyOf(snapshot.Table, f)))
                .FirstOrDefault(DataFile.IsPipeOrDevice);
}
