namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>
/// Tells when nothing is at work any more but what waits for the simulated clock: the thread pool has nothing to do. So
/// time moves only when all that can be done at a moment is done. For one simulation at a time, driven by a thread that
/// is not the pool's, with no other test beside it.
/// </summary>
internal static class Quiet
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static void Wait()
    {
        var since = 0L;
        var spin = new SpinWait();
        while (true)
        {
            var done = ThreadPool.CompletedWorkItemCount;
            if (!IsBusy() && done == ThreadPool.CompletedWorkItemCount && !IsBusy())
            {
                return;
            }

            spin.SpinOnce(sleep1Threshold: 40);
            if (spin.Count % 64 == 0)
            {
                since = since == 0 ? TimeProvider.System.GetTimestamp() : since;
                if (TimeProvider.System.GetElapsedTime(since) > s_patience)
                {
                    throw new InvalidOperationException("the thread pool has been at work for a minute");
                }
            }
        }
    }

    private static bool IsBusy()
    {
        ThreadPool.GetMaxThreads(out var all, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return free != all || ThreadPool.PendingWorkItemCount > 0;
    }
}
