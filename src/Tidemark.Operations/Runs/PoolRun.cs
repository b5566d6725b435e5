using Tidemark.Core.Runs;
using Tidemark.Definitions.Files;
using Tidemark.Ingest;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;

namespace Tidemark.Operations.Runs;

/// <summary>
/// A pool to run. Its plan is made when its turn comes, so that an error in it concerns only this pool.
/// </summary>
public sealed record PoolRun(Pool Scope, RunMode Mode, string Source, Func<CancellationToken, Task<PlanRequest>> Plan)
{
    /// <summary>
    /// Gives the plans of what must be fetched, in runs of their own, before the pool can be planned; null for none.
    /// </summary>
    public Func<CancellationToken, Task<IReadOnlyList<PlanRequest>>>? First { get; init; }

    public int? Jobs { get; init; }

    public string? ShrinkReason { get; init; }

    /// <inheritdoc cref="RunRequest.Reason"/>
    public string? Reason { get; init; }

    /// <inheritdoc cref="RunRequest.Until"/>
    public DateTimeOffset? Until { get; init; }

    /// <inheritdoc cref="RunRequest.Block"/>
    public RunBlock? Block { get; init; }

    /// <summary>Datasets left out because their files have faults.</summary>
    public IReadOnlyList<DefinitionFault> LeftOut { get; init; } = [];
}

/// <summary>The results of several pools.</summary>
/// <param name="Runs">
/// The runs of the pools, blocked ones included, in their order; then the run of the lists, if there was one.
/// </param>
/// <param name="Built">
/// The build of the warehouse; null where none took place, as after a failure or where all runs were blocked.
/// </param>
/// <param name="IsStopped">Whether somebody stopped it: here, or by <c>cancel</c> from another process.</param>
public sealed record PoolsResult(IReadOnlyList<RunOutcome> Runs, BuildReport? Built, bool IsStopped);
