using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>What goes into the log beside the files.</summary>
/// <param name="Operation">For example <c>INGEST</c> or <c>BUILD</c>.</param>
/// <param name="Inputs">Table → version that the rows were derived from.</param>
/// <param name="ShrinkReason">Why a unit may hold fewer rows than before; when null, such a commit is refused.</param>
public sealed record CommitRequest(
    string Operation,
    IReadOnlyDictionary<string, long>? Inputs = null,
    string? ShrinkReason = null
)
{
    /// <summary>The lease under which the commit is made; null for writers without one.</summary>
    public WriterFence? Fence { get; init; }

    /// <summary>
    /// Called when the files are staged, before the first of them leaves the staging: throws when the writer may not go
    /// on. Null = the writer always may.
    /// </summary>
    public Func<CancellationToken, Task>? EnsureAllowed { get; init; }
}

/// <summary>What a commit did.</summary>
/// <param name="Version">The table's version after it: a new one, or the present one when nothing changed.</param>
/// <param name="IsNewVersion">Whether anything was written.</param>
/// <param name="Counts">What each unit changed.</param>
public sealed record CommitResult(long Version, bool IsNewVersion, IReadOnlyDictionary<string, UnitCounts> Counts)
{
    /// <summary>
    /// Rows of other units that gave way, because the commit's units decide over them (<see cref="RowScope"/>).
    /// </summary>
    public long RowsGivenWay { get; init; }
}
