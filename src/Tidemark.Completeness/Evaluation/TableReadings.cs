using Tidemark.Completeness.Checks;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>The versions of the checks' tables at one moment. A table that cannot be read takes only the checks that need it.</summary>
public sealed class TableReadings
{
    private readonly Dictionary<string, TableSnapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TidemarkException> _unreadable = new(StringComparer.Ordinal);

    /// <summary>By dataset id.</summary>
    public IReadOnlyDictionary<string, TableSnapshot> Snapshots => _snapshots;

    /// <summary>Why a table cannot be read, by dataset id.</summary>
    public IReadOnlyDictionary<string, TidemarkException> Unreadable => _unreadable;

    public static async Task<TableReadings> OfAsync(
        DataLake lake,
        IEnumerable<CheckDefinition> checks,
        CancellationToken cancellationToken
    )
    {
        var readings = new TableReadings();
        foreach (var dataset in checks.SelectMany(c => c.Datasets).DistinctBy(d => d.Id))
        {
            try
            {
                var table = lake.Table(TableDefinition.Of(dataset).Id);
                readings._snapshots[dataset.Id] = await table.SnapshotAsync(cancellationToken);
            }
            catch (TidemarkException e)
            {
                readings._unreadable[dataset.Id] = e;
            }
        }

        return readings;
    }

    /// <summary>Why a check cannot be asked, or null when all of its tables can be read.</summary>
    public TidemarkException? FaultOf(CheckDefinition check) =>
        check.Datasets.Select(d => _unreadable.GetValueOrDefault(d.Id)).FirstOrDefault(e => e is not null);

    /// <summary>The versions that a check reads, by dataset id, of the tables that exist.</summary>
    public IReadOnlyDictionary<string, long> VersionsOf(CheckDefinition check) =>
        check
            .Datasets.Where(d => _snapshots[d.Id].Exists)
            .ToDictionary(d => d.Id, d => _snapshots[d.Id].Version, StringComparer.Ordinal);

    /// <summary>Whether any row of what a check requires was ever committed; empty days alone are no start.</summary>
    public bool HasRowsOf(CheckDefinition check) => check.Required.Any(d => _snapshots[d.Id].HasRows);

    internal void Note(DatasetDefinition dataset, Exception error) =>
        _unreadable[dataset.Id] =
            error as TidemarkException ?? Fault(TableDefinition.Of(dataset).Id.ToString(), (DuckDbException)error);

    /// <summary>Whether the engine found no fault with the question, but with the files.</summary>
    internal static bool IsUnreadable(DuckDbException error) =>
        error.EngineMessage.StartsWith("IO Error", StringComparison.Ordinal)
        || error.EngineMessage.Contains("parquet", StringComparison.OrdinalIgnoreCase);

    internal static TidemarkException Fault(string what, DuckDbException error) =>
        new(
            ErrorKind.Storage,
            "CHECK_UNREADABLE",
            $"{what} cannot be read: {error.EngineMessage}. `tidemark verify` names the files that are missing or damaged.",
            error
        );
}
