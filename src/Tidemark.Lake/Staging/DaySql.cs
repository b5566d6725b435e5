using System.Globalization;
using Tidemark.Core;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>One of the units that a query over several days makes.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Day">Its day.</param>
/// <param name="Tags">The tags of its files beside those that every file has.</param>
public sealed record DayUnit(string Unit, DateOnly Day, IReadOnlyDictionary<string, string> Tags);

/// <summary>The SQL that tells the rows of several days apart.</summary>
internal static class DaySql
{
    private const string Day = $"CAST({TableDefinition.DayColumn} AS DATE)";

    /// <summary>The columns of the table's files, selected from a query that gives them and <c>dt</c>.</summary>
    public static string Columns(TableDefinition definition) =>
        string.Join(
            ", ",
            definition.FileColumns.Select(c => c.Name == TableDefinition.DayColumn ? Day : DuckDbSql.Identifier(c.Name))
        );

    /// <summary>
    /// The number of the unit to which a row belongs; a row of none of the days ends the query with its key and day.
    /// </summary>
    /// <param name="definition">The table.</param>
    /// <param name="units">By day; each day once.</param>
    /// <param name="first">The number of the first of them.</param>
    public static string UnitOf(TableDefinition definition, IReadOnlyList<DayUnit> units, int first)
    {
        var (from, to) = (units[0].Day, units[^1].Day);
        var numbers = new string[to.DayNumber - from.DayNumber + 1];
        Array.Fill(numbers, "NULL");
        for (var i = 0; i < units.Count; i++)
        {
            numbers[units[i].Day.DayNumber - from.DayNumber] = (first + i).ToString(CultureInfo.InvariantCulture);
        }

        var key = definition.Key.Select(k =>
            $"{DuckDbSql.Literal(k + " = ")} || coalesce({DuckDbSql.Identifier(k)}::VARCHAR, 'null')"
        );
        var which = definition.Key.Count > 0 ? $"'the row (' || {string.Join(" || ', ' || ", key)} || ')'" : "'a row'"; // without a key
        var row = $"{which} || ' has dt ' || coalesce(CAST({TableDefinition.DayColumn} AS VARCHAR), 'null')";
        var others = DuckDbSql.Literal(
            $", which is none of the days that were asked for: {from.ToIso()} … {to.ToIso()}"
        );
        var begin = DuckDbSql.Literal(from);
        // For a day before the first one the index would be negative and count from the list's end.
        return $"coalesce(CASE WHEN {Day} >= {begin} "
            + $"THEN ([{string.Join(',', numbers)}]::INTEGER[])[{Day} - {begin} + 1] END, error({row} || {others}))";
    }
}
