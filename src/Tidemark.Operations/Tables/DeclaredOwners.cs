using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Tables;

/// <summary>Whose rows each table takes, as the definitions say.</summary>
/// <param name="datasets">Those of ods; loaded when a table has another name than its folder.</param>
/// <param name="warehouse">Those that are built; the same.</param>
public sealed class DeclaredOwners(Func<DatasetRegistry> datasets, Func<WarehouseProject> warehouse)
{
    /// <summary>
    /// What the units of a table begin with; null where nothing declares it, or the definitions have faults.
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
        datasets()
            .All.Concat(datasets().Off)
            .Append(CodeChangeTable.Dataset)
            .FirstOrDefault(d => d.Table == table.Name)
            ?.Id;

    private string? BuiltAs(TableId table) =>
        warehouse().Tables.Select(t => t.Id).Concat(warehouse().Off.Select(t => t.Id)).Contains(table)
            ? table.ToString()
            : null;
}
