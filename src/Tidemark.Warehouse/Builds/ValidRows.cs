using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
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
    private readonly DateOnly[] _days;
    private readonly string[] _contents;

    private ValidRows(DateOnly[] days, string[] contents)
    {
        _days = days;
        _contents = contents;
    }

    /// <summary>Reads all rows of an input.</summary>
    /// <exception cref="TidemarkException">A file of the input is gone or damaged.</exception>
    public static async Task<ValidRows> ReadAsync(
        DataLake lake,
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        if ((await lake.ReadableAsync(snapshot, cancellationToken)).Lost is [var lost, ..])
        {
            throw new TidemarkException(ErrorKind.Storage, lost.Code, $"an input cannot be read: {lost.Line}");
        }

        try
        {
            using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
            return Read(session.Connection, snapshot, cancellationToken);
        }
        catch (DuckDbException e)
        {
            throw await ReadFault.OfAsync(lake, [snapshot], e.EngineMessage, e, cancellationToken)
                ?? new TidemarkException(
                    ErrorKind.Storage,
                    "BUILD_SQL",
                    $"{snapshot.Table} cannot be read: {e.EngineMessage}",
                    e
                );
        }
    }

    /// <summary>The hash of the rows that are valid on a day; empty where none is.</summary>
    public string ContentOn(DateOnly day)
    {
        var at = Array.BinarySearch(_days, day);
        var step = at >= 0 ? at : ~at - 1;
        return step < 0 ? "" : _contents[step];
    }

    private static ValidRows Read(
        DuckDbConnection connection,
        TableSnapshot snapshot,
        CancellationToken cancellationToken
    )
    {
        var table = DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name);
        var columns = snapshot.Columns.Where(c => c.Name != Reach.ValidTo).Select(c => DuckDbSql.Identifier(c.Name));
        // The days on which the sum changes, with what it is from there on. MD5 stays the same in every engine.
        using var result = connection.Query(
            $"""
            WITH hashed AS (
                SELECT
                    coalesce({Reach.ValidFrom}, DATE '0001-01-01') AS first_day,
                    {Reach.ValidTo} AS last_day,
                    md5_number_lower(CAST(row({string.Join(", ", columns)}) AS VARCHAR))::HUGEINT AS content
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
