using Tidemark.Core.Errors;

namespace Tidemark.Warehouse.Builds;

/// <summary>A partition that was built and committed.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Dt">The partition; null for a table without partitions.</param>
/// <param name="Rows">Rows that it has now.</param>
/// <param name="Version">The table's version that holds it.</param>
/// <param name="Seconds">Its query's time and its share of the commit's.</param>
public sealed record BuiltPartition(string Table, DateOnly? Dt, long Rows, long Version, double Seconds);

/// <summary>Partitions of a selected table that were left as they are.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Partitions">How many.</param>
/// <param name="Reason">
/// <c>up to date</c>, <c>no input yet</c>, or <c>dropped by retention</c>: days that the table itself does not keep any
/// more.
/// </param>
public sealed record SkippedTable(string Table, int Partitions, string Reason);

/// <summary>
/// Partitions that stay although a build from the present inputs would give other rows: retention dropped days that
/// they were made from, or these days went with a table that was begun anew. They stay until the table's own retention
/// drops them.
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
/// A partition (or, with <paramref name="Dt"/> null, a table) that could not be built; its earlier rows stay.
/// </summary>
/// <param name="Code">For example <c>BUILD_KEY</c> or <c>BUILD_SQL</c>.</param>
/// <param name="Error">What failed, where, and what to do.</param>
public sealed record FailedPartition(string Table, DateOnly? Dt, ErrorKind Kind, string Code, string Error);

/// <summary>A selected table that was not built because a table that it reads failed.</summary>
public sealed record BlockedTable(string Table, string Because);

/// <summary>What a build did, in order.</summary>
public sealed record BuildResult(
    IReadOnlyList<BuiltPartition> Built,
    IReadOnlyList<SkippedTable> Skipped,
    IReadOnlyList<FailedPartition> Failed,
    IReadOnlyList<BlockedTable> Blocked
)
{
    /// <summary>Partitions that stay although their inputs no longer have the days.</summary>
    public IReadOnlyList<KeptPartitions> Kept { get; init; } = [];

    /// <summary>
    /// Old forms in the definitions that the next release does not read, with file, line and the new form.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public bool IsSuccess => Failed.Count == 0;

    /// <summary>Whether every failure is a table that lacks an input; everything else was built.</summary>
    public bool LacksOnlyTables => Failed.All(f => f.Code == Lake.LeftOut.GoneCode);

    public long Rows => Built.Sum(b => b.Rows);
}
