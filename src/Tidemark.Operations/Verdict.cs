namespace Tidemark.Operations;

/// <summary>
/// How an operation ended, as every face tells it: the command line as an exit code, others in their own way.
/// </summary>
public enum Verdict
{
    Done,
    Failed,

    /// <summary>It was asked for what makes no sense, or the workspace is wrong.</summary>
    Usage,

    /// <summary>
    /// Not begun, or ended because the account is refused: it can do no better before somebody has mended that.
    /// </summary>
    Blocked,

    /// <summary>Ended, but something that is wanted is not whole, or was left out.</summary>
    Incomplete,

    /// <summary>Somebody asked it to stop.</summary>
    Stopped,
}
