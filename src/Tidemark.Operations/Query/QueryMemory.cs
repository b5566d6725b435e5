namespace Tidemark.Operations.Query;

/// <summary>By how much a process may grow that answers a query.</summary>
/// <param name="Engine">
/// The engine's own limit, in bytes (<c>engine.memory</c>): what it can put aside stays within it.
/// </param>
/// <param name="Used">What the process has at the moment.</param>
public sealed record QueryMemory(long Engine, Func<long> Used)
{
    private const long Megabyte = 1 << 20;

    /// <summary>
    /// Beyond this a query is stopped: room for this program and for a few chunks of ordinary rows, a quarter more
    /// where there is much.
    /// </summary>
    public long Most => Engine + Math.Max(192 * Megabyte, Engine / 4);

    /// <summary>
    /// Beyond this it is given up at once: with 400 MB for the engine a process stays well below 1 GB.
    /// </summary>
    public long Utmost => Most + (64 * Megabyte);
}
