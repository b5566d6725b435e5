namespace Tidemark.Cli;

/// <summary>
/// The number of files that a process may have open. When it is reached, the error names whichever file was opened
/// next, which is not at fault.
/// </summary>
internal static class FileLimit
{
    public const string Advice =
        "Too many open files: this process may open too few. Raise the limit with `ulimit -n 1024` (256 is the least), in a service with LimitNOFILE=, and run the command again; "
        + "what was committed is kept.";

    private const string Words = "Too many open files"; // the system's own, which the runtime and the engine pass on

    /// <summary>Whether an error, or one of its inner errors, means that the limit was reached.</summary>
    public static bool IsReached(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (!IsOfAQuery(e) && e.Message.Contains(Words, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // A query's own text may contain the words.
    private static bool IsOfAQuery(Exception error) =>
        error is DuckDb.DuckDbException e
        && !e.EngineMessage.StartsWith("IO Error", StringComparison.OrdinalIgnoreCase);
}
