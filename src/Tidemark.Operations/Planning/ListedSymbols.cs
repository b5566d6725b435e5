using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.DuckDb;
using Tidemark.Ingest;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Symbols;

namespace Tidemark.Operations.Planning;

/// <summary>
/// Reads the symbols of datasets by symbol from the newest version of their list; those that are named, from the newest
/// version that has them. Stateless; thread-safe.
/// </summary>
public sealed class ListedSymbols(DataLake lake, DatasetRegistry datasets, SymbolDirectory directory) : ISymbolLists
{
    public async Task<IReadOnlyList<ListedSymbol>?> ReadAsync(
        SymbolSource source,
        IReadOnlyCollection<string>? among,
        CancellationToken cancellationToken
    )
    {
        var list = datasets.Find(source.Dataset) ?? datasets.Off.First(d => d.Id == source.Dataset);
        var snapshot = await lake.ReadableAsync(
            await lake.Table(TableDefinition.IdOf(list)).SnapshotAsync(cancellationToken),
            cancellationToken
        );
        if (!snapshot.HasRows)
        {
            return null;
        }

        var meant = among is null ? null : SymbolDirectory.Match(await directory.ReadAsync(cancellationToken), among);
        if (meant is { Symbols.Count: 0 })
        {
            return [];
        }

        using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
        using var result = session.Connection.Query(
            Sql(source, list, snapshot.Table, meant?.Symbols),
            cancellationToken
        );
        return [.. result.Rows().Select(r => new ListedSymbol((string)r[0]!, (DateOnly?)r[1], (DateOnly?)r[2]))];
    }

    public async Task<bool> AreKnownAsync(
        IReadOnlyCollection<string> typed,
        bool mayLack,
        CancellationToken cancellationToken
    )
    {
        var book = await directory.ReadAsync(cancellationToken);
        return typed.Select(book.Find).All(m => m.Symbol is { } symbol ? book.CodesOf(symbol).Count == 1 : mayLack);
    }

    // The newest row of each symbol counts in a list in parts, which has a newest version of each part, and for symbols
    // that are named: a list may have lost one, whose past can be had all the same.
    private static string Sql(
        SymbolSource source,
        DatasetDefinition list,
        TableId table,
        IReadOnlyCollection<string>? named
    )
    {
        var symbol = DuckDbSql.Identifier(source.Symbol);
        var name = DuckDbSql.Identifier(table.Layer, table.Name);
        var among = named is null
            ? $"{symbol} IS NOT NULL"
            : $"{symbol} IN ({string.Join(", ", named.Select(DuckDbSql.Literal))})";
        var newest =
            named is null && list.Part is null
                ? $"dt = (SELECT max(dt) FROM {name})"
                : $"({symbol}, dt) IN (SELECT ({symbol}, max(dt)) FROM {name} WHERE {among} GROUP BY {symbol})";
        return $"""
            SELECT {symbol}, {Newest(source.Listed)}, {Newest(source.Delisted)} FROM {name}
            WHERE {among} AND {newest} AND ({source.Where ?? "true"}
            ) GROUP BY {symbol} ORDER BY {symbol}
            """;
    }

    private static string Newest(string? column) =>
        column is null ? "NULL::DATE" : $"max_by({DuckDbSql.Identifier(column)}, dt)";
}
