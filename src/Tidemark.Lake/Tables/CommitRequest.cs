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
);

/// <summary>What a commit did.</summary>
/// <param name="Version">The table's version after it: a new one, or the standing one when nothing had changed.</param>
/// <param name="IsNewVersion">Whether anything was written.</param>
/// <param name="Counts">What each unit changed.</param>
public sealed record CommitResult(long Version, bool IsNewVersion, IReadOnlyDictionary<string, UnitCounts> Counts);

/// <summary>A line of a table's history.</summary>
public sealed record TableVersion(
    string Table,
    long Version,
    DateTimeOffset Timestamp,
    string? Operation,
    string? RunId,
    long Rows,
    int Files,
    long Bytes
);

/// <summary>Somebody else committed the same unit first; read again and decide.</summary>
public sealed class CommitConflictException(string message)
    : TidemarkException(ErrorKind.Conflict, "COMMIT_CONFLICT", message);
