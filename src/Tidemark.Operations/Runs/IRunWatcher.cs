using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;

namespace Tidemark.Operations.Runs;

/// <summary>
/// Shows how far a pool's run is, and the build after it: in a progress bar, a log, or not at all.
/// </summary>
public interface IRunWatcher : IBuildWatcher
{
    /// <summary>Starts the run, hands it the receiver of its progress, and returns its outcome.</summary>
    Task<RunOutcome> WatchAsync(Pool pool, Func<IProgress<RunProgress>?, Task<RunOutcome>> run);
}

/// <summary>Shows nothing.</summary>
public sealed class NoWatcher : IRunWatcher
{
    public Task<RunOutcome> WatchAsync(Pool pool, Func<IProgress<RunProgress>?, Task<RunOutcome>> run) => run(null);
}
