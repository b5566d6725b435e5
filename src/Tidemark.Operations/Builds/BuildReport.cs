using Tidemark.Definitions.Files;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Operations.Builds;

/// <summary>The result of a build of the warehouse.</summary>
/// <param name="Result">The tables that were built, left as they were, or failed.</param>
public sealed record BuildReport(BuildResult Result)
{
    /// <summary>Tables that are not built because something that they read is off.</summary>
    public IReadOnlyList<BlockedTable> Off { get; init; } = [];

    /// <summary>Tables whose files have faults, or that read such a table; their present rows stay.</summary>
    public IReadOnlyList<DefinitionFault> LeftOut { get; init; } = [];

    /// <summary>
    /// Why nothing was built at all, for example because a definition of the warehouse is wrong; null when it was.
    /// </summary>
    public UnbuiltTable? Problem { get; init; }

    /// <summary>
    /// Whether the build was stopped before its end. What it had committed stays, but is not in <see cref="Result"/>.
    /// </summary>
    public bool IsStopped { get; init; }

    /// <summary>Whether every requested table is up to date now.</summary>
    public bool IsWhole => Problem is null && !IsStopped && LeftOut.Count == 0 && Result.IsSuccess;

    /// <summary>The tables that were built, in the order of the build.</summary>
    public IReadOnlyList<BuiltTable> Tables =>
        [
            .. Result
                .Built.GroupBy(b => b.Table)
                .Select(t => new BuiltTable(
                    t.Key,
                    t.Count(),
                    t.Min(b => b.Dt),
                    t.Max(b => b.Dt),
                    t.Sum(b => b.Rows),
                    t.Sum(b => b.Seconds)
                )),
        ];

    /// <summary>The tables and days that could not be built, and why.</summary>
    public IReadOnlyList<UnbuiltTable> Unbuilt =>
        [
            .. Problem is null ? Array.Empty<UnbuiltTable>() : [Problem],
            .. LeftOut.Select(f => new UnbuiltTable(f.Id, null, f.Code, f.Reason)),
            .. Result.Failed.Select(f => new UnbuiltTable(f.Table, f.Dt, f.Code, f.Error)),
            .. Result.Blocked.Select(b => new UnbuiltTable(b.Table, null, null, b.Because)),
        ];

    internal static BuildReport Nothing { get; } = new(new BuildResult([], [], [], []));
}

/// <summary>A table with newly built partitions.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Partitions">The number of built partitions; one for a table without days.</param>
/// <param name="From">The first built day; null for a table without days.</param>
/// <param name="To">The last built day; null for a table without days.</param>
/// <param name="Rows">The rows of these partitions.</param>
/// <param name="Seconds">The duration in seconds.</param>
public sealed record BuiltTable(string Table, int Partitions, DateOnly? From, DateOnly? To, long Rows, double Seconds);

/// <summary>A table or day that could not be built; its earlier rows stay.</summary>
/// <param name="Table">Layer and name; null for the warehouse as a whole.</param>
/// <param name="Dt">The day; null for the table as a whole.</param>
/// <param name="Code">The error's code; null where a table that it reads has failed.</param>
/// <param name="Message">What failed, where, and what to do.</param>
public sealed record UnbuiltTable(string? Table, DateOnly? Dt, string? Code, string Message);
