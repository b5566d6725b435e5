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
/// <param name="Full">Whether to build what is up to date as well.</param>
public sealed record BuildRequest(
    string RunId,
    IReadOnlyList<string> Tables,
    DateOnly? From = null,
    DateOnly? To = null,
    bool Full = false
);

/// <summary>How much goes into one commit.</summary>
/// <param name="UnitsMax">Partitions.</param>
/// <param name="InputBytesMax">Bytes of the day's own input files.</param>
/// <param name="FailuresMax">Partitions of a table that may fail before the rest of it is given up.</param>
/// <param name="RowsMax">
/// Rows, as many as the largest input of a day has. They wait in memory for their commit, with 24 columns about 200
/// bytes each.
/// </param>
public sealed record BuildLimits(
    int UnitsMax = 64,
    long InputBytesMax = 200_000_000,
    int FailuresMax = 10,
    long RowsMax = 500_000
);

/// <summary>How far a build is; reported after every partition and every commit.</summary>
/// <param name="Table">The table at work.</param>
/// <param name="Done">Its partitions that are finished.</param>
/// <param name="Total">Its partitions that were out of date.</param>
/// <param name="Rows">Its rows so far.</param>
public sealed record BuildProgress(string Table, int Done, int Total, long Rows);
