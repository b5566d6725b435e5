using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Tables;

/// <summary>Decides which units can be fetched or built again, so that advice names no unit that cannot.</summary>
/// <param name="datasets">Gives the datasets; called at the first question.</param>
/// <param name="warehouse">Gives the warehouse tables; called at the first question.</param>
public sealed class UnitSources(Func<DatasetRegistry> datasets, Func<WarehouseProject> warehouse)
{
    /// <summary>
    /// Whether <c>refetch</c> or <c>build</c> brings a unit's rows again. False for a list of instruments, of which
    /// only the present version can be fetched, for a unit that is no longer declared, and where a definition has a
    /// fault.
    /// </summary>
    public bool CanBringAgain(TableId table, string unit)
    {
        try
        {
            return table.Layer == "ods"
                ? UnitId.TryParse(unit, out var id) && datasets().Find(id.Dataset) is { IsList: false }
                : warehouse().Tables.Any(t => t.Id == table);
        }
        catch (TidemarkException)
        {
            return false;
        }
    }
}
