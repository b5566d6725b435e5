using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>
/// Describes a table: as it is in the lake or, before its first commit, as it is declared. It includes units and
/// descriptions from the declaration that the table gets only with its next commit.
/// </summary>
public sealed class DescribeTable(DataLake lake, KnownTables tables)
{
    /// <exception cref="TidemarkException">
    /// <c>TABLE_UNKNOWN</c>: no such table exists or is declared.
    /// </exception>
    public async Task<TableDescription> RunAsync(TableDescriptionRequest request, CancellationToken cancellationToken)
    {
        if (TableId.TryParse(request.Table) is not { } id)
        {
            throw await UnknownAsync(request.Table, cancellationToken);
        }

        var declared = tables.Declared.FirstOrDefault(d => d.Id == id);
        var standing = await lake.Table(id).SnapshotAsync(cancellationToken);
        if (standing.Exists)
        {
            return OfSnapshot(standing, declared);
        }

        return declared is not null
            ? OfDeclaration(declared)
            : throw await UnknownAsync(id.ToString(), cancellationToken);
    }

    private static TableDescription OfSnapshot(TableSnapshot standing, TableDefinition? declared)
    {
        var known = (declared?.Columns ?? []).ToDictionary(c => c.Name, StringComparer.Ordinal);
        var partition = standing.PartitionColumns;
        return new TableDescription(
            standing.Table.ToString(),
            standing.Description ?? declared?.Description,
            partition.Count == 0 ? "none" : string.Join(", ", partition),
            standing.Key,
            standing.Version,
            standing.RowCount,
            [
                .. standing.Columns.Select(c =>
                    Column(c, known.GetValueOrDefault(c.Name), standing.Key, partition.Contains(c.Name))
                ),
            ]
        );
    }

    private static TableDescription OfDeclaration(TableDefinition declared)
    {
        var partition = declared.HasDays ? declared.Partitioning.ToString() : "none";
        return new TableDescription(
            declared.Id.ToString(),
            declared.Description,
            partition,
            declared.Key,
            Version: null,
            Rows: 0,
            [.. declared.AllColumns.Select(c => Column(c, declared: null, declared.Key, c.Name == partition))]
        );
    }

    private static ColumnDescription Column(
        LakeColumn column,
        LakeColumn? declared,
        IReadOnlyList<string> key,
        bool isPartition
    ) =>
        new(
            column.Name,
            column.Type.SqlName,
            column.Unit ?? declared?.Unit,
            column.Description ?? declared?.Description,
            key.Contains(column.Name),
            isPartition
        );

    private async Task<TidemarkException> UnknownAsync(string name, CancellationToken cancellationToken)
    {
        var names = await tables.NamesAsync(cancellationToken);
        return new TidemarkException(
            ErrorKind.BadRequest,
            UnknownTable.Code,
            $"There is no table {name}, and none is declared. {UnknownTable.Hint(name, [.. names.Select(TableId.Parse)])} See `tidemark tables`."
        );
    }
}
