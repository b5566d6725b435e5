using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Completeness.Evaluation;

/// <summary>
/// The versions of the checks' tables at one moment. A table that cannot be read takes out only the checks that need
/// it.
/// </summary>
public sealed class TableReadings
{
    private const string UnreadableCode = "CHECK_UNREADABLE";
    private readonly Dictionary<string, TableSnapshot> _snapshots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TidemarkException> _unreadable = new(StringComparer.Ordinal);

    /// <summary>By dataset id.</summary>
    public IReadOnlyDictionary<string, TableSnapshot> Snapshots => _snapshots;

    /// <summary>Why a table cannot be read, by dataset id.</summary>
    public IReadOnlyDictionary<string, TidemarkException> Unreadable => _unreadable;

    public static Task<TableReadings> OfAsync(
        DataLake lake,
        IEnumerable<CheckDefinition> checks,
        CancellationToken cancellationToken
    ) => OfAsync(lake, checks, new HashSet<TableId>(), cancellationToken);

    /// <summary>
    /// Like the other overload, but reads the files of doubted tables instead of trusting their sizes: a check has
    /// failed on one of them.
    /// </summary>
    internal static async Task<TableReadings> OfAsync(
        DataLake lake,
        IEnumerable<CheckDefinition> checks,
        IReadOnlySet<TableId> doubted,
        CancellationToken cancellationToken
    )
    {
        var readings = new TableReadings();
        foreach (var dataset in checks.SelectMany(c => c.Datasets).DistinctBy(d => d.Id))
        {
            try
            {
                var table = lake.Table(TableDefinition.Of(dataset).Id);
                var snapshot = await table.SnapshotAsync(cancellationToken);
                // Rows in a lost file are no evidence.
                readings._snapshots[dataset.Id] = doubted.Contains(table.Id)
                    ? await lake.SoundAsync(snapshot, cancellationToken)
                    : await lake.ReadableAsync(snapshot, cancellationToken);
            }
            catch (TidemarkException e)
            {
                readings._unreadable[dataset.Id] = e;
            }
        }

        return readings;
    }

    /// <summary>Why a check cannot be evaluated; null when all of its tables can be read.</summary>
    public TidemarkException? FaultOf(CheckDefinition check) =>
        check.Datasets.Select(d => _unreadable.GetValueOrDefault(d.Id)).FirstOrDefault(e => e is not null);

    /// <summary>The versions that a check reads, by dataset id, of the tables that exist.</summary>
    public IReadOnlyDictionary<string, long> VersionsOf(CheckDefinition check) =>
        check
            .Datasets.Where(d => _snapshots[d.Id].Exists)
            .ToDictionary(d => d.Id, d => _snapshots[d.Id].Version, StringComparer.Ordinal);

    /// <summary>Whether any row that a check requires was ever committed; empty days alone do not count.</summary>
    public bool HasRowsOf(CheckDefinition check) => check.Required.Any(d => _snapshots[d.Id].HasRows);

    /// <summary>
    /// Adds the tables of a check that failed on a file of the right size. False when there is nothing to doubt: the
    /// error has another cause, the tables are doubted already, or all of their files would have to be fetched from a
    /// remote store.
    /// </summary>
    internal static bool Doubt(DataLake lake, CheckDefinition check, TidemarkException error, HashSet<TableId> doubted)
    {
        if (error.Code != UnreadableCode || lake.Store.IsRemote)
        {
            return false;
        }

        var known = doubted.Count;
        doubted.UnionWith(check.Datasets.Select(d => TableDefinition.Of(d).Id));
        return doubted.Count > known;
    }

    internal void Note(DatasetDefinition dataset, Exception error) =>
        _unreadable[dataset.Id] =
            error as TidemarkException ?? Fault(TableDefinition.Of(dataset).Id.ToString(), (DuckDbException)error);

    /// <summary>Whether the engine's error is about the files, not about the query.</summary>
    internal static bool IsUnreadable(DuckDbException error) =>
        error.EngineMessage.StartsWith("IO Error", StringComparison.Ordinal)
        || error.EngineMessage.Contains("parquet", StringComparison.OrdinalIgnoreCase);

    internal static TidemarkException Fault(string what, DuckDbException error) =>
        new(
            ErrorKind.Storage,
            UnreadableCode,
            $"{what} cannot be read: {error.EngineMessage}. `tidemark verify` names the missing or damaged files, and how to repair each.",
            error
        );
}
