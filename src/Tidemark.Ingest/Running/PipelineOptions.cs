namespace Tidemark.Ingest.Running;

/// <summary>How much a run does at once. Units that are ready are committed together, so that fsyncs do not dominate.</summary>
public sealed record PipelineOptions
{
    /// <summary>Units that are fetched at the same time.</summary>
    public int Jobs { get; init; } = 4;

    /// <summary>Fetched units that may wait to be committed: the bound on memory.</summary>
    public int Buffered { get; init; } = 8;

    /// <summary>A commit is made when this many rows wait for one table …</summary>
    public long CommitRows { get; init; } = 200_000;

    /// <summary>… or this many units …</summary>
    public int CommitUnits { get; init; } = 64;

    /// <summary>… or when the oldest has waited for this long.</summary>
    public TimeSpan CommitAge { get; init; } = TimeSpan.FromSeconds(5);
}
