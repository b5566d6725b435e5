using System.Globalization;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>Rows that come from queries: collected in a table of the engine until they are written.</summary>
public sealed partial class TableStaging
{
    /// <summary>
    /// Adds a unit with the rows of a query on <paramref name="session"/>, whose columns (in any order) must be the
    /// table's.
    /// </summary>
    public void AppendQuery(
        LakeSession session,
        string unit,
        DateOnly? day,
        string select,
        CancellationToken cancellationToken
    ) => AppendQuery(session, unit, day, select, tags: null, cancellationToken);

    /// <summary>
    /// The same, with tags that the unit's files carry in the log beside <c>unit</c>, <c>run</c> and <c>sha256</c>.
    /// They say how the rows were made: a unit whose rows stay as they are keeps its files and gets the new tags.
    /// </summary>
    public void AppendQuery(
        LakeSession session,
        string unit,
        DateOnly? day,
        string select,
        IReadOnlyDictionary<string, string>? tags,
        CancellationToken cancellationToken
    )
    {
        EnsureHasDay(day);
        _queryTable ??= CreateQueryTable();
        if (tags is not null)
        {
            _tags[unit] = tags;
        }

        var columns = string.Join(
            ", ",
            _definition.StagedColumns.Select(c =>
                c.Name == TableDefinition.DayColumn && day is { } of
                    ? DuckDbSql.Literal(of)
                    : DuckDbSql.Identifier(c.Name)
            )
        );
        var rows = session.Connection.Execute(
            $"INSERT INTO {_queryTable} SELECT {columns}, {_units.Count} FROM ({select}\n)",
            cancellationToken
        );
        AddUnit(unit, day, rows, [TablePartition.Of(_definition.Partitioning, day)], hasOwnDays: false, seen: null);
    }

    /// <summary>
    /// Adds the units of several days with the rows of one query: its column <c>dt</c> (a date, or text that is one)
    /// says to which unit a row belongs. A day without rows is a unit, too. When the query fails, none of its units are
    /// added.
    /// </summary>
    /// <exception cref="DuckDbException">
    /// The query fails, or gives a row of another day; the message names that day.
    /// </exception>
    public void AppendDays(
        LakeSession session,
        IReadOnlyList<DayUnit> units,
        string select,
        CancellationToken cancellationToken
    )
    {
        _queryTable ??= CreateQueryTable();
        var first = _units.Count;
        session.Connection.Execute(
            $"INSERT INTO {_queryTable} SELECT {DaySql.Columns(_definition)}, {DaySql.UnitOf(_definition, units, first)} FROM ({select}\n)",
            cancellationToken
        );
        var rows = new long[units.Count];
        using (
            var counts = _connection.Value.Query(
                $"SELECT {UnitColumn}, count(*) FROM {_queryTable} WHERE {UnitColumn} >= {first} GROUP BY 1",
                cancellationToken
            )
        )
        {
            foreach (var count in counts.Rows())
            {
                rows[Convert.ToInt32(count[0], CultureInfo.InvariantCulture) - first] = (long)count[1]!;
            }
        }

        for (var i = 0; i < units.Count; i++)
        {
            _tags[units[i].Unit] = units[i].Tags;
            var partition = TablePartition.Of(_definition.Partitioning, units[i].Day);
            AddUnit(units[i].Unit, units[i].Day, rows[i], [partition], hasOwnDays: false, seen: null);
        }
    }

    private string CreateQueryTable()
    {
        if (_batches.Count > 0)
        {
            throw new InvalidOperationException("Rows come as batches or from queries, not as both");
        }

        // Qualified, because sessions have another current database.
        var table = $"memory.main.{DuckDbSql.Identifier(_name)}";
        var columns = _definition.StagedColumns.Select(c => $"{DuckDbSql.Identifier(c.Name)} {c.Type.SqlName}");
        _connection.Value.Execute($"CREATE TABLE {table} ({string.Join(", ", columns)}, {UnitColumn} INTEGER)");
        return table;
    }
}
