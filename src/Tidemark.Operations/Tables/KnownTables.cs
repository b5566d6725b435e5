using Tidemark.Definitions.Datasets;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Tables;

/// <summary>The tables that a user can name: those of the lake, and those that the definitions declare.</summary>
public sealed class KnownTables(DataLake lake, DatasetRegistry datasets, WarehouseProject warehouse)
{
    /// <summary>The declared tables, whether they exist in the lake or not.</summary>
    public IEnumerable<TableDefinition> Declared =>
        datasets.All.Select(TableDefinition.Of).Concat(warehouse.Tables.Select(t => t.Definition));

    /// <summary>Every name, as <c>layer.table</c>, with those of disabled datasets.</summary>
    public async Task<IReadOnlyCollection<string>> NamesAsync(CancellationToken cancellationToken) =>
        (await lake.TablesAsync(cancellationToken))
            .Select(t => t.Id)
            .Concat(Declared.Concat(datasets.Off.Select(TableDefinition.Of)).Select(d => d.Id))
            .Select(id => id.ToString())
            .ToHashSet(StringComparer.Ordinal);
}
