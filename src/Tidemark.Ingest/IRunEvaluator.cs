using Tidemark.Core.Runs;

namespace Tidemark.Ingest;

/// <summary>
/// The last stage: says what is complete after a run's commits. Implemented to the right of ingest and handed in by the composition
/// root, so that nothing here knows how completeness is computed.
/// </summary>
public interface IRunEvaluator
{
    Task EvaluateAsync(RunScope scope, string runId, CancellationToken cancellationToken);
}
