using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Control.Schedules;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;
using Tidemark.Operations.Jobs;
using Tidemark.Operations.Runs;

namespace Tidemark.Operations.Schedules;

/// <summary>Opens the workspace anew for a job: its definitions and settings are those of that moment.</summary>
public delegate IOperations OpenWorkspace();

/// <summary>
/// Takes up what is due of the China schedule, in a process that serves: the moment itself, moments that were missed,
/// and units whose next attempt is due. Each moment is taken up once, by whichever process writes its row.
/// </summary>
public sealed class ScheduleRunner(
    ScheduleSettings settings,
    ScheduleFires fires,
    FireBook book,
    UnitAttempts attempts,
    OpenWorkspace open,
    TimeProvider clock
)
{
    /// <summary>The schedule's name in <c>schedule_fires_v1</c>.</summary>
    public const string China = "china";

    /// <summary>The reason of a run that comes late.</summary>
    public const string CatchUp = "catch_up";

    // What was missed before that is not written down one by one: a run wants all of its days anyway.
    private const int MissedNamed = 30;

    // An attempt that ends before it begins, as when the account is refused, must not be repeated every minute.
    private static readonly TimeSpan s_betweenRetries = TimeSpan.FromMinutes(15);

    // Somebody paused the lane or took the pool just now: it is tried again when that is over.
    private static readonly TimeSpan s_heldUp = TimeSpan.FromMinutes(1);

    private readonly DateTimeOffset _since = clock.GetUtcNow();
    private DateTimeOffset _retried = DateTimeOffset.MinValue;

    /// <summary>
    /// Takes up the latest moment that is due, unless it was taken up before. Moments before it that nobody took up are
    /// written down as missed: the run that comes fetches their days, too.
    /// </summary>
    /// <param name="queue">Where the job goes.</param>
    /// <param name="told">Hears of what became of it.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    public async Task TakeUpAsync(LaneQueue queue, IProgress<ScheduleFire>? told, CancellationToken cancellationToken)
    {
        var schedule = await settings.ReadAsync(cancellationToken);
        if (!schedule.Config.IsEnabled)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var due = schedule.Times.Last(now);
        if (due < schedule.EffectiveAt && schedule.EffectiveAt <= now)
        {
            return; // it was not due when that moment came
        }

        var latest = await fires.LatestUntilAsync(China, due, cancellationToken);
        var isRetaken = latest?.DueAt == due;
        if (isRetaken && latest!.Status != FireStatus.Missed)
        {
            return;
        }

        var isLate = due < _since || isRetaken;
        if (isLate && !schedule.Config.CatchesUp)
        {
            if (!isRetaken)
            {
                await MissAsync(due, "nobody served, and catching up is off", told, cancellationToken);
            }

            return;
        }

        foreach (var missed in Between(schedule, latest?.DueAt ?? due, due).TakeLast(MissedNamed))
        {
            var by = string.Create(CultureInfo.InvariantCulture, $"nobody served; its days come with {due:u}");
            await MissAsync(missed, by, told, cancellationToken);
        }

        var fire = new ScheduleFire(
            China,
            due,
            FireStatus.Waiting,
            isLate ? CatchUp : RunSources.Schedule,
            book.Owner,
            null,
            now,
            null
        );
        if (await book.TakeAsync(fire, cancellationToken))
        {
            queue.Enqueue(new LaneWork(KeyOf(due), stop => RunAsync(fire, isRetaken, queue, told, stop)));
            told?.Report(fire);
        }
    }

    /// <summary>Runs where units wait for an attempt that is due, and nothing else runs.</summary>
    public async Task RetryAsync(LaneQueue queue, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (queue.IsBusy || now - _retried < s_betweenRetries)
        {
            return;
        }

        var schedule = await settings.ReadAsync(cancellationToken);
        if (
            schedule.Config.IsEnabled
            && (await attempts.TotalsAsync(cancellationToken)).NextAt is { } next
            && next <= now
        )
        {
            _retried = now;
            queue.Enqueue(
                new LaneWork(
                    RunSources.Auto,
                    stop => RunPoolsAsync(RunMode.OnDemand, RunSources.Auto, "attempts_due", isRetaken: false, stop)
                )
            );
        }
    }

    /// <summary>Runs once, where the schedule wants that of a process that begins to serve.</summary>
    public async Task StartUpAsync(LaneQueue queue, CancellationToken cancellationToken)
    {
        var schedule = await settings.ReadAsync(cancellationToken);
        if (schedule.Config is { IsEnabled: true, RunsOnStartup: true })
        {
            queue.Enqueue(
                new LaneWork(
                    RunSources.Startup,
                    stop => RunPoolsAsync(RunMode.OnDemand, RunSources.Startup, reason: null, isRetaken: true, stop)
                )
            );
        }
    }

    private static IEnumerable<DateTimeOffset> Between(
        StandingSchedule schedule,
        DateTimeOffset after,
        DateTimeOffset before
    ) => schedule.Times.Between(after, before).Where(moment => moment < before && !(moment < schedule.EffectiveAt));

    private async Task MissAsync(
        DateTimeOffset due,
        string detail,
        IProgress<ScheduleFire>? told,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var fire = new ScheduleFire(China, due, FireStatus.Missed, RunSources.Schedule, book.Owner, detail, now, now);
        if (await book.TakeAsync(fire, cancellationToken))
        {
            told?.Report(fire);
        }
    }

    private async Task RunAsync(
        ScheduleFire fire,
        bool isRetaken,
        LaneQueue queue,
        IProgress<ScheduleFire>? told,
        CancellationToken stop
    )
    {
        var running = fire with { Status = FireStatus.Running, FiredAt = clock.GetUtcNow() };
        await book.WriteAsync(running);
        var ended = running;
        try
        {
            var reason = fire.Source == CatchUp ? CatchUp : null;
            var run = await RunPoolsAsync(RunMode.Daily, RunSources.Schedule, reason, isRetaken, stop);
            while (run.IsHeldUp)
            {
                await book.WriteAsync(running with { Status = FireStatus.Waiting, Detail = run.Detail });
                await Task.Delay(s_heldUp, clock, stop);
                await queue.WaitForTurnAsync(stop);
                run = await RunPoolsAsync(RunMode.Daily, RunSources.Schedule, reason, isRetaken: true, stop);
            }

            ended = running with { Status = run.Status, Detail = run.Detail };
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was stopped, see below.
        }
        catch (Exception e)
        {
            ended = running with { Status = FireStatus.Failed, Detail = e.Message }; // the next moment tries again
        }

        if (stop.IsCancellationRequested)
        {
            // The next process that serves takes it up again: what was committed is skipped.
            ended = ended with
            {
                Status = FireStatus.Missed,
                Detail = "the process was stopped before it was done",
            };
        }

        ended = ended with { FinishedAt = clock.GetUtcNow() };
        await book.WriteAsync(ended);
        told?.Report(ended);
    }

    /// <param name="mode">Why it runs.</param>
    /// <param name="source">Who asks.</param>
    /// <param name="reason">Why just now.</param>
    /// <param name="isRetaken">
    /// Whether it was begun with before: then what was committed may not be built yet, so that it runs though no unit is
    /// due.
    /// </param>
    /// <param name="stop">Ends it.</param>
    private async Task<(FireStatus Status, string Detail, bool IsHeldUp)> RunPoolsAsync(
        RunMode mode,
        string source,
        string? reason,
        bool isRetaken,
        CancellationToken stop
    )
    {
        var schedule = await settings.ReadAsync(stop);
        if (!schedule.Config.IsEnabled)
        {
            return (FireStatus.Skipped, "the schedule was switched off", false);
        }

        await using var workspace = open();
        if (!isRetaken && !await workspace.Get<DueUnits>().AnyAsync(schedule.Scopes, stop))
        {
            return (FireStatus.Skipped, "nothing is due", false);
        }

        // The next one begins in time, with the newest days: what is left of a long history then comes with it.
        var now = clock.GetUtcNow();
        var request = new RunPoolsRequest(schedule.Scopes, [], IsScheduled: true, Mode: mode)
        {
            Source = source,
            Reason = reason,
            For = schedule.Times.Next(now) - now,
        };
        var response = await workspace.Get<RunOperation>().RunAsync(request, new NoWatcher(), stop);
        var isHeldUp = response.Runs.Any(run =>
            run.Block is { IsOfAnother: true } or { ErrorCode: LaneText.PausedCode }
        );
        return (StatusOf(response.Verdict), Detail(response.Runs), isHeldUp);
    }

    private static FireStatus StatusOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Done => FireStatus.Done,
            Verdict.Incomplete => FireStatus.Incomplete,
            Verdict.Blocked => FireStatus.Blocked,
            Verdict.Stopped => FireStatus.Canceled,
            _ => FireStatus.Failed,
        };

    private static string Detail(IReadOnlyList<RunOutcome> runs) =>
        string.Join(
            "; ",
            runs.Select(run =>
                $"{run.Scope.Name()} {run.Id[..8]} {run.Status.Name()}"
                + (run.Block is { } block ? $" ({block.Stage.Name()}: {block.ErrorCode})" : "")
            )
        );

    private static string KeyOf(DateTimeOffset due) =>
        string.Create(CultureInfo.InvariantCulture, $"{RunSources.Schedule} {due:u}");
}
