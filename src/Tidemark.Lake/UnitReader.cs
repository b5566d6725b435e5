using Tidemark.Core.Columns;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake;

/// <summary>Reads a unit's rows back into columns. Thread-safe.</summary>
public sealed class UnitReader(DataLake lake)
{
    /// <summary>
    /// Appends the rows that a unit has in a version, if all of its files can be read. Columns that the table lacks are
    /// null.
    /// </summary>
    /// <param name="snapshot">The version.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="into">Made for the columns to read, found by their names.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    /// <returns>The files of the unit that are gone or damaged; then nothing was appended.</returns>
    /// <exception cref="Core.Errors.TidemarkException">The store does not answer.</exception>
    public async Task<IReadOnlyList<DamagedFile>> ReadAsync(
        TableSnapshot snapshot,
        string unit,
        ColumnBatch into,
        CancellationToken cancellationToken
    )
    {
        var sound = await lake.SoundAsync(snapshot, snapshot.FilesOf(unit), cancellationToken);
        DamagedFile[] damaged = [.. sound.Lost.Where(file => file.Units.Contains(unit))];
        var slices = sound.SlicesOf(unit);
        if (slices.Count == 0 || damaged.Length > 0)
        {
            return damaged;
        }

        using var held = await lake.Store.MakeReadableAsync(
            [.. slices.Select(s => s.File).Distinct().Select(f => DataFiles.ObjectOf(sound.Table, f))],
            cancellationToken
        );
        var known = sound.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var columns = into.Definitions.Select(d =>
            $"CAST({(known.Contains(d.Name) ? DuckDbSql.Identifier(d.Name) : "NULL")} AS {LakeType.Of(d.Kind).SqlName})"
        );
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"SELECT {string.Join(", ", columns)} FROM {SliceSql.Source(sound, slices, lake.Store)}",
            cancellationToken
        );
        while (result.NextChunk() is { } chunk)
        {
            for (var i = 0; i < into.Columns.Count; i++)
            {
                Append(into.Columns[i], chunk[i], chunk.Count);
            }
        }

        return [];
    }

    private static void Append(Column column, Vector values, int count)
    {
        switch (column)
        {
            case TextColumn texts:
                for (var row = 0; row < count; row++)
                {
                    if (values.IsNull(row))
                    {
                        texts.AppendNull();
                    }
                    else
                    {
                        texts.Append(values.Text(row));
                    }
                }

                break;
            case ValueColumn<double> doubles:
                Append(doubles, values, count);
                break;
            case ValueColumn<long> longs:
                Append(longs, values, count);
                break;
            case ValueColumn<int> days:
                Append(days, values, count);
                break;
            case ValueColumn<byte> flags:
                Append(flags, values, count);
                break;
            default:
                throw new ArgumentException($"Columns of {column.Kind} cannot be read", nameof(column));
        }
    }

    private static void Append<T>(ValueColumn<T> column, Vector values, int count)
        where T : unmanaged
    {
        var read = values.Values<T>(count);
        for (var row = 0; row < count; row++)
        {
            if (values.IsNull(row))
            {
                column.AppendNull();
            }
            else
            {
                column.Append(read[row]);
            }
        }
    }
}
