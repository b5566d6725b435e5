namespace Tidemark.Control.Runs;

/// <summary>When a step was last done well.</summary>
/// <param name="Run">When the run began that did it.</param>
/// <param name="Step">When the step itself began.</param>
public sealed record LastDone(DateTimeOffset Run, DateTimeOffset Step);
