namespace Tidemark.Hosting;

/// <summary>
/// What vendors' answers may take of memory, from <c>engine.memory</c>: that limit is DuckDB's, and answers are held
/// beside it while it works. With 400 MB for the engine a process that gets nothing but hostile answers stays below 1
/// GB.
/// </summary>
/// <param name="AnswerBytes">One answer, unpacked.</param>
/// <param name="UnitBytes">The rows of one unit.</param>
/// <param name="WaitingBytes">
/// The rows of all units that wait for the committer, and of those that it has collected.
/// </param>
/// <param name="CommitBytes">The rows of one commit, after which no more are collected for it.</param>
/// <param name="Jobs">Units that are fetched at once.</param>
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
