using Tidemark.Core.Errors;

namespace Tidemark.Lake.Tables;

/// <summary>
/// Somebody else committed the same unit after the maker of these rows saw it. The rows may be older than the standing
/// ones: read or fetch them again.
/// </summary>
public class CommitConflictException : TidemarkException
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

/// <summary>
/// Another commit has changed rows over which a unit of this one decides, after the staging compared them. Staging the
/// same rows once more compares them with the newest version.
/// </summary>
internal sealed class BasisMovedException(string message, IReadOnlyList<string> units)
    : CommitConflictException(message, units);
