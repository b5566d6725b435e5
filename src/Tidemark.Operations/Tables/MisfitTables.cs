using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Tables;

/// <summary>
/// Tables that stand and take no commit of the dataset that is declared for them, because they are divided in another
/// way, have rows of another dataset or are another program's. Runs ask nothing for such a dataset, and go on with the
/// others; that there is one is told by whatever tells of the lake.
/// </summary>
/// <param name="datasets">What is declared.</param>
public sealed class MisfitTables(Func<DatasetRegistry> datasets)
{
    /// <summary>Each with the reason for which a run leaves its dataset out.</summary>
    /// <param name="survey">What is there.</param>
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

    // Definitions with faults are told of by whatever uses them.
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
