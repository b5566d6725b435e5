using Tidemark.Definitions.Files;
using Tidemark.Warehouse.Builds;

namespace Tidemark.Operations.Builds;

/// <summary>What a build made of the warehouse.</summary>
/// <param name="Result">What was built, left as it is, or failed.</param>
public sealed record BuildReport(BuildResult Result)
{
    /// <summary>Tables that are not built because something that they read is off.</summary>
    public IReadOnlyList<BlockedTable> Off { get; init; } = [];

    /// <summary>Tables whose files have faults, or that read one of these: what they had stands.</summary>
    public IReadOnlyList<DefinitionFault> LeftOut { get; init; } = [];

    /// <summary>
    /// Why nothing was looked at: a definition of the warehouse is wrong, for example. Null when it was.
    /// </summary>
    public UnbuiltTable? Problem { get; init; }

    /// <summary>
    /// Whether it was stopped before its end; what it had committed by then is not in <see cref="Result"/>, and stands.
    /// </summary>
    public bool IsStopped { get; init; }

    /// <summary>Whether everything that was looked at is up to date now.</summary>
    public bool IsWhole => Problem is null && !IsStopped && LeftOut.Count == 0 && Result.IsSuccess;

    /// <summary>What was built, a row a table, in the order of the build.</summary>
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

    /// <summary>What could not be built, and why.</summary>
    public IReadOnlyList<UnbuiltTable> Unbuilt =>
        [
            .. Problem is null ? Array.Empty<UnbuiltTable>() : [Problem],
            .. LeftOut.Select(f => new UnbuiltTable(f.Id, null, f.Code, f.Reason)),
            .. Result.Failed.Select(f => new UnbuiltTable(f.Table, f.Dt, f.Code, f.Error)),
            .. Result.Blocked.Select(b => new UnbuiltTable(b.Table, null, null, b.Because)),
        ];

    internal static BuildReport Nothing { get; } = new(new BuildResult([], [], [], []));
}

/// <summary>A table of which partitions were built.</summary>
/// <param name="Table">Layer and name.</param>
/// <param name="Partitions">How many; one for a table without days.</param>
/// <param name="From">The first day; null for a table without.</param>
/// <param name="To">The last day.</param>
/// <param name="Rows">Rows that they have now.</param>
/// <param name="Seconds">What it took.</param>
public sealed record BuiltTable(string Table, int Partitions, DateOnly? From, DateOnly? To, long Rows, double Seconds);

/// <summary>Something that could not be built; what stood before still stands.</summary>
/// <param name="Table">Layer and name; null for the warehouse as a whole.</param>
/// <param name="Dt">The day; null for the table as a whole.</param>
/// <param name="Code">Of the error; null where something that it reads failed.</param>
/// <param name="Message">What failed, where, and what to do.</param>
public sealed record UnbuiltTable(string? Table, DateOnly? Dt, string? Code, string Message);
