using Tidemark.DuckDb;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>Rows of a partition that differ between two versions.</summary>
/// <param name="Dt">The partition; null in an unpartitioned table.</param>
/// <param name="Added">Rows that only the later version has.</param>
/// <param name="Removed">Rows that only the earlier version has.</param>
/// <param name="Changed">Rows whose key both have, with other values.</param>
public sealed record PartitionDiff(DateOnly? Dt, long Added, long Removed, long Changed);

/// <summary>Rows with one value of a key column that differ between two versions.</summary>
public sealed record ValueDiff(long Added, long Removed, long Changed);

/// <summary>A value that differs; null is SQL's null.</summary>
public sealed record ValueChange(string Column, string? Old, string? New);

/// <summary>A row that differs.</summary>
/// <param name="Kind"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
/// <param name="Dt">Its partition.</param>
/// <param name="Key">Its key; the whole row in a table without a key.</param>
/// <param name="Changes">The values that differ; empty unless it changed.</param>
public sealed record RowDiff(
    string Kind,
    DateOnly? Dt,
    IReadOnlyDictionary<string, string?> Key,
    IReadOnlyList<ValueChange> Changes
);

/// <summary>What differs between two versions of a table.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="FromVersion">The earlier version, or the one that was named first.</param>
/// <param name="ToVersion">The later one.</param>
/// <param name="Key">
/// The columns by which rows are matched, beside the partition; empty when whole rows are compared.
/// </param>
/// <param name="ColumnsAdded">Columns that only the later version has.</param>
/// <param name="ColumnsRemoved">Columns that only the earlier one has.</param>
/// <param name="Added">In total.</param>
/// <param name="Removed">In total.</param>
/// <param name="Changed">In total.</param>
/// <param name="FilesRead">Files that are in one of the versions only; no others were read.</param>
/// <param name="Partitions">Those that differ, in order.</param>
/// <param name="Rows">Examples, as many as were asked for.</param>
public sealed record DiffResult(
    string Table,
    long FromVersion,
    long ToVersion,
    IReadOnlyList<string> Key,
    IReadOnlyList<string> ColumnsAdded,
    IReadOnlyList<string> ColumnsRemoved,
    long Added,
    long Removed,
    long Changed,
    int FilesRead,
    IReadOnlyList<PartitionDiff> Partitions,
    IReadOnlyList<RowDiff> Rows
);

/// <summary>Compares two versions of a table, row by row, through the files that they do not share.</summary>
public sealed class TableDiff(DataLake lake)
{
    /// <param name="from">A version.</param>
    /// <param name="to">Another version of the same table.</param>
    /// <param name="examples">How many rows to show.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    /// <exception cref="Core.Errors.TidemarkException">
    /// A file is gone or damaged, or a version was vacuumed; the message says how to mend it.
    /// </exception>
    public Task<DiffResult> DiffAsync(
        TableSnapshot from,
        TableSnapshot to,
        int examples,
        CancellationToken cancellationToken
    ) =>
        ReadFault.GuardAsync(
            lake,
            [from, to],
            () => CompareAsync(from, to, examples, cancellationToken),
            cancellationToken
        );

    private async Task<DiffResult> CompareAsync(
        TableSnapshot from,
        TableSnapshot to,
        int examples,
        CancellationToken cancellationToken
    )
    {
        var old = from.Files.Values.Where(f => !to.Has(f)).ToArray();
        var @new = to.Files.Values.Where(f => !from.Has(f)).ToArray();
        using var held = await lake.Store.MakeReadableAsync(
            [.. old.Concat(@new).Select(f => new ImmutableObject(DeltaPath.KeyOf(from.Table, f), f.Size, f.Sha256))],
            cancellationToken
        );
        var sql = new DiffSql(from, to, ViewSql.Source(from, old, lake.Store), ViewSql.Source(to, @new, lake.Store));
        using var connection = lake.Engine.Connect();
        var partitions = old.Length + @new.Length == 0 ? [] : Partitions(connection, sql, cancellationToken);
        var rows = examples == 0 || partitions.Count == 0 ? [] : Examples(connection, sql, examples, cancellationToken);
        return new DiffResult(
            from.Table.ToString(),
            from.Version,
            to.Version,
            sql.Key,
            [.. to.Columns.Select(c => c.Name).Except(from.Columns.Select(c => c.Name))],
            [.. from.Columns.Select(c => c.Name).Except(to.Columns.Select(c => c.Name))],
            partitions.Sum(p => p.Added),
            partitions.Sum(p => p.Removed),
            partitions.Sum(p => p.Changed),
            old.Length + @new.Length,
            partitions,
            rows
        );
    }

