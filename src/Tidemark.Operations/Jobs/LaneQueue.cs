using System.Threading.Channels;
using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Jobs;

/// <summary>Work for a lane.</summary>
/// <param name="Key">Equal for equal work: what waits or runs is not taken twice.</param>
/// <param name="Body">Does it; tells its own errors.</param>
public sealed record LaneWork(string Key, Func<CancellationToken, Task> Body);

/// <summary>
/// The queue of a lane in a process that serves: one work at a time, in the order in which it came. Nothing begins
/// while the lane is paused or another process is at work in it. A work that fails takes only itself. Thread-safe.
/// </summary>
public sealed class LaneQueue(Lane lane, LaneStates states, TimeProvider clock, OperationTelemetry? telemetry = null)
{
    private readonly Lock _lock = new();
    private readonly Queue<LaneWork> _waiting = new();
    private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();
    private LaneWork? _current;

    /// <summary>How many wait.</summary>
    public int Length
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Whether something runs or waits.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock)
            {
                return _current is not null || _waiting.Count > 0;
            }
        }
    }

    /// <summary>Takes work; false where equal work runs or waits.</summary>
    public bool Enqueue(LaneWork work)
    {
        lock (_lock)
        {
            if (_current?.Key == work.Key || _waiting.Any(w => w.Key == work.Key))
            {
                return false;
            }

            _waiting.Enqueue(work);
        }

        _arrived.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Works until it is stopped; what runs then gets the same token, and is waited for.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _arrived.Reader.ReadAsync(stop);
                await WaitForTurnAsync(stop);
                await RunNextAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // It was stopped; what waits is taken up by the next process that serves.
            }
        }
    }

    private async Task RunNextAsync(CancellationToken stop)
    {
        LaneWork work;
        lock (_lock)
        {
            work = _current = _waiting.Dequeue();
        }

        try
        {
            await work.Body(stop);
        }
        catch (Exception e) when (!(e is OperationCanceledException && stop.IsCancellationRequested))
        {
            telemetry?.WorkBroken(lane.Name(), work.Key, e);
        }
        finally
        {
            lock (_lock)
            {
                _current = null;
            }
        }
    }

    /// <summary>Waits until the lane is not paused and no other process is at work in it.</summary>
    public async Task WaitForTurnAsync(CancellationToken stop)
    {
        while (!await IsFreeAsync(stop))
        {
            await Task.Delay(LaneWatch.LooksEvery, clock, stop);
        }
    }

    private async Task<bool> IsFreeAsync(CancellationToken stop)
    {
        try
        {
            var state = await states.ReadAsync(lane, stop);
            return !state.IsPaused && (state.Job is not { } job || LeaseOwner.TryParse(job.Owner) is { IsDead: true });
        }
        catch (Exception e) when (!(e is OperationCanceledException && stop.IsCancellationRequested))
        {
            telemetry?.LaneUnread(lane.Name(), e);
            return false; // whatever it is, it looks again in a second
        }
    }
}
