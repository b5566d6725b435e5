using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>
/// Finds existing tables that refuse commits of the dataset declared for them, because they are partitioned in another
/// way, have rows of another dataset or belong to another program. Runs leave such a dataset out and go on with the
/// others; commands that report the lake name the table.
/// </summary>
/// <param name="datasets">Gives the declared datasets.</param>
public sealed class MisfitTables(Func<DatasetRegistry> datasets)
{
    /// <summary>Each table with the reason for which runs leave out its dataset.</summary>
    /// <param name="survey">The tables that exist.</param>
    public IReadOnlyList<LeftOut> Find(LakeSurvey survey)
    {
        if (Registry() is not { } registry)
        {
            return [];
        }

        var standing = survey.Tables.ToDictionary(t => t.Table);
        var found = new List<LeftOut>();
        foreach (var dataset in registry.All)
        {
            var id = TableDefinition.IdOf(dataset);
            if (standing.TryGetValue(id, out var table) && Refusal(dataset, table) is { } refusal)
            {
                found.Add(LeftOut.Of(id, refusal));
            }
        }

        return found;
    }

    private static TidemarkException? Refusal(DatasetDefinition dataset, TableSnapshot standing)
    {
        try
        {
            TableDefinition.Of(dataset).EnsureSamePartitions(standing);
            TableOwners.EnsureOf(dataset.Id, standing);
            return null;
        }
        catch (TidemarkException e)
        {
            return e;
        }
    }

    // The code that uses the definitions reports their faults.
    private DatasetRegistry? Registry()
    {
        try
        {
            return datasets();
        }
        catch (TidemarkException)
        {
            return null;
        }
    }
}
