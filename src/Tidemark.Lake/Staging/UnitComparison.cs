using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// Counts what a unit's staged rows change against the rows that it has: by key, or, where the table has none, as
/// multisets of whole rows. A row that stands twice is then matched twice, and none is ever changed.
/// </summary>
internal sealed class UnitComparison(
    DuckDbConnection connection,
    TableDefinition definition,
    IObjectStore store,
    TableSnapshot current
)
{
    private const string Dt = TableDefinition.DayColumn;

    /// <summary>Which of the rows that are equal it is; only without a key.</summary>
    private const string Copy = "__copy";

    private readonly bool _hasKey = definition.Key.Count > 0;

    // Without a key: all columns that both have. One that is new has no value in the standing rows.
    private readonly IReadOnlyList<string> _matched =
        definition.Key.Count > 0
            ? definition.Identity
            :
            [
                .. definition
                    .Columns.Select(c => c.Name)
                    .Intersect(current.Columns.Select(c => c.Name), StringComparer.Ordinal),
            ];

    /// <summary>How many rows a file has, and how many of them have the key of a staged one.</summary>
    public (long Rows, long Shared) Overlap(
        string staged,
        int number,
        StagedUnit unit,
        AddAction file,
        CancellationToken cancellationToken
    )
    {
        UnitSlice[] rows = [UnitSlice.TakenOver("", file)];
        using var result = connection.Query(
            $"""
            WITH s AS (SELECT *{CopySql(unit)} FROM {staged} WHERE {TableStaging.UnitColumn} = {number}),
                 o AS (SELECT *{CopySql(unit)} FROM {SliceSql.Source(current, rows, store)})
            SELECT (SELECT count(*) FROM o), (SELECT count(*) FROM o SEMI JOIN s ON {SameRow(unit)})
            """,
            cancellationToken
        );
        var row = result.Rows().Single();
        return ((long)row[0]!, (long)row[1]!);
    }

    /// <param name="staged">A FROM item with the staged rows of all units.</param>
    /// <param name="number">The unit's number in it.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="old">Where the unit's rows are.</param>
    /// <param name="within">Where other units' rows are that are in the unit's scope.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    /// <returns>
    /// The counts, and the partitions in which the unit's rows stay as they are: only known of units whose rows say
    /// their day.
    /// </returns>
    public (UnitCounts Counts, IReadOnlySet<TablePartition> Same) Count(
        string staged,
        int number,
        StagedUnit unit,
        IReadOnlyList<UnitSlice> old,
        IReadOnlyList<UnitSlice> within,
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
        // A column that had values and now has none has vanished from the source, even if the table still declares it.
        var columns = definition.Columns.Where(c => known.Contains(c.Name)).ToArray();
        var values = columns.Select(c =>
            $", count(o.{DuckDbSql.Identifier(c.Name)}), count(s.{DuckDbSql.Identifier(c.Name)})"
        );
        // Rows that another program wrote again may stand beside the originals: count each once.
        var once =
            _hasKey && old.Any(s => UnitSlice.Of(s.File).Count == 0)
                ? $"DISTINCT ON ({string.Join(", ", definition.Identity.Select(DuckDbSql.Identifier))}{(unit.HasOwnDays ? $", {TableDefinition.DayColumn}" : "")}) "
                : "";
        // A unit of one day is one group, even without rows.
        var (day, groups) = unit.HasOwnDays
            ? ($"coalesce(s.{Dt}, o.{Dt})", " GROUP BY 1 ORDER BY 1")
            : ("NULL::DATE", "");
        using var result = connection.Query(
            $"""
            WITH o AS (SELECT {once}*{CopySql(unit)} FROM {Standing(unit, old, within)}),
                 s AS (SELECT *, true AS __new{CopySql(unit)} FROM {staged} WHERE {TableStaging.UnitColumn} = {number})
            SELECT {day},
                   count(*) FILTER (__old IS NULL),
                   count(*) FILTER (__old AND __new AND ({changed})),
                   count(*) FILTER (__old AND __new AND NOT ({changed})),
                   count(*) FILTER (__new IS NULL), count(*) FILTER (__other){string.Concat(values)}
            FROM s FULL JOIN o ON {SameRow(unit)}{groups}
            """,
            cancellationToken
        );
        var tally = new Tally(definition, columns.Length, unit.HasOwnDays);
        foreach (var row in result.Rows())
        {
            tally.Add(row);
        }

        return (
            tally.Counts with
            {
                LostColumns =
                    tally.Counts.Rows == 0 ? [] : [.. columns.Where((_, i) => tally.IsLost(i)).Select(c => c.Name)],
                LostDays = unit.HasOwnDays ? tally.LostDays : LostDays(unit, old),
            },
            tally.Same
        );
    }

    private string Standing(StagedUnit unit, IReadOnlyList<UnitSlice> own, IReadOnlyList<UnitSlice> within) =>
        within.Count == 0
            ? $"(SELECT *, true AS __old, false AS __other FROM {SliceSql.Source(current, own, store)})"
            : $"(SELECT *, true AS __old, false AS __other FROM {SliceSql.Source(current, own, store)} UNION ALL "
                + $"SELECT *, true, true FROM {SliceSql.Source(current, within, store)} "
                + $"WHERE {unit.Scope!.Condition(definition.Partitioning)})";

    private static DateOnly[] LostDays(StagedUnit unit, IReadOnlyList<UnitSlice> old) =>
        [.. old.Where(s => s.Rows > 0).SelectMany(s => s.Days).Where(d => d != unit.Day).Distinct().Order()];

    private string SameRow(StagedUnit unit)
    {
        var same = _matched.Select(DuckDbSql.Identifier).Select(k => $"s.{k} IS NOT DISTINCT FROM o.{k}");
        string[] days = unit.HasOwnDays ? [$"s.{Dt} = o.{Dt}"] : [];
        string[] copies = _hasKey ? [] : [$"s.{Copy} = o.{Copy}"];
        return string.Join(" AND ", [.. days, .. same, .. copies]);
    }

    // Numbers equal rows, so that two of one side are matched with two of the other.
    private string CopySql(StagedUnit unit)
    {
        if (_hasKey)
        {
            return "";
        }

        string[] days = unit.HasOwnDays ? [Dt] : [];
        string[] columns = [.. days, .. _matched.Select(DuckDbSql.Identifier)];
        return $", row_number() OVER ({(columns.Length == 0 ? "" : $"PARTITION BY {string.Join(", ", columns)}")}) AS {Copy}";
    }

    /// <summary>Sums up the groups of the query above.</summary>
    private sealed class Tally(TableDefinition definition, int columns, bool hasOwnDays)
    {
        private readonly long[] _before = new long[columns];
        private readonly long[] _after = new long[columns];
        private readonly HashSet<TablePartition> _changed = [];
        private readonly HashSet<TablePartition> _seen = [];

        public UnitCounts Counts { get; private set; } = UnitCounts.None;

        public List<DateOnly> LostDays { get; } = [];

        public IReadOnlySet<TablePartition> Same => _seen.Except(_changed).ToHashSet();

        /// <summary>Whether a column had values and now has none.</summary>
        public bool IsLost(int column) => _before[column] > 0 && _after[column] == 0;

        public void Add(object?[] row)
        {
            var counts = new UnitCounts((long)row[1]!, (long)row[2]!, (long)row[3]!, (long)row[4]!)
            {
                // A unit of one day takes over all rows of others. Where rows say their day, equal ones stay in place.
                TakenOverRows = hasOwnDays ? 0 : (long)row[5]!,
            };
            Counts += counts;
            for (var i = 0; i < columns; i++)
            {
                _before[i] += (long)row[6 + (2 * i)]!;
                _after[i] += (long)row[7 + (2 * i)]!;
            }

            if (row[0] is not DateOnly day)
            {
                return;
            }

            var partition = TablePartition.Of(definition.Partitioning, day);
            _seen.Add(partition);
            if (!counts.IsNoChange)
            {
                _changed.Add(partition);
            }

            if (counts is { Rows: 0, RowsBefore: > 0 })
            {
                LostDays.Add(day);
            }
        }
    }
}
