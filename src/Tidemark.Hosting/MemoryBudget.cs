namespace Tidemark.Hosting;

/// <summary>
/// The memory that vendors' answers may take, derived from <c>engine.memory</c>: that is DuckDB's own limit, and
/// answers are held beside it. With 400 MB for the engine, a process stays below 1 GB even if it gets nothing but
/// hostile answers.
/// </summary>
/// <param name="AnswerBytes">The largest size of one answer, unpacked.</param>
/// <param name="UnitBytes">The largest size of the rows of one unit.</param>
/// <param name="WaitingBytes">
/// The largest size of the rows of all units that wait for the committer, and of those that it has collected.
/// </param>
/// <param name="CommitBytes">The size of rows at which a commit is made.</param>
/// <param name="Jobs">The number of units fetched at once.</param>
internal sealed record MemoryBudget(int AnswerBytes, long UnitBytes, long WaitingBytes, long CommitBytes, int Jobs)
{
    private const long Megabyte = 1 << 20;
    private const long FewestJobs = 4;

    /// <param name="engineMemory">Bytes that the engine may use.</param>
    public static MemoryBudget Of(long engineMemory) =>
        new(
            (int)Math.Clamp(engineMemory / 32, 8 * Megabyte, 64 * Megabyte),
            Math.Clamp(engineMemory / 25, 16 * Megabyte, 256 * Megabyte),
            Math.Clamp(engineMemory / 16, 16 * Megabyte, 256 * Megabyte),
            Math.Clamp(engineMemory / 16, 16 * Megabyte, 64 * Megabyte),
            (int)Math.Clamp(engineMemory / (50 * Megabyte), FewestJobs, 1024)
        );
}
