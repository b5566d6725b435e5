using Tidemark.Warehouse.Builds;

namespace Tidemark.Operations.Builds;

/// <summary>Shows how far a build is: in a progress bar, a log, or not at all.</summary>
public interface IBuildWatcher
{
    /// <summary>Starts the build, hands it the receiver of its progress, and returns its report.</summary>
    Task<BuildReport> WatchBuildAsync(Func<IProgress<BuildProgress>?, Task<BuildReport>> build) => build(null);
}
