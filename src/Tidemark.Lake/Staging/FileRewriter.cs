using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>A file into which live rows were written again; no reader sees it yet.</summary>
internal sealed record RewrittenFile(string LocalPath, long Rows, long Bytes, string Sha256, string Stats);

/// <summary>
/// The number of rows, and the sum of the hashes of each row's values and place: equal for equal rows in the same
/// order.
/// </summary>
internal readonly record struct RowsDigest(long Rows, UInt128 Hash);

/// <summary>
/// Writes rows of live files again, in the same order. Before anyone may rely on the new file, reads it back and proves
/// that its digest equals that of the old rows. Thread-safe.
/// </summary>
internal sealed class FileRewriter(LakeEngine engine)
{
    // Measured against DuckDB's own choices (docs/formats/lake.md): a larger dictionary costs more time than it saves
    // bytes, and nobody looks for single keys with Bloom filters here.
    private const string Layout =
        "DICTIONARY_SIZE_LIMIT 8192, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE 122880, PRESERVE_ORDER true";

    /// <param name="snapshot">The version whose files are read; they are at their readable paths.</param>
    /// <param name="rows">The rows to write.</param>
    /// <param name="codec">The codec's word in a file's tag (<see cref="ParquetCodecWords"/>).</param>
    /// <param name="path">The new file.</param>
    /// <param name="cancellationToken">Interrupts the engine.</param>
    /// <exception cref="TidemarkException">
    /// The disk is full, or the proof failed: the new file is of no use.
    /// </exception>
    public async Task<RewrittenFile> WriteAsync(
        TableSnapshot snapshot,
        FileRows rows,
        string codec,
        string path,
        CancellationToken cancellationToken
    )
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var connection = engine.Connect();
            LakeColumn[] columns =
            [
                .. snapshot.Columns.Where(c => !snapshot.Metadata!.PartitionColumns.Contains(c.Name)),
            ];
            var (source, values) = Source(connection, snapshot, rows, columns, cancellationToken);

            // Counted while they are written: this says what the engine has read without reading it twice.
            using var tally = engine.Tallies.Start();
            var count = tally.Sql(Hash(values, rows.Position));
            var where = rows.Condition is null ? count : $"CASE WHEN {rows.Condition} THEN {count} ELSE false END";
            var (bytes, stats) = Copy(
                connection,
                columns,
                values,
                $"{source} WHERE {where}",
                codec,
                path,
                cancellationToken
            );
            var sha256 = Task.Run(() => Sha256(path), cancellationToken);
            var read = DigestOf(connection, FileRows.Of(path, rows.Count), columns, cancellationToken);
            EnsureEqual(snapshot.Table, rows.Count, new RowsDigest(tally.Rows, tally.Sum), read);
            return new RewrittenFile(path, read.Rows, bytes, await sha256, stats);
        }
        catch (DuckDbException e) when (StorageErrors.IsStorageMessage(e.EngineMessage))
        {
            throw StorageErrors.From(e, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.From(e, path);
        }
    }

    /// <summary>The digest of all rows of files with the same columns, as they are on disk.</summary>
    internal static RowsDigest DigestOf(
        DuckDbConnection connection,
        FileRows rows,
        IReadOnlyList<LakeColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var values = columns.Select(c => DuckDbSql.Identifier(c.Name)).ToArray();
        using var result = connection.Query(
            $"SELECT count(*), coalesce(sum({Hash(values, rows.Position)}), 0)::VARCHAR FROM {rows.Sql(sameColumns: true)}",
            cancellationToken
        );
        var row = result.Rows().Single();
        return new RowsDigest((long)row[0]!, UInt128.Parse((string)row[1]!, CultureInfo.InvariantCulture));
    }

    /// <exception cref="TidemarkException">The new file does not hold the old rows.</exception>
    internal static void EnsureEqual(TableId table, long expected, RowsDigest old, RowsDigest @new)
    {
        if (old.Rows != expected || @new != old)
        {
            throw new TidemarkException(
                ErrorKind.Storage,
                "COMPACT_MISMATCH",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table}: rows that were written again are not what they were: {expected} rows by the log, {old.Rows} in the old files, "
                )
                    + string.Create(CultureInfo.InvariantCulture, $"{@new.Rows} in the new one, ")
                    + $"contents {(old.Hash == @new.Hash ? "equal" : "different")}. Nothing was changed. `tidemark verify` names a damaged file."
            );
        }
    }

    private static string Hash(IEnumerable<string> values, string position) =>
        $"hash({string.Join(", ", values)}, ({position})::BIGINT)";

    /// <summary>A FROM item, and an expression for each column: files that are older than a column lack it.</summary>
    private static (string Source, string[] Values) Source(
        DuckDbConnection connection,
        TableSnapshot snapshot,
        FileRows rows,
        IReadOnlyList<LakeColumn> columns,
        CancellationToken cancellationToken
    )
    {
        if (!snapshot.SchemaChanged)
        {
            return (rows.Sql(sameColumns: true), [.. columns.Select(c => DuckDbSql.Identifier(c.Name))]);
        }

        using var result = connection.Query(
            $"SELECT name, count(*) FROM parquet_schema({DuckDbPath.Literals(rows.Paths)}) WHERE num_children IS NULL GROUP BY name",
            cancellationToken
        );
        var present = result.Rows().ToDictionary(r => (string)r[0]!, r => (long)r[1]!, StringComparer.Ordinal);
        return (
            rows.Sql(sameColumns: present.Values.All(n => n == rows.Paths.Count)),
            [
                .. columns.Select(c =>
                    present.ContainsKey(c.Name) ? DuckDbSql.Identifier(c.Name) : $"CAST(NULL AS {c.Type.SqlName})"
                ),
            ]
        );
    }

    private static (long Bytes, string Stats) Copy(
        DuckDbConnection connection,
        IReadOnlyList<LakeColumn> columns,
        IReadOnlyList<string> values,
        string source,
        string codec,
        string path,
        CancellationToken cancellationToken
    )
    {
        var named = values.Select((v, i) => $"{v} AS {DuckDbSql.Identifier(columns[i].Name)}");
        using var result = connection.Query(
            $"COPY (SELECT {string.Join(", ", named)} FROM {source}) TO {DuckDbSql.Literal(path)} "
                + $"(FORMAT parquet, {ParquetCodecWords.CopyOptions(codec)}, {Layout}, RETURN_STATS)",
            cancellationToken
        );
        var (_, _, bytes, stats) = PartWriter.Written(result.Rows().Single(), columns);
        return (bytes, stats);
    }

    private static string Sha256(string path)
    {
        using var stream = DataFile.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
