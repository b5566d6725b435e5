using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>Counts what a unit's staged rows change against the rows that it has, by key.</summary>
internal sealed class UnitComparison(
    DuckDbConnection connection,
    TableDefinition definition,
    IObjectStore store,
    TableSnapshot current
)
{
    private readonly string _sameKey = string.Join(
        " AND ",
        definition.Key.Select(k => $"s.{DuckDbSql.Identifier(k)} IS NOT DISTINCT FROM o.{DuckDbSql.Identifier(k)}")
    );

    /// <summary>How many rows a file has, and how many of them have the key of a staged one.</summary>
    public (long Rows, long Shared) Overlap(
        string staged,
        int unit,
        AddAction file,
        CancellationToken cancellationToken
    )
    {
        UnitSlice[] rows = [UnitSlice.TakenOver("", file)];
        using var result = connection.Query(
            $"""
            WITH s AS (SELECT * FROM {staged} WHERE {TableStaging.UnitColumn} = {unit}),
                 o AS (SELECT * FROM {SliceSql.Source(current, rows, store)})
            SELECT (SELECT count(*) FROM o), (SELECT count(*) FROM o SEMI JOIN s ON {_sameKey})
            """,
            cancellationToken
        );
        var row = result.Rows().Single();
        return ((long)row[0]!, (long)row[1]!);
    }

    /// <param name="staged">A FROM item with the staged rows of all units.</param>
    /// <param name="unit">The unit's number in it.</param>
    /// <param name="day">The day to which the unit's rows belong.</param>
    /// <param name="old">Where the unit's rows are.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    public UnitCounts Count(
        string staged,
        int unit,
        DateOnly? day,
        IReadOnlyList<UnitSlice> old,
        CancellationToken cancellationToken
    )
    {
        var known = current.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var changed = string.Join(
            " OR ",
            definition.Columns.Select(c =>
                known.Contains(c.Name)
                    ? $"s.{DuckDbSql.Identifier(c.Name)} IS DISTINCT FROM o.{DuckDbSql.Identifier(c.Name)}"
                    : $"s.{DuckDbSql.Identifier(c.Name)} IS NOT NULL"
            )
        );
        // A column that had values and comes back without any has vanished from the source, whatever its name does in the table.
        var columns = definition.Columns.Where(c => known.Contains(c.Name)).ToArray();
        var lost = columns.Select(c =>
            $", count(o.{DuckDbSql.Identifier(c.Name)}) > 0 AND count(s.{DuckDbSql.Identifier(c.Name)}) = 0"
        );
        // What another program wrote again may stand beside what it was written from.
        var once = old.Any(s => UnitSlice.Of(s.File).Count == 0)
            ? $"DISTINCT ON ({string.Join(", ", definition.Key.Select(DuckDbSql.Identifier))}) "
            : "";
        using var result = connection.Query(
            $"""
            WITH o AS (SELECT {once}*, true AS __old FROM {SliceSql.Source(current, old, store)}),
                 s AS (SELECT *, true AS __new FROM {staged} WHERE {TableStaging.UnitColumn} = {unit})
            SELECT count(*) FILTER (__old IS NULL),
                   count(*) FILTER (__old AND __new AND ({changed})),
                   count(*) FILTER (__old AND __new AND NOT ({changed})),
                   count(*) FILTER (__new IS NULL){string.Concat(lost)}
            FROM s FULL JOIN o ON {_sameKey}
            """,
            cancellationToken
        );
        var row = result.Rows().Single();
        var counts = new UnitCounts((long)row[0]!, (long)row[1]!, (long)row[2]!, (long)row[3]!);
        return counts with
        {
            LostColumns = counts.Rows == 0 ? [] : [.. columns.Where((_, i) => (bool)row[4 + i]!).Select(c => c.Name)],
            LostDays =
            [
                .. old.Where(s => s.Rows > 0)
                    .Select(s => s.Day)
                    .OfType<DateOnly>()
                    .Where(d => d != day)
                    .Distinct()
                    .Order(),
            ],
        };
    }
}
