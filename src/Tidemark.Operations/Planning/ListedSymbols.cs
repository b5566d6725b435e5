using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.DuckDb;
using Tidemark.Ingest;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Symbols;

namespace Tidemark.Operations.Planning;

/// <summary>
/// Reads the symbols of datasets by symbol from the newest version of their list. Stateless; thread-safe.
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

        using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
        using var result = session.Connection.Query(Sql(source, list, snapshot.Table), cancellationToken);
        var all = result
            .Rows()
            .Select(r => new ListedSymbol((string)r[0]!, (DateOnly?)r[1], (DateOnly?)r[2]))
            .ToArray();
        if (among is null)
        {
            return all;
        }

        var meant = SymbolDirectory.Match(await directory.ReadAsync(cancellationToken), among).Symbols;
        return [.. all.Where(s => meant.Contains(s.Symbol) || among.Contains(s.Symbol))];
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

    // A list in parts has a newest version of each part, so the newest row of each symbol counts.
    private static string Sql(SymbolSource source, DatasetDefinition list, TableId table)
    {
        var symbol = DuckDbSql.Identifier(source.Symbol);
        var name = DuckDbSql.Identifier(table.Layer, table.Name);
        var newest = list.Part is null ? $" AND dt = (SELECT max(dt) FROM {name})" : "";
        return $"""
            SELECT {symbol}, {Newest(source.Listed)}, {Newest(source.Delisted)} FROM {name}
            WHERE {symbol} IS NOT NULL{newest} AND ({source.Where ?? "true"}) GROUP BY {symbol} ORDER BY {symbol}
            """;
    }

    private static string Newest(string? column) =>
        column is null ? "NULL::DATE" : $"max_by({DuckDbSql.Identifier(column)}, dt)";
}
