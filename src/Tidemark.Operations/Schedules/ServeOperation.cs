using Tidemark.Control.Runs;
using Tidemark.Control.Schedules;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Lake;
using Tidemark.Operations.Jobs;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Schedules;

/// <summary>
/// <c>serve</c>: runs what is due, every day, until it is stopped. It wakes at the moment and every minute, and does
/// what the control database says is to be done then: so a process that slept, was killed or has company does neither
/// too much nor too little, and a clock that jumps is noticed within a minute.
/// </summary>
public sealed class ServeOperation(
    ScheduleRunner runner,
    FireBook book,
    ScheduleSettings settings,
    LaneStates states,
    RunStore runs,
    DataLake lake,
    TimeProvider clock,
    OperationTelemetry? telemetry = null
)
{
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMinutes(1);

    /// <summary>Serves until it is stopped; then nothing begins any more, and a commit in flight is finished.</summary>
    /// <param name="watcher">Hears that it serves, and what becomes of each moment.</param>
    /// <param name="stop">Stops it.</param>
    /// <exception cref="TidemarkException">
    /// It cannot begin: the control database or its schedule cannot be read.
    /// </exception>
    public async Task RunAsync(IServeWatcher watcher, CancellationToken stop)
    {
        var schedule = await settings.ReadAsync(stop);
        var queue = new LaneQueue(Lane.China, states, clock, telemetry);
        await WakeAsync(queue, watcher, stop);
        await runner.StartUpAsync(queue, stop);
        watcher.Serves(schedule);
        var working = queue.RunAsync(stop);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(await SleepAsync(stop), clock, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WakeAsync(queue, watcher, stop);
        }

        await working;
    }

    private async Task<TimeSpan> SleepAsync(CancellationToken stop)
    {
        try
        {
            var now = clock.GetUtcNow();
            var left = (await settings.ReadAsync(stop)).Times.Next(now) - now;
            return left < s_longestSleep ? left : s_longestSleep;
        }
        catch (Exception e) when (e is TidemarkException or OperationCanceledException)
        {
            return s_longestSleep; // what failed is told when it wakes
        }
    }

    private async Task WakeAsync(LaneQueue queue, IServeWatcher watcher, CancellationToken stop)
    {
        try
        {
            watcher.IsAlive();
            if (!queue.IsBusy) // a job of its own is alive, however late its heartbeat is
            {
                foreach (var stale in await runs.CloseStaleAsync(stop))
                {
                    lake.Staging.Sweep(stale);
                }
            }

            await book.KeepAsync(stop);
            await runner.TakeUpAsync(queue, watcher, stop);
            await runner.RetryAsync(queue, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was stopped.
        }
        catch (Exception e)
        {
            telemetry?.WakeFailed(e); // whatever it is, it wakes again in a minute
        }
    }
}

/// <summary>Hears what a process does that serves.</summary>
public interface IServeWatcher : IProgress<ScheduleFire>
{
    /// <summary>It serves from now on.</summary>
    void Serves(StandingSchedule schedule);

    /// <summary>It has woken: every minute, as long as it lives.</summary>
    void IsAlive();
}
