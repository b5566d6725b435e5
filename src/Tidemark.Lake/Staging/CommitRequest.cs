using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>What goes into the log beside the files.</summary>
/// <param name="Operation">For example <c>INGEST</c> or <c>BUILD</c>.</param>
/// <param name="Inputs">Table → version that the rows were derived from.</param>
/// <param name="ShrinkReason">Why a unit may hold fewer rows than before; without it such a commit is refused.</param>
public sealed record CommitRequest(
    string Operation,
    IReadOnlyDictionary<string, long>? Inputs = null,
    string? ShrinkReason = null
)
{
    /// <summary>The lease under which it is made, of writers who have one.</summary>
    public WriterFence? Fence { get; init; }

    /// <summary>
    /// Whether a key has one owner among the units of a dataset (what stands before the first <c>/</c> in their names):
    /// rows of others with the same key in the partitions of this commit's rows give way, in the same entry. For
    /// datasets that are fetched by day and by symbol, say. Units of one commit are not compared with each other:
    /// commit those that may have a key in common one after the other. False = units are looked at by themselves.
    /// </summary>
    public bool HasOneOwner { get; init; }

    /// <summary>
    /// Asked when the files are staged, before the first of them leaves the staging: throws when the writer may not go
    /// on. Null = always.
    /// </summary>
    public Func<CancellationToken, Task>? EnsureAllowed { get; init; }
}

/// <summary>What a commit did.</summary>
/// <param name="Version">The table's version after it: a new one, or the standing one when nothing had changed.</param>
/// <param name="IsNewVersion">Whether anything was written.</param>
/// <param name="Counts">What each unit changed.</param>
public sealed record CommitResult(long Version, bool IsNewVersion, IReadOnlyDictionary<string, UnitCounts> Counts)
{
    /// <summary>
    /// Rows of other units that gave way to rows with the same key (<see cref="CommitRequest.HasOneOwner"/>).
    /// </summary>
    public long RowsGivenWay { get; init; }
}
