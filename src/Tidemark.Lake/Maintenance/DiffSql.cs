using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Maintenance;

/// <summary>The SQL that finds the rows in which two sets of a table's files differ. Pure.</summary>
internal sealed class DiffSql
{
    public const string Changed = "changed";
    private readonly string _old;
    private readonly string _new;
    private readonly bool _hasDays;
    private readonly bool _isByMonth;
    private readonly IReadOnlyList<LakeColumn> _columns;

    public DiffSql(TableSnapshot from, TableSnapshot to, string oldSource, string newSource)
    {
        // The later version's columns come first; a column that only the earlier version has is compared as null in the
        // later one.
        _columns = [.. to.Columns, .. from.Columns.Where(c => to.Columns.All(t => t.Name != c.Name))];
        _hasDays = to.Columns.Any(c => c.Name == TableDefinition.DayColumn) && to.IsPartitioned;
        _isByMonth = to.Partitioning == TablePartitioning.Month;
        var names = _columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        // A later version that declares to have no key is compared by whole rows, whatever the earlier one had.
        var declared = to.Key.Count > 0 || to.IsKeyDeclared ? to.Identity : from.Identity;
        Key = declared.All(names.Contains) ? declared : [];
        Identity = Key.Count > 0 ? Key : [.. Own(names: _columns.Select(c => c.Name))];
        Values = Key.Count > 0 ? [.. Own(_columns.Select(c => c.Name)).Except(Key)] : [];
        _old = Padded(from, oldSource);
        _new = Padded(to, newSource);
    }

    /// <summary>The columns by which rows are matched, without the partition; empty = by the whole row.</summary>
    public IReadOnlyList<string> Key { get; }

    /// <summary>The columns that identify a row to a reader.</summary>
    public IReadOnlyList<string> Identity { get; }

    /// <summary>The other columns.</summary>
    public IReadOnlyList<string> Values { get; }

    public string PartitionSql => _hasDays ? TableDefinition.DayColumn : "NULL::DATE";

    /// <summary>
    /// A WITH clause that ends in <c>differing</c>: dt, kind, the identity, and each value before and after.
    /// </summary>
    public string With => Key.Count > 0 ? ByKey() : ByRow();

    /// <summary>
    /// The columns of an example: partition, kind, identity as text, and for each value: before, after, whether they
    /// differ.
    /// </summary>
    public string ExampleColumns =>
        string.Join(
            ", ",
            Identity
                .Select(Text)
                .Concat(
                    Values.SelectMany(
                        (_, i) => new[] { $"__o{i}::VARCHAR", $"__n{i}::VARCHAR", $"__o{i} IS DISTINCT FROM __n{i}" }
                    )
                )
                .Prepend("__kind")
                .Prepend(PartitionSql)
        );

    private string ByKey()
    {
        string[] match = _hasDays ? [.. Key, TableDefinition.DayColumn] : [.. Key];
        var on = string.Join(" AND ", match.Select(k => $"o.{Name(k)} IS NOT DISTINCT FROM n.{Name(k)}"));
        var identity = string.Join(
            ", ",
            match
                .Distinct(StringComparer.Ordinal)
                .Select(k => $"CASE WHEN n.__side THEN n.{Name(k)} ELSE o.{Name(k)} END AS {Name(k)}")
        );
        var values = string.Concat(Values.Select((v, i) => $", o.{Name(v)} AS __o{i}, n.{Name(v)} AS __n{i}"));
        var changed =
            Values.Count == 0
                ? "false"
                : string.Join(" OR ", Values.Select(v => $"o.{Name(v)} IS DISTINCT FROM n.{Name(v)}"));
        return $"""
            WITH o AS (SELECT *, true AS __side FROM {_old}), n AS (SELECT *, true AS __side FROM {_new}),
            differing AS (
                SELECT {identity}{values},
                       CASE WHEN o.__side IS NULL THEN 'added' WHEN n.__side IS NULL THEN 'removed' ELSE '{Changed}' END AS __kind
                FROM o FULL JOIN n ON {on}
                WHERE o.__side IS NULL OR n.__side IS NULL OR {changed}
            )
            """;
    }

    private string ByRow() =>
        $"""
            WITH o AS (SELECT * FROM {_old}), n AS (SELECT * FROM {_new}),
            differing AS (
                SELECT *, 'added' AS __kind FROM (SELECT * FROM n EXCEPT ALL SELECT * FROM o)
                UNION ALL
                SELECT *, 'removed' AS __kind FROM (SELECT * FROM o EXCEPT ALL SELECT * FROM n)
            )
            """;

    /// <summary>A source with all columns of both versions, in a fixed order.</summary>
    private string Padded(TableSnapshot snapshot, string source)
    {
        var own = snapshot.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var columns = _columns.Select(c =>
            own.Contains(c.Name) ? Name(c.Name) : $"CAST(NULL AS {c.Type.SqlName}) AS {Name(c.Name)}"
        );
        return $"(SELECT {string.Join(", ", columns)} FROM {source})";
    }

    private IEnumerable<string> Own(IEnumerable<string> names) =>
        names.Where(n =>
            !(_hasDays && n == TableDefinition.DayColumn) && !(_isByMonth && n == TablePartition.MonthColumn)
        );

    private static string Text(string column) => $"{Name(column)}::VARCHAR";

    private static string Name(string column) => DuckDbSql.Identifier(column);
}
