namespace Tidemark.Operations;

/// <summary>
/// How an operation ended. The command line reports it as an exit code, other faces in their own way.
/// </summary>
public enum Verdict
{
    Done,
    Failed,

    /// <summary>The request makes no sense, or the workspace is wrong.</summary>
    Usage,

    /// <summary>
    /// The operation did not begin, or ended because the account is refused. Another try ends alike until that is
    /// mended.
    /// </summary>
    Blocked,

    /// <summary>It ended, but something wanted is not whole, or was left out.</summary>
    Incomplete,

    /// <summary>A user or a signal stopped it.</summary>
    Stopped,
}
