namespace Tidemark.Ingest.Running;

/// <summary>
/// How much a run does at once, and how long it keeps its lane. Units that are ready are committed together, because
/// one fsync per unit would take most of the time.
/// </summary>
public sealed record PipelineOptions
{
    /// <summary>Units that are fetched at the same time.</summary>
    public int Jobs { get; init; } = 4;

    /// <summary>The upper limit of jobs, also for requests: each job holds an answer and its rows in memory.</summary>
    public int JobsMax { get; init; } = int.MaxValue;

    /// <summary>Fetched units that may wait for their commit …</summary>
    public int Buffered { get; init; } = 8;

    /// <summary>
    /// … and the bytes of their rows. The units that the committer has collected may take as many again.
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
    /// How long a process that does not answer keeps its lane. A live process renews its lease four times as often.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Whether a commit of the present list removes past lists whose files cannot be read: nothing can bring them back.
    /// </summary>
    public bool DropsLostLists { get; init; }

    /// <summary>
    /// Why a unit may lose rows that are in the lake; the commit records the reason. Null: such a unit is not
    /// committed.
    /// </summary>
    public string? ShrinkReason { get; init; }
}
