using Tidemark.Core.Errors;

namespace Tidemark.Warehouse.Builds;

/// <summary>A partition that was built and committed.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Dt">The partition; null for a table without.</param>
/// <param name="Rows">Rows that it has now.</param>
/// <param name="Version">The table's version that holds it.</param>
/// <param name="Seconds">Its query's time and its share of the commit's.</param>
public sealed record BuiltPartition(string Table, DateOnly? Dt, long Rows, long Version, double Seconds);

/// <summary>Partitions of a selected table that were left as they are.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Partitions">How many.</param>
/// <param name="Reason"><c>up to date</c>, or <c>no input yet</c>.</param>
public sealed record SkippedTable(string Table, int Partitions, string Reason);

/// <summary>A partition (or, with <paramref name="Dt"/> null, a table) that could not be built; what stood before still stands.</summary>
/// <param name="Code">For example <c>BUILD_KEY</c> or <c>BUILD_SQL</c>.</param>
/// <param name="Error">What failed, where, and what to do.</param>
public sealed record FailedPartition(string Table, DateOnly? Dt, ErrorKind Kind, string Code, string Error);

/// <summary>A selected table that was not looked at because something that it reads failed.</summary>
public sealed record BlockedTable(string Table, string Because);

/// <summary>What a build did, in the order in which it did it.</summary>
public sealed record BuildResult(
    IReadOnlyList<BuiltPartition> Built,
    IReadOnlyList<SkippedTable> Skipped,
    IReadOnlyList<FailedPartition> Failed,
    IReadOnlyList<BlockedTable> Blocked
)
{
    public bool IsSuccess => Failed.Count == 0;

    public long Rows => Built.Sum(b => b.Rows);
}
