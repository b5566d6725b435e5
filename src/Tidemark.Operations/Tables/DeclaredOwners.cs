using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Tables;

/// <summary>Whose rows each table takes, by the definitions.</summary>
/// <param name="datasets">Gives the datasets of ods; called when a table has another name than its folder.</param>
/// <param name="warehouse">Gives the warehouse tables; called likewise.</param>
public sealed class DeclaredOwners(Func<DatasetRegistry> datasets, Func<WarehouseProject> warehouse)
{
    /// <summary>
    /// The beginning of the names of a table's units; null where no definition declares it, or the definitions have
    /// faults.
    /// </summary>
    public string? Of(TableId table)
    {
        try
        {
            return table.Layer == "ods" ? DatasetOf(table) : BuiltAs(table);
        }
        catch (TidemarkException)
        {
            return null; // told of by whatever uses the definitions
        }
    }

    private string? DatasetOf(TableId table) =>
        datasets().All.Concat(datasets().Off).Concat(OwnDatasets.All).FirstOrDefault(d => d.Table == table.Name)?.Id;

    private string? BuiltAs(TableId table) =>
        warehouse().Tables.Select(t => t.Id).Concat(warehouse().Off.Select(t => t.Id)).Contains(table)
            ? table.ToString()
            : null;
}