    /// <summary>
    /// Counts the rows that differ, by some values of a key column; values without a difference are left out.
    /// </summary>
    /// <param name="from">A version.</param>
    /// <param name="to">Another version of the same table.</param>
    /// <param name="column">A text column of the table's key.</param>
    /// <param name="values">The values of interest.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    public async Task<IReadOnlyDictionary<string, ValueDiff>> CountByAsync(
        TableSnapshot from,
        TableSnapshot to,
        string column,
        IReadOnlyCollection<string> values,
        CancellationToken cancellationToken
    )
    {
        var old = from.Files.Values.Where(f => !to.Has(f)).ToArray();
        var @new = to.Files.Values.Where(f => !from.Has(f)).ToArray();
        if (values.Count == 0 || old.Length + @new.Length == 0)
        {
            return new Dictionary<string, ValueDiff>();
        }

        using var held = await lake.Store.MakeReadableAsync(
            [.. old.Concat(@new).Select(f => new ImmutableObject(DeltaPath.KeyOf(from.Table, f), f.Size, f.Sha256))],
            cancellationToken
        );
        var sql = new DiffSql(from, to, ViewSql.Source(from, old, lake.Store), ViewSql.Source(to, @new, lake.Store));
        var name = DuckDbSql.Identifier(column);
        using var connection = lake.Engine.Connect();
        using var result = connection.Query(
            $"""
            {sql.With}
            SELECT {name}, count(*) FILTER (__kind = 'added'), count(*) FILTER (__kind = 'removed'), count(*) FILTER (__kind = 'changed')
            FROM differing WHERE {name} IN ({string.Join(", ", values.Select(DuckDbSql.Literal))}) GROUP BY 1
            """,
            cancellationToken
        );
        return result
            .Rows()
            .ToDictionary(
                r => (string)r[0]!,
                r => new ValueDiff((long)r[1]!, (long)r[2]!, (long)r[3]!),
                StringComparer.Ordinal
            );
    }

    private static List<PartitionDiff> Partitions(
        DuckDbConnection connection,
        DiffSql sql,
        CancellationToken cancellationToken
    )
    {
        using var result = connection.Query(
            $"""
            {sql.With}
            SELECT {sql.PartitionSql}, count(*) FILTER (__kind = 'added'), count(*) FILTER (__kind = 'removed'),
                   count(*) FILTER (__kind = 'changed')
            FROM differing GROUP BY 1 ORDER BY 1
            """,
            cancellationToken
        );
        return
        [
            .. result.Rows().Select(r => new PartitionDiff((DateOnly?)r[0], (long)r[1]!, (long)r[2]!, (long)r[3]!)),
        ];
    }

    private static List<RowDiff> Examples(
        DuckDbConnection connection,
        DiffSql sql,
        int examples,
        CancellationToken cancellationToken
    )
    {
        using var result = connection.Query(
            $"{sql.With}\nSELECT {sql.ExampleColumns} FROM differing ORDER BY ALL LIMIT {examples}",
            cancellationToken
        );
        var rows = new List<RowDiff>();
        foreach (var row in result.Rows())
        {
            var kind = (string)row[1]!;
            var at = 2;
            var key = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var name in sql.Identity)
            {
                key[name] = (string?)row[at++];
            }

            var changes = new List<ValueChange>();
            foreach (var name in sql.Values)
            {
                var (before, after, differs) = ((string?)row[at++], (string?)row[at++], (bool)row[at++]!);
                if (kind == DiffSql.Changed && differs)
                {
                    changes.Add(new ValueChange(name, before, after));
                }
            }

            rows.Add(new RowDiff(kind, (DateOnly?)row[0], key, changes));
        }

        return rows;
    }
}
