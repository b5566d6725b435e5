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
/// <param name="Reason">
/// <c>up to date</c>, <c>no input yet</c>, or <c>dropped by retention</c>: days that the table itself keeps no longer.
/// </param>
public sealed record SkippedTable(string Table, int Partitions, string Reason);

/// <summary>
/// Partitions that differ from what would be made of their inputs now, and stay: days that they were made from were
/// dropped by retention, or went with a table that was begun anew. What was derived from them is kept until the table's
/// own retention drops it.
/// </summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Partitions">How many.</param>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
/// <param name="Inputs">The tables that no longer have the days.</param>
public sealed record KeptPartitions(
    string Table,
    int Partitions,
    DateOnly From,
    DateOnly To,
    IReadOnlyList<string> Inputs
);

/// <summary>
/// A partition (or, with <paramref name="Dt"/> null, a table) that could not be built; what stood before still stands.
/// </summary>
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
    /// <summary>What stays although its inputs do not have its days any more.</summary>
    public IReadOnlyList<KeptPartitions> Kept { get; init; } = [];

    /// <summary>
    /// What the definitions say in a form that the next release does not read, with file, line and the new form.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public bool IsSuccess => Failed.Count == 0;

    /// <summary>Whether all that failed are tables of which an input is gone: the rest was built.</summary>
    public bool LacksOnlyTables => Failed.All(f => f.Code == Lake.LeftOut.GoneCode);

    public long Rows => Built.Sum(b => b.Rows);
}
