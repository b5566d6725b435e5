using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake.Tables;
using Tidemark.Warehouse.Project;

namespace Tidemark.Operations.Tables;

/// <summary>Which units can be had once more, so that nobody is advised to fetch what no vendor gives.</summary>
/// <param name="datasets">What can be fetched; asked for at the first question.</param>
/// <param name="warehouse">What can be built; asked for at the first question.</param>
public sealed class UnitSources(Func<DatasetRegistry> datasets, Func<WarehouseProject> warehouse)
{
    /// <summary>
    /// Whether <c>refetch</c> or <c>build</c> brings a unit's rows again. Not a list of instruments, of which only the
    /// present one can be asked for; nor what is declared no more, or cannot be told because a definition has a fault.
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
