using Tidemark.Core.Errors;
using Tidemark.Lake.Staging;

namespace Tidemark.Lake.Tables;

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
    /// Whether a key has one owner among the units of a dataset (what stands before the first <c>/</c> in their names): rows of others with the same key in the
    /// partitions of this commit's rows give way, in the same entry. For datasets that are fetched by day and by symbol, say. Units of one commit are not compared with each other: commit those that may
    /// have a key in common one after the other. False = units are looked at by themselves.
    /// </summary>
    public bool HasOneOwner { get; init; }

    /// <summary>
    /// Asked when the files are staged, before the first of them leaves the staging: throws when the writer may not go on. Null = always.
    /// </summary>
    public Func<CancellationToken, Task>? EnsureAllowed { get; init; }
}

/// <summary>What a commit did.</summary>
/// <param name="Version">The table's version after it: a new one, or the standing one when nothing had changed.</param>
/// <param name="IsNewVersion">Whether anything was written.</param>
/// <param name="Counts">What each unit changed.</param>
public sealed record CommitResult(long Version, bool IsNewVersion, IReadOnlyDictionary<string, UnitCounts> Counts)
{
    /// <summary>Rows of other units that gave way to rows with the same key (<see cref="CommitRequest.HasOneOwner"/>).</summary>
    public long RowsGivenWay { get; init; }
}

/// <summary>A line of a table's history.</summary>
/// <param name="Table"><c>layer.table</c>.</param>
/// <param name="Version">From 0 on.</param>
/// <param name="Timestamp">When it was committed; null where its writer did not say.</param>
/// <param name="Operation">What made it, for example <c>INGEST</c> or <c>RESTORE</c>.</param>
/// <param name="RunId">Who made it: a run of the control database, a build, or one call of a command.</param>
/// <param name="Rows">Rows that the table had then.</param>
/// <param name="Files">Its live files.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Parameters">What the operation was asked to do, for example the version that it restored.</param>
/// <param name="Inputs">Table → version that the rows were derived from.</param>
/// <param name="ShrinkReason">Why it may hold less than the version before; null where nobody had to say so.</param>
/// <param name="ChangesRows">Whether its rows may differ from those of the version before: not after <c>COMPACT</c>, nor after <c>FENCE</c> (who held a pool before commits nothing more).</param>
public sealed record TableVersion(
    string Table,
    long Version,
    DateTimeOffset? Timestamp,
    string? Operation,
    string? RunId,
    long Rows,
    int Files,
    long Bytes,
    IReadOnlyDictionary<string, string>? Parameters = null,
    IReadOnlyDictionary<string, long>? Inputs = null,
    string? ShrinkReason = null,
    bool ChangesRows = true
);

/// <summary>
/// Somebody else committed the same unit after it was seen by who made its rows. They may be older than what stands: read or fetch them again.
/// </summary>
public sealed class CommitConflictException : TidemarkException
{
    public CommitConflictException(string message)
        : this(message, []) { }

    /// <param name="message">For people.</param>
    /// <param name="units">The units that others have changed; empty when it is not about units.</param>
    public CommitConflictException(string message, IReadOnlyList<string> units)
        : base(ErrorKind.Conflict, "COMMIT_CONFLICT", message) => Units = units;

    /// <summary>The units that others have changed.</summary>
    public IReadOnlyList<string> Units { get; }
}
