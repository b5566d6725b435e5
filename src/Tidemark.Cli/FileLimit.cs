namespace Tidemark.Cli;

/// <summary>
/// The number of files that a process may have open. Who runs into it gets errors about whatever file came next, none
/// of which is at fault.
/// </summary>
internal static class FileLimit
{
    public const string Advice =
        "Too many open files: this process may open too few. Raise the limit with `ulimit -n 1024` (256 is the least), in a service with LimitNOFILE=, and run the command again; "
        + "what was committed is kept.";

    private const string Words = "Too many open files"; // the system's own, which the runtime and the engine pass on

    /// <summary>Whether an error, or what is behind it, is that the limit was reached.</summary>
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

    // Which may have the words in it.
    private static bool IsOfAQuery(Exception error) =>
        error is DuckDb.DuckDbException e
        && !e.EngineMessage.StartsWith("IO Error", StringComparison.OrdinalIgnoreCase);
}
