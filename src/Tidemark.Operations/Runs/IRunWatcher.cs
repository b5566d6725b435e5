using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Builds;

namespace Tidemark.Operations.Runs;

/// <summary>
/// Whoever wants to see how far a pool's run is, and the build that follows it: a progress bar, a log, nobody.
/// </summary>
public interface IRunWatcher : IBuildWatcher
{
    /// <summary>Starts the run with what its progress is to be reported to, and returns its outcome.</summary>
    Task<RunOutcome> WatchAsync(Pool pool, Func<IProgress<RunProgress>?, Task<RunOutcome>> run);
}

/// <summary>Nobody.</summary>
public sealed class NoWatcher : IRunWatcher
{
    public Task<RunOutcome> WatchAsync(Pool pool, Func<IProgress<RunProgress>?, Task<RunOutcome>> run) => run(null);
}
