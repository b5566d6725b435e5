using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>
/// Reads what the lists of the lake say of instruments: the datasets with the key <c>tags</c>. Each is read once per
/// version. Stateless; thread-safe.
/// </summary>
public sealed class TagRegistry(DataLake lake, DatasetRegistry datasets, IKeptAnswers? kept = null)
{
    /// <summary>Grows whenever tags are made of lists, or kept, in another way.</summary>
    private const int Rules = 1;

    /// <summary>Every prefix that a list declares, and those of all lists of instruments.</summary>
    public IReadOnlyList<string> Prefixes =>
        [
            .. Sources()
                .SelectMany(d => d.Tags!.By.Keys)
                .Append(TagSource.KindPrefix)
                .Append(TagSource.ExchangePrefix)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The prefix of a tag; null when nothing declares one.</summary>
    public string? PrefixOf(Tag tag) =>
        Prefixes.OrderByDescending(p => p.Length).FirstOrDefault(p => tag.ValueOf(p) is not null);

    /// <summary>
    /// The lists that say who has a tag: of those that declare its prefix the ones that runs plan, and others where they
    /// are alone. Of the rest those that are in the lake count, too.
    /// </summary>
    internal (IReadOnlyList<DatasetDefinition> Needed, IReadOnlyList<DatasetDefinition> Others) SourcesOf(
        string prefix,
        string? value
    )
    {
        var all = Sources()
            .Where(d =>
                prefix switch
                {
                    TagSource.KindPrefix => d.Tags!.Kind is { } kind && (value is null || kind.Name() == value),
                    TagSource.ExchangePrefix => d.Tags!.Kind is not null,
                    _ => d.Tags!.By.ContainsKey(prefix),
                }
            )
            .ToArray();
        DatasetDefinition[] planned = [.. all.Where(d => d.IsPlanned)];
        // What users ask all kinds of need not be fetched for it; one kind, or one industry, has to be.
        var needed = planned.Length > 0 || value is null ? planned : all;
        return (needed, [.. all.Except(needed)]);
    }

    /// <summary>The lists of instruments, with their kinds.</summary>
    internal IEnumerable<DatasetDefinition> Instruments() => Sources().Where(d => d.Tags!.Kind is not null);

    /// <summary>Null where the lake has nothing of the list.</summary>
    internal async Task<TagTable?> ReadAsync(DatasetDefinition dataset, CancellationToken cancellationToken)
    {
        var snapshot = await lake.ReadableAsync(
            await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken),
            cancellationToken
        );
        if (!snapshot.HasRows)
        {
            return null;
        }

        var sql = Sql(dataset, snapshot.Table);
        var rows = await kept.OfAsync(
            $"the tags of {dataset.Id}",
            $"{Rules} {TableMark.Of(snapshot)} {sql}",
            TagTable.Shape,
            () => QueryAsync(snapshot, sql, dataset.Tags!.Last is not null, cancellationToken),
            cancellationToken
        );
        return new TagTable(dataset, rows);
    }

    private IEnumerable<DatasetDefinition> Sources() => datasets.All.Where(d => d is { Tags: not null, Retired: null });

    private async Task<IReadOnlyList<TagRow>> QueryAsync(
        TableSnapshot snapshot,
        string sql,
        bool isLastDay,
        CancellationToken cancellationToken
    )
    {
        using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
        using var result = session.Connection.Query(sql, cancellationToken);
        return
        [
            .. result
                .Rows()
                .Select(r => new TagRow(
                    (string)r[0]!,
                    (DateOnly?)r[1],
                    isLastDay ? ((DateOnly?)r[2])?.AddDays(1) : (DateOnly?)r[2],
                    [.. r.Skip(3).Select(v => (string?)v)]
                )),
        ];
    }

    private static string Sql(DatasetDefinition dataset, TableId table)
    {
        var source = dataset.Tags!;
        var name = DuckDbSql.Identifier(table.Layer, table.Name);
        var symbol = DuckDbSql.Identifier(source.Symbol);
        var values = string.Concat(
            TagTable.ColumnsOf(source).Select(c => $", CAST({DuckDbSql.Identifier(c)} AS VARCHAR)")
        );
        // A list in parts has a newest version of each.
        var newest = dataset.Part?.Column is { } part
            ? $"({DuckDbSql.Identifier(part)}, dt) IN (SELECT ({DuckDbSql.Identifier(part)}, max(dt)) FROM {name} GROUP BY {DuckDbSql.Identifier(part)})"
            : $"dt = (SELECT max(dt) FROM {name})";
        return $"""
            SELECT {symbol}, {Day(source.From)}, {Day(source.To ?? source.Last)}{values} FROM {name}
            WHERE {symbol} IS NOT NULL AND {newest} AND ({source.Where ?? "true"}
            ) ORDER BY ALL
            """;
    }

    private static string Day(string? column) => column is null ? "NULL::DATE" : DuckDbSql.Identifier(column);
}
