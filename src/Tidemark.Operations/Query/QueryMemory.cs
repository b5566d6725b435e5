namespace Tidemark.Operations.Query;

/// <summary>How much memory a query may add to its process.</summary>
/// <param name="Engine">
/// The engine's own limit, in bytes (<c>engine.memory</c>); data that it can spill to disk stays within it.
/// </param>
/// <param name="Used">Gives the bytes that the process uses at the moment.</param>
public sealed record QueryMemory(long Engine, Func<long> Used)
{
    private const long Megabyte = 1 << 20;

    /// <summary>
    /// Beyond this a query is stopped. It leaves room for this program and a few chunks of ordinary rows, or a quarter
    /// of the engine's limit where that is more.
    /// </summary>
    public long Most => Engine + Math.Max(192 * Megabyte, Engine / 4);

    /// <summary>
    /// Beyond this a query is given up at once: with 400 MB for the engine, a process stays well below 1 GB.
    /// </summary>
    public long Utmost => Most + (64 * Megabyte);
}
