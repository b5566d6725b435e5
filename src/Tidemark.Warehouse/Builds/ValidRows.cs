using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Warehouse.Builds;

/// <summary>
/// What the rows of an input without days say on each day: a hash that changes from one day to the next only where a row
/// begins or ends. It is the sum of the hashes of the rows that are valid on the day, so it does not depend on their
/// order, and rows that are not valid on the day add nothing. A row's last day is not in its hash: until it has come,
/// nobody knows it.
/// </summary>
internal sealed class ValidRows
{
    /// <summary>How it is kept: a row a day on which the hash changes.</summary>
    public static readonly AnswerShape<ValidRows> Shape = new(
        rows => new AnswerTable([
            .. rows._days.Zip(rows._contents, (day, content) => (string[])[day.ToIso(), content]),
        ]),
        table => new ValidRows(
            [.. table.Rows.Select(r => DateOnly.ParseExact(r[0], "yyyy-MM-dd", CultureInfo.InvariantCulture))],
            [.. table.Rows.Select(r => r[1])]
        )
    );

    private readonly DateOnly[] _days;
    private readonly string[] _contents;

    private ValidRows(DateOnly[] days, string[] contents)
    {
        _days = days;
        _contents = contents;
    }

    /// <summary>The hash of the rows that are valid on a day; empty where none is.</summary>
    public string ContentOn(DateOnly day)
    {
        var at = Array.BinarySearch(_days, day);
        var step = at >= 0 ? at : ~at - 1;
        return step < 0 ? "" : _contents[step];
    }

    /// <summary>Reads all rows of an input, which a connection sees as <c>layer.table</c>.</summary>
    public static ValidRows Read(
        DuckDbConnection connection,
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        var table = DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name);
        // With marks of their own for a null and between cells, so that no two different rows have one text.
        var cells = snapshot
            .Columns.Where(c => c.Name != Reach.ValidTo)
            .Select(c => $"coalesce(CAST({DuckDbSql.Identifier(c.Name)} AS VARCHAR), chr(30))");
        // The days on which the sum changes, with what it is from there on. MD5 stays the same in every engine.
        using var result = connection.Query(
            $"""
            WITH hashed AS (
                SELECT
                    coalesce({Reach.ValidFrom}, DATE '0001-01-01') AS first_day,
                    {Reach.ValidTo} AS last_day,
                    md5_number_lower(concat_ws(chr(31), {string.Join(", ", cells)}))::HUGEINT AS content
                FROM {table}
                WHERE {Reach.ValidFrom} IS NULL OR {Reach.ValidTo} IS NULL OR {Reach.ValidFrom} <= {Reach.ValidTo}
            ),
            steps AS (
                SELECT first_day AS day, content FROM hashed
                UNION ALL
                SELECT last_day + 1, -content FROM hashed WHERE last_day IS NOT NULL
            )
            SELECT day, CAST(sum(sum(content)) OVER (ORDER BY day) AS VARCHAR) FROM steps GROUP BY day ORDER BY day
            """,
            cancellationToken
        );
        var (days, contents) = (new List<DateOnly>(), new List<string>());
        foreach (var row in result.Rows())
        {
            days.Add((DateOnly)row[0]!);
            contents.Add(Convert.ToString(row[1], CultureInfo.InvariantCulture)!);
        }

        return new ValidRows([.. days], [.. contents]);
    }
}
