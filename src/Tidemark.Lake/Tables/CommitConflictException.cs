using Tidemark.Core.Errors;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Somebody else committed the same unit after it was seen by who made its rows. They may be older than what stands:
/// read or fetch them again.
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
