using Tidemark.Core.Errors;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Somebody else committed the same unit after the maker of these rows saw it. The rows may be older than the standing
/// ones: read or fetch them again.
/// </summary>
public sealed class CommitConflictException : TidemarkException
{
    public CommitConflictException(string message)
        : this(message, []) { }

    /// <param name="message">For people.</param>
    /// <param name="units">The units that others have changed; empty when the conflict is not about units.</param>
    public CommitConflictException(string message, IReadOnlyList<string> units)
        : base(ErrorKind.Conflict, "COMMIT_CONFLICT", message) => Units = units;

    /// <summary>The units that others have changed.</summary>
    public IReadOnlyList<string> Units { get; }
}
