using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>Every code that a list has ever had, and which codes belong to the same instrument.</summary>
/// <param name="Codes">By symbol.</param>
/// <param name="Changes">Codes that were replaced by others.</param>
public sealed record ListedCodes(IReadOnlyList<ListedCode> Codes, IReadOnlyList<CodeChange> Changes)
{
    public static ListedCodes None { get; } = new([], []);

    /// <summary>Reads all days of a list.</summary>
    /// <param name="connection">Sees the list's table with all of its files.</param>
    /// <param name="source">The list, and its columns.</param>
    /// <param name="list">The table's version that the connection sees.</param>
    /// <param name="told">
    /// The recorded changes of codes within one day, in the version that the connection sees; it need not exist.
    /// </param>
    /// <param name="cancellationToken">Interrupts the query.</param>
    public static ListedCodes Read(
        DuckDbConnection connection,
        EntitySource source,
        TableSnapshot list,
        TableSnapshot told,
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
        if (source.Name is null)
        {
            return new ListedCodes(codes, []);
        }

        var changes = CodeChanges.Find(codes, Days(connection, list, cancellationToken)).ToList();
        var earlier = told.Exists ? Told(connection, source, told, codes, changes, cancellationToken) : [];
        changes.AddRange(earlier.Select(t => t.Change));
        var known = codes.Select(c => c.Symbol).ToHashSet(StringComparer.Ordinal);
        return new ListedCodes([.. codes, .. earlier.Select(t => t.Code).Where(c => known.Add(c.Symbol))], changes);
    }

    /// <summary>
    /// Reads the changes within one day. Lists of different days do not show them: no list has the earlier code any
    /// more.
    /// </summary>
    private static List<(CodeChange Change, ListedCode Code)> Told(
        DuckDbConnection connection,
        EntitySource source,
        TableSnapshot told,
        ListedCode[] codes,
        List<CodeChange> changes,
        CancellationToken cancellationToken
    )
    {
        var lastSeen = codes.ToDictionary(c => c.Symbol, c => c.LastSeen, StringComparer.Ordinal);
        var known = changes.Select(c => c.Earlier).ToHashSet(StringComparer.Ordinal);
        using var result = connection.Query(
            $"""
            SELECT earlier, later, name, list_date, dt FROM {DuckDbSql.Identifier(told.Table.Layer, told.Table.Name)}
            WHERE list = {DuckDbSql.Literal(source.Dataset.Id)} ORDER BY dt DESC, earlier
            """,
            cancellationToken
        );
        var found = new List<(CodeChange, ListedCode)>();
        foreach (var row in result.Rows())
        {
            var (earlier, day) = ((string)row[0]!, (DateOnly)row[4]!);
            var isGone = !lastSeen.TryGetValue(earlier, out var last) || last < day;
            if (isGone && known.Add(earlier))
            {
                var name = (string?)row[2];
                found.Add(
                    (
                        new CodeChange(earlier, (string)row[1]!, day),
                        new ListedCode(earlier, name, name, (DateOnly?)row[3], day, day)
                    )
                );
            }
        }

        return found;
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
