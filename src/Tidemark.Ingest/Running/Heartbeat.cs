using Tidemark.Control.Runs;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Telemetry;

namespace Tidemark.Ingest.Running;

/// <summary>
/// Records that a run is alive and renews the lease of its lane well before the lease ends.
/// </summary>
internal sealed class Heartbeat(
    StepJournal journal,
    LaneLock laneLock,
    RunTally tally,
    TimeSpan lease,
    TimeProvider clock,
    IngestTelemetry? telemetry
)
{
    private readonly TimeSpan _renewal = lease / 4;

    /// <summary>Beats until the run is over.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="lost">Cancelled when another process has the lane.</param>
    /// <param name="ended">Cancelled when the run is over; the caller flushes what is left.</param>
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

                    if (!await laneLock.KeepAsync(ended))
                    {
                        tally.End(LaneLock.Lost());
                        await lost.CancelAsync();
                        return;
                    }

                    kept = clock.GetTimestamp();
                }
                catch (TidemarkException e)
                {
                    // A busy control database must not end a run: the next beat writes everything.
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
