using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Telemetry;

namespace Tidemark.Operations.Jobs;

/// <summary>
/// Ties a job to its lane from its beginning to its end: tells others that it runs, and does what any process asks of
/// the lane: pause, resume, cancel.
/// </summary>
public sealed class LaneWatch : IAsyncDisposable
{
    /// <summary>How often it looks what it is asked to do.</summary>
    public static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_keepsEvery = LaneStates.AliveFor / 4;

    private readonly LaneStates _states;
    private readonly Lane _lane;
    private readonly TimeProvider _clock;
    private readonly OperationTelemetry? _telemetry;
    private readonly CancellationTokenSource _canceled;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _looking;
    private LaneJob _job;

    private LaneWatch(
        LaneStates states,
        LaneState begun,
        LaneJob job,
        TimeProvider clock,
        OperationTelemetry? telemetry,
        CancellationToken stop
    )
    {
        _states = states;
        _lane = begun.Lane;
        _job = job;
        _clock = clock;
        _telemetry = telemetry;
        _canceled = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Refusal =
            begun.IsPaused ? LaneText.Paused(begun)
            : begun.Job is { } other && other.Id != job.Id ? LaneText.Busy(begun.Lane, other)
            : null;
        _looking = LookAsync();
    }

    /// <summary>
    /// Why the job must not begin: the lane was paused, or another job was at work in it. Null where it may.
    /// </summary>
    public RunBlock? Refusal { get; }

    /// <summary>Closed while the lane is paused.</summary>
    public PauseGate Pause { get; } = new();

    /// <summary>Who canceled the job by its lane; null while nobody did, and where this process itself was stopped.</summary>
    public string? CanceledBy { get; private set; }

    /// <summary>Cancelled when the caller stops or somebody cancels the job.</summary>
    public CancellationToken Stop => _canceled.Token;

    /// <summary>Begins to watch.</summary>
    /// <param name="states">Where lanes are written.</param>
    /// <param name="job">What runs; its pool names the lane.</param>
    /// <param name="clock">When to look.</param>
    /// <param name="telemetry">Where troubles go.</param>
    /// <param name="stop">Ends the job from here.</param>
    public static async Task<LaneWatch> BeginAsync(
        LaneStates states,
        LaneJob job,
        TimeProvider clock,
        OperationTelemetry? telemetry,
        CancellationToken stop
    )
    {
        var lane = Lanes.Of(job.Pool);
        if (
            (await states.ReadAsync(lane, stop)).Job is { } other
            && LeaseOwner.TryParse(other.Owner) is { IsDead: true }
        )
        {
            await states.EndAsync(lane, other.Id, stop);
        }

        return new LaneWatch(states, await states.KeepAsync(lane, job, stop), job, clock, telemetry, stop);
    }

    /// <summary>Tells which pool the job is at.</summary>
    public async Task EnterAsync(Pool pool)
    {
        _job = _job with { Pool = pool };
        Obey(await _states.KeepAsync(_lane, _job, CancellationToken.None));
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LooksEvery, _clock);
        var kept = _clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                try
                {
                    var state = await _states.ReadAsync(_lane, _ended.Token);
                    if (state.Job?.Id != _job.Id || _clock.GetElapsedTime(kept) >= s_keepsEvery)
                    {
                        state = await _states.KeepAsync(_lane, _job, _ended.Token);
                        kept = _clock.GetTimestamp();
                    }

                    Obey(state);
                }
                catch (Exception e) when (!(e is OperationCanceledException && _ended.IsCancellationRequested))
                {
                    // A database that is busy or away must not end a job: it looks again in a second.
                    _telemetry?.LaneUnread(_lane.Name(), e);
                }
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The job is over.
        }
    }

    private void Obey(LaneState state)
    {
        Pause.Set(state.IsPaused);
        if (state.IsCancelRequested && state.Job?.Id == _job.Id)
        {
            CanceledBy ??= _canceled.IsCancellationRequested ? null : state.CanceledBy;
            _canceled.Cancel();
        }
    }

    /// <summary>The job is over.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _looking;
        try
        {
            await _states.EndAsync(_lane, _job.Id, CancellationToken.None);
        }
        catch (TidemarkException e)
        {
            _telemetry?.LaneUnread(_lane.Name(), e); // within a minute the lane counts as free by itself
        }

        _canceled.Dispose();
        _ended.Dispose();
    }
}
