using Tidemark.Lake;

namespace Tidemark.Ingest;

/// <summary>What came of an evaluation.</summary>
/// <param name="IsJudged">False when there was nothing to evaluate: no day of the plan is due yet.</param>
/// <param name="ChecksLeftOut">
/// Checks that could not be evaluated because a definition is wrong. The others were evaluated.
/// </param>
public sealed record RunEvaluation(bool IsJudged, IReadOnlyList<LeftOut> ChecksLeftOut);

/// <summary>
/// The last stage: says what is complete after the commits of one or several runs. A project that may use Completeness
/// implements it and the composition root hands it in, so that ingest does not know how completeness is computed.
/// </summary>
public interface IRunEvaluator
{
    /// <summary>Evaluates the committed data for all pools.</summary>
    /// <param name="runId">The run that the results name as their reason.</param>
    /// <param name="cancellationToken">Stops the evaluation; the results before it stand.</param>
    Task<RunEvaluation> EvaluateAsync(string runId, CancellationToken cancellationToken);
}
