using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Telemetry;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Says that a run is alive, and keeps its pool: a lease is renewed well before its end, and a run that is alive says
/// so at least as often.
/// </summary>
internal sealed class Heartbeat(
    StepJournal journal,
    PoolLock poolLock,
    RunTally tally,
    TimeSpan lease,
    TimeProvider clock,
    IngestTelemetry? telemetry
)
{
    private readonly TimeSpan _renewal = lease / 4;

    /// <summary>Beats until the run is over.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="lost">Cancelled when another process has the pool.</param>
    /// <param name="ended">The run is over; its owner flushes what is left.</param>
    public async Task BeatAsync(string runId, CancellationTokenSource lost, CancellationToken ended)
    {
        var second = TimeSpan.FromSeconds(1);
        using var timer = new PeriodicTimer(_renewal < second ? _renewal : second, clock);
        var kept = clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    await journal.FlushAsync(ended);
                    if (clock.GetElapsedTime(kept) < _renewal)
                    {
                        continue;
                    }

                    if (!await poolLock.KeepAsync(ended))
                    {
                        tally.End(PoolLock.Lost());
                        await lost.CancelAsync();
                        return;
                    }

                    kept = clock.GetTimestamp();
                }
                catch (TidemarkException e)
                {
                    // A control database that is busy for a moment must not end a run: the next beat writes it all.
                    telemetry?.Log.BeatFailed(runId, e.Code, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The run is over.
        }
    }
}
