using Tidemark.Core.Files;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Engine;

/// <summary>
/// Writes the rows of Parquet files that others have made as CSV. Files stand in a folder of their own meanwhile, which
/// no folder name of theirs can add a column to.
/// </summary>
public sealed class ParquetText(LakeEngine engine)
{
    private const string RowNumber = "file_row_number";

    /// <summary>
    /// The rows in their order, with a header; a null is an empty cell, an empty text is <c>""</c>, moments with a zone
    /// are in UTC.
    /// </summary>
    /// <param name="file">The whole file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidDataException">It is not complete Parquet, or has a column of that kind.</exception>
    public async Task<ReadOnlyMemory<byte>> AsCsvAsync(ReadOnlyMemory<byte> file, CancellationToken cancellationToken)
    {
        var folder = engine.MakeScratchFolder("parquet");
        try
        {
            var (source, target) = (Path.Combine(folder, "in.parquet"), Path.Combine(folder, "out.csv"));
            await File.WriteAllBytesAsync(source, file, cancellationToken);
            Write(source, target, cancellationToken);
            return DataFile.ReadBytes(target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Write(string source, string target, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = engine.Connect();
            connection.Execute(
                $"""
                COPY (
                  SELECT * EXCLUDE ({RowNumber})
                  FROM read_parquet({DuckDbSql.Literal(source)}, hive_partitioning = false, {RowNumber} = true)
                  ORDER BY {RowNumber}
                ) TO {DuckDbSql.Literal(target)} (FORMAT csv, HEADER true)
                """,
                cancellationToken
            );
        }
        catch (DuckDbException e)
        {
            throw new InvalidDataException(
                e.Message.Split('\n')[0].Replace(source, "the file", StringComparison.Ordinal),
                e
            );
        }
    }
}
