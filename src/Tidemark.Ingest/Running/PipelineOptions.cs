namespace Tidemark.Ingest.Running;

/// <summary>
/// How a run works: how much it does at once, and how long it keeps its pool. Units that are ready are committed
/// together, so that fsyncs do not dominate.
/// </summary>
public sealed record PipelineOptions
{
    /// <summary>Units that are fetched at the same time.</summary>
    public int Jobs { get; init; } = 4;

    /// <summary>The most of them whatever is asked for: each holds an answer and its rows in memory.</summary>
    public int JobsMax { get; init; } = int.MaxValue;

    /// <summary>Fetched units that may wait to be committed …</summary>
    public int Buffered { get; init; } = 8;

    /// <summary>
    /// … and the bytes that their rows may take; those that the committer has collected may take as many again.
    /// </summary>
    public long BufferedBytes { get; init; } = 128 << 20;

    /// <summary>A commit is made when this many rows wait for one table …</summary>
    public long CommitRows { get; init; } = 200_000;

    /// <summary>… or so many bytes …</summary>
    public long CommitBytes { get; init; } = 64 << 20;

    /// <summary>… or this many units …</summary>
    public int CommitUnits { get; init; } = 64;

    /// <summary>… or when the oldest has waited for this long.</summary>
    public TimeSpan CommitAge { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For how long a process that does not answer keeps its pool. A living one renews it four times as often.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Whether lists of past days whose files cannot be read leave the table when the present one is committed: nobody
    /// can bring them back.
    /// </summary>
    public bool DropsLostLists { get; init; }

    /// <summary>
    /// Why a unit may hold less than what stands; it is recorded in the commit. Null: what would become less stays as
    /// it is.
    /// </summary>
    public string? ShrinkReason { get; init; }
}
