using Tidemark.Core.Datasets;
using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// The rows over which a unit decides, whichever unit brought them: those of its dataset in its period, of its part. A
/// commit of the unit replaces all of them. So a dataset may be fetched by day and by symbol, and the answer that came
/// last holds: a row that it lacks goes, and counts as lost. Only for tables whose rows belong to days.
/// </summary>
/// <param name="Unit">The unit that decides.</param>
/// <param name="PartColumn">The text column that names the part in every row; null for a unit without part.</param>
public sealed record RowScope(UnitId Unit, string? PartColumn = null)
{
    private string Name { get; } = Unit.ToString();

    /// <summary>Whether the unit decides over rows that another unit may have brought.</summary>
    internal bool IsOver(string unit) => unit != Name && UnitId.TryParse(unit, out var other) && Unit.Overlaps(other);

    /// <summary>
    /// Whether another unit decides over all parts of a day of which this one is a part: it then stays a unit that was
    /// asked for, even without rows.
    /// </summary>
    internal bool IsPartOf(string unit) =>
        Unit.Part is not null && UnitId.TryParse(unit, out var other) && other.Part is null;

    /// <summary>Whether the unit decides over every row of a file.</summary>
    internal bool HasAllOf(AddAction file) =>
        Unit.Part is null
        && TablePartition.Of(file) is { IsDay: true }
        && UnitSlice.Of(file).All(s => s.Unit == Name || IsOver(s.Unit));

    /// <summary>The slices of other units that may have rows of the scope.</summary>
    internal IEnumerable<UnitSlice> OthersIn(TableSnapshot snapshot)
    {
        if (snapshot.Partitioning is not { HasDays: true } partitioning)
        {
            yield break;
        }

        TablePartition? last = null;
        for (var day = Unit.Day; day <= Unit.LastDay; day = day.AddDays(1))
        {
            var partition = TablePartition.Of(partitioning, day);
            foreach (var slice in partition == last ? [] : snapshot.SlicesAt(partition))
            {
                if (slice.Rows > 0 && IsOver(slice.Unit))
                {
                    yield return slice;
                }
            }

            last = partition;
            if (day == DateOnly.MaxValue)
            {
                yield break;
            }
        }
    }

    /// <summary>The predicate of the scope's rows in the files of its partitions.</summary>
    internal string Condition(TablePartitioning partitioning)
    {
        var part =
            PartColumn is null || Unit.Part is null
                ? "true"
                : $"{DuckDbSql.Identifier(PartColumn)} = {DuckDbSql.Literal(Unit.Part)}";
        return partitioning.IsByMonth
            ? $"{part} AND {TableDefinition.DayColumn} BETWEEN {DuckDbSql.Literal(Unit.Day)} AND {DuckDbSql.Literal(Unit.LastDay)}"
            : part;
    }
}
