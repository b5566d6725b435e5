namespace Tidemark.Ingest.Running;

/// <summary>How runs work.</summary>
/// <param name="KeepRaw">Whether every vendor answer is kept as received.</param>
/// <param name="Pipeline">How many things are done at once.</param>
public sealed record IngestOptions(bool KeepRaw, PipelineOptions Pipeline);
