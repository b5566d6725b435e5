using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>An instrument, as in the newest list that names it.</summary>
/// <param name="Symbol">Its code.</param>
/// <param name="Listed">First day expected; MinValue for "always", MaxValue for "not yet".</param>
/// <param name="Delisted">First day not expected any more; MaxValue for "never".</param>
/// <param name="LastNamed">The day of the newest list that names it.</param>
/// <param name="Left">
/// The day of the first list after that, when there is one; MaxValue while the newest list names it.
/// </param>
public sealed record ListMember(string Symbol, DateOnly Listed, DateOnly Delisted, DateOnly LastNamed, DateOnly Left)
{
    /// <summary>
    /// Whether it left the lists without an explanation: by then it was listed and not yet delisted.
    /// </summary>
    public bool IsLost => Left != DateOnly.MaxValue && Left < Delisted && Listed <= Left;
}

/// <summary>
/// The entities of a check: all instruments that a list has ever named. An instrument that a newer list leaves out is
/// still known, so that its past stays in every total. An instrument with a new code counts under that code. A newer
/// list without a listing day does not erase an earlier one.
/// </summary>
/// <param name="Members">By symbol.</param>
/// <param name="Newest">The present code of each earlier one.</param>
public sealed record ListMembers(IReadOnlyList<ListMember> Members, IReadOnlyDictionary<string, string> Newest)
{
    /// <summary>Reads all days of a list.</summary>
    /// <param name="connection">Sees the list's table with all of its files.</param>
    /// <param name="source">The list, its columns, and the condition for its entities.</param>
    /// <param name="list">The table's version that the connection sees; it exists.</param>
    /// <param name="told">
    /// The recorded changes of codes within one day, in the version that the connection sees; null when the source has
    /// no names.
    /// </param>
    /// <param name="cancellationToken">Interrupts the queries.</param>
    public static ListMembers Read(
        DuckDbConnection connection,
        EntitySource source,
        TableSnapshot list,
        TableSnapshot? told,
        CancellationToken cancellationToken
    )
    {
        var newest =
            source.Name is null || told is null
                ? new Dictionary<string, string>()
                : CodeChanges.Newest(ListedCodes.Read(connection, source, list, told, cancellationToken).Changes);
        var table = DuckDbSql.Identifier(list.Table.Layer, list.Table.Name);
        var symbol = DuckDbSql.Identifier(source.Symbol);
        var listed = source.Listed is null ? "DATE '0001-01-01'" : DuckDbSql.Identifier(source.Listed);
        var delisted = source.Delisted is null ? "NULL::DATE" : DuckDbSql.Identifier(source.Delisted);
        if (source.Where is not null)
        {
            SqlPredicate.Check(connection, source.Where);
        }

        using var days = connection.Query($"SELECT DISTINCT dt FROM {table} ORDER BY dt", cancellationToken);
        DateOnly[] listDays = [.. days.Rows().Select(r => (DateOnly)r[0]!)];
        using var result = connection.Query(
            $"""
            SELECT code, coalesce(newest.listed, known.listed), delisted, last_named FROM (
                SELECT {symbol} AS code, min({listed}) AS listed, max({delisted}) AS delisted, max(dt) AS last_named
                FROM {table}
                WHERE ({symbol}, dt) IN (
                        SELECT ({symbol}, max(dt)) FROM {table} WHERE {symbol} IS NOT NULL GROUP BY {symbol}
                    ) AND ({source.Where ?? "true"}
                    )
                GROUP BY code
            ) AS newest
            JOIN (SELECT {symbol} AS code, arg_max({listed}, dt) AS listed FROM {table} GROUP BY code) AS known
                USING (code)
            """,
            cancellationToken
        );
        var members = new List<ListMember>();
        while (result.NextChunk() is { } chunk)
        {
            for (var row = 0; row < chunk.Count; row++)
            {
                var code = (string)chunk[0].Value(row)!;
                var last = (DateOnly)chunk[3].Value(row)!;
                var next = Array.BinarySearch(listDays, last) + 1;
                var left = next < listDays.Length ? listDays[next] : DateOnly.MaxValue;
                if (left == DateOnly.MaxValue || !newest.ContainsKey(code))
                {
                    members.Add(
                        new ListMember(
                            code,
                            chunk[1].Value(row) is DateOnly from ? from : DateOnly.MaxValue,
                            chunk[2].Value(row) is DateOnly to ? to : DateOnly.MaxValue,
                            last,
                            left
                        )
                    );
                }
            }
        }

        members.Sort((a, b) => string.CompareOrdinal(a.Symbol, b.Symbol));
        return new ListMembers(members, newest);
    }
}
