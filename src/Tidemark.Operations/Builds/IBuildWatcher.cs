using Tidemark.Warehouse.Builds;

namespace Tidemark.Operations.Builds;

/// <summary>Whoever wants to see how far a build is: a progress bar, a log, nobody.</summary>
public interface IBuildWatcher
{
    /// <summary>Starts the build with what its progress is to be reported to, and returns what became of it.</summary>
    Task<BuildReport> WatchBuildAsync(Func<IProgress<BuildProgress>?, Task<BuildReport>> build) => build(null);
}
