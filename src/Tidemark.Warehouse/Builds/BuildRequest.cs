namespace Tidemark.Warehouse.Builds;

/// <summary>What to build.</summary>
/// <param name="RunId">Recorded in every commit and names the staging folder.</param>
/// <param name="Tables">
/// Layers (<c>dwd</c>), tables (<c>dwd.dwd_stock_daily</c>) or bare names (<c>dwd_stock_daily</c>); empty means all.
/// </param>
/// <param name="From">
/// The first day to look at; null means no limit. Tables without partitions are looked at in any case.
/// </param>
/// <param name="To">The last day to look at; null means no limit.</param>
/// <param name="Full">Whether to build partitions that are up to date, too.</param>
public sealed record BuildRequest(
    string RunId,
    IReadOnlyList<string> Tables,
    DateOnly? From = null,
    DateOnly? To = null,
    bool Full = false
);

/// <summary>How much goes into one commit.</summary>
/// <param name="UnitsMax">The most partitions.</param>
/// <param name="InputBytesMax">The most bytes of the days' own input files.</param>
/// <param name="FailuresMax">
/// How many partitions of a table may fail before the build leaves out the rest of it.
/// </param>
/// <param name="RowsMax">
/// The most rows, estimated as those of each day's largest input. They wait in memory for the commit and take about 200
/// bytes each with 24 columns.
/// </param>
public sealed record BuildLimits(
    int UnitsMax = 64,
    long InputBytesMax = 200_000_000,
    int FailuresMax = 10,
    long RowsMax = 500_000
);

/// <summary>How far a build is; reported after every partition and every commit.</summary>
/// <param name="Table">The table that is being built.</param>
/// <param name="Done">Its partitions that are finished.</param>
/// <param name="Total">Its partitions that were out of date.</param>
/// <param name="Rows">Its rows so far.</param>
public sealed record BuildProgress(string Table, int Done, int Total, long Rows);
