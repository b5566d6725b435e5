using Tidemark.Completeness.Checks;
using Tidemark.Core.Markets;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>Every code that a list has ever had, and which of them are one instrument's.</summary>
/// <param name="Codes">By symbol.</param>
/// <param name="Changes">Codes that went on as others.</param>
public sealed record ListedCodes(IReadOnlyList<ListedCode> Codes, IReadOnlyList<CodeChange> Changes)
{
    public static ListedCodes None { get; } = new([], []);

    /// <summary>Reads all days of a list.</summary>
    /// <param name="connection">Sees the list's table with all of its files.</param>
    /// <param name="source">Which list, and its columns.</param>
    /// <param name="list">The table's version that the connection sees.</param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    public static ListedCodes Read(
        DuckDbConnection connection,
        EntitySource source,
        TableSnapshot list,
        CancellationToken cancellationToken
    )
    {
        if (!list.Exists)
        {
            return None;
        }

        var symbol = DuckDbSql.Identifier(source.Symbol);
        var name = source.Name is null ? "NULL::VARCHAR" : DuckDbSql.Identifier(source.Name);
        var listed = source.Listed is null ? "NULL::DATE" : DuckDbSql.Identifier(source.Listed);
        using var result = connection.Query(
            $"""
            SELECT {symbol}, arg_min({name}, dt), arg_max({name}, dt), max({listed}), min(dt), max(dt)
            FROM {DuckDbSql.Identifier(list.Table.Layer, list.Table.Name)}
            WHERE {symbol} IS NOT NULL GROUP BY {symbol} ORDER BY {symbol}
            """,
            cancellationToken
        );
        ListedCode[] codes =
        [
            .. result
                .Rows()
                .Select(r => new ListedCode(
                    (string)r[0]!,
                    (string?)r[1],
                    (string?)r[2],
                    (DateOnly?)r[3],
                    (DateOnly)r[4]!,
                    (DateOnly)r[5]!
                )),
        ];
        return new ListedCodes(
            codes,
            source.Name is null ? [] : CodeChanges.Find(codes, Days(connection, list, cancellationToken))
        );
    }

    private static DateOnly[] Days(DuckDbConnection connection, TableSnapshot list, CancellationToken cancellationToken)
    {
        using var days = connection.Query(
            $"SELECT DISTINCT dt FROM {DuckDbSql.Identifier(list.Table.Layer, list.Table.Name)}",
            cancellationToken
        );
        return [.. days.Rows().Select(r => (DateOnly)r[0]!)];
    }
}
