using System.Globalization;
using System.Security.Cryptography;
using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>A unit that is being staged.</summary>
/// <param name="Unit">Its name.</param>
/// <param name="Day">Its day, or its home day; null in a table without days.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Partitions">The partitions that get them.</param>
/// <param name="HasOwnDays">Whether each row has its own day, so that only rows of the same day can be equal.</param>
internal sealed record StagedUnit(
    string Unit,
    DateOnly? Day,
    long Rows,
    IReadOnlyList<TablePartition> Partitions,
    bool HasOwnDays,
    RowScope? Scope = null
);

/// <summary>Writes staged rows as Parquet files, one a unit, with statistics and hashes.</summary>
internal sealed class PartWriter(
    DuckDbConnection connection,
    TableDefinition definition,
    string folder,
    ParquetCodec codec
)
{
    private readonly string _columns = string.Join(
        ", ",
        definition.FileColumns.Select(c => DuckDbSql.Identifier(c.Name))
    );

    /// <param name="staged">A FROM item with the rows of all units.</param>
    /// <param name="units">All units, by number.</param>
    /// <param name="wanted">The numbers of those to write.</param>
    /// <param name="cancellationToken">Interrupts the writing.</param>
    public List<StagedFile> Write(
        string staged,
        IReadOnlyList<StagedUnit> units,
        IReadOnlyList<int> wanted,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(folder);
        var files = new List<StagedFile>(wanted.Count);
        int[] full = [.. wanted.Where(i => units[i].Rows > 0)];
        var within = definition.Partitioning.Within;
        if (full is [var only] && within.Count == 0)
        {
            // Rows need no sorting by unit here: the engine writes one file faster.
            var path = Path.Combine(folder, "part_0.parquet");
            var filter = units.Count == 1 ? "" : $" WHERE {TableStaging.UnitColumn} = {only}";
            Copy(
                $"SELECT {_columns} FROM {staged}{filter}",
                path,
                "",
                _ => OfDay(units[only]),
                files,
                cancellationToken
            );
        }
        else if (full.Length > 0)
        {
            var filter =
                full.Length == units.Count ? "" : $" WHERE {TableStaging.UnitColumn} IN ({string.Join(", ", full)})";
            var divided = string.Concat(within.Select(c => $", {DuckDbSql.Identifier(c)}"));
            Copy(
                $"SELECT {_columns}, {TableStaging.UnitColumn}{divided} FROM {staged}{filter}",
                folder,
                $", PARTITION_BY ({TableStaging.UnitColumn}{divided}), FILENAME_PATTERN 'part_{{i}}'",
                values => Owner(units, values!),
                files,
                cancellationToken
            );
        }

        // A unit without rows gets an empty file: it says that the day was asked for and had nothing.
        foreach (var i in wanted.Where(i => units[i].Rows == 0))
        {
            var path = Path.Combine(folder, $"empty_{i}.parquet");
            var nothing = string.Join(
                ", ",
                definition.FileColumns.Select(c => $"CAST(NULL AS {c.Type.SqlName}) AS {DuckDbSql.Identifier(c.Name)}")
            );
            Copy($"SELECT {nothing} LIMIT 0", path, "", _ => OfDay(units[i]), files, cancellationToken);
        }

        return Hashed(files, cancellationToken);
    }

    private void Copy(
        string select,
        string target,
        string options,
        Func<Dictionary<string, object?>?, (string Unit, FilePlace Place)> owner,
        List<StagedFile> files,
        CancellationToken cancellationToken
    )
    {
        using var result = connection.Query(
            $"COPY ({select}) TO {DuckDbSql.Literal(target)} (FORMAT parquet, {ParquetCodecWords.CopyOptions(codec.Word())}, RETURN_STATS{options})",
            cancellationToken
        );

        foreach (var row in result.Rows())
        {
            var (unit, place) = owner((Dictionary<string, object?>?)row[5]);
            var (path, rows, bytes, stats) = Written(row, definition.FileColumns);
            files.Add(new StagedFile(path, unit, place, rows, bytes, Sha256: "", stats));
        }
    }

    private (string Unit, FilePlace Place) OfDay(StagedUnit unit) =>
        (unit.Unit, FilePlace.Of(definition.Partitioning, unit.Day));

    /// <exception cref="TidemarkException">
    /// <c>VALUE_MISSING</c>: rows lack a value that is part of their folder's name.
    /// </exception>
    private (string Unit, FilePlace Place) Owner(IReadOnlyList<StagedUnit> units, Dictionary<string, object?> values)
    {
        var unit = units[int.Parse((string)values[TableStaging.UnitColumn]!, CultureInfo.InvariantCulture)];
        var within = definition.Partitioning.Within;
        var place = OfDay(unit).Place with { Values = [.. within.Select(c => (string?)values[c])] };
        for (var i = 0; i < within.Count; i++)
        {
            if (string.IsNullOrEmpty(place.Values[i]))
            {
                throw new TidemarkException(
                    ErrorKind.Schema,
                    "VALUE_MISSING",
                    $"{definition.Id}: rows of the unit {unit.Unit} have no {within[i]}, by which the table is divided. Nothing was kept. Let the query give a value."
                );
            }
        }

        return (unit.Unit, place);
    }

    /// <summary>
    /// A row of COPY … RETURN_STATS, which is: filename, count, file_size_bytes, footer_size_bytes, column_statistics,
    /// partition_keys.
    /// </summary>
    internal static (string Path, long Rows, long Bytes, string Stats) Written(
        IReadOnlyList<object?> row,
        IReadOnlyList<LakeColumn> columns
    )
    {
        var rows = Convert.ToInt64(row[1], CultureInfo.InvariantCulture);
        var bytes = Convert.ToInt64(row[2], CultureInfo.InvariantCulture);
        var stats = EngineStats((Dictionary<string, object?>)row[4]!);
        return ((string)row[0]!, rows, bytes, DeltaStats.Write(rows, columns, stats));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> EngineStats(
        Dictionary<string, object?> byColumn
    )
    {
        var stats = new Dictionary<string, IReadOnlyDictionary<string, string>>(byColumn.Count, StringComparer.Ordinal);
        foreach (var (column, values) in byColumn)
        {
            // DuckDB quotes the names in this result: "close".
            stats[column.Trim('"')] = ((Dictionary<string, object?>)values!)
                .Where(p => p.Value is string)
                .ToDictionary(p => p.Key, p => (string)p.Value!, StringComparer.Ordinal);
        }

        return stats;
    }

    private static List<StagedFile> Hashed(List<StagedFile> files, CancellationToken cancellationToken)
    {
        var hashed = new StagedFile[files.Count];
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        Parallel.For(
            0,
            files.Count,
            options,
            i =>
            {
                using var stream = DataFile.OpenRead(files[i].LocalPath);
                hashed[i] = files[i] with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(stream)) };
            }
        );
        return [.. hashed];
    }
}
