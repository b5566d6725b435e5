namespace Tidemark.Ingest;

/// <summary>
/// The last stage: says what is complete after the commits of one or several runs. Implemented to the right of ingest
/// and handed in by the composition root, so that nothing here knows how completeness is computed.
/// </summary>
public interface IRunEvaluator
{
    /// <summary>Evaluates what is committed, for all pools.</summary>
    /// <param name="runId">The run that is named as the reason.</param>
    /// <param name="cancellationToken">Stops the evaluation; the results before it stand.</param>
    /// <returns>False when there was nothing to judge: no day of the plan is due yet.</returns>
    Task<bool> EvaluateAsync(string runId, CancellationToken cancellationToken);
}
