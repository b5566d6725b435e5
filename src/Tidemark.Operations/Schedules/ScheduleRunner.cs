using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Control.Schedules;
using Tidemark.Core.Errors;
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

    private readonly DateTimeOffset _since = clock.GetUtcNow();
    private readonly string _owner = LeaseOwner.Here("serve").ToString();
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
        if (due < schedule.SetAt)
        {
            return; // it was not due when that moment came
        }

        var latest = (await fires.LatestAsync(China, 1, cancellationToken)).FirstOrDefault();
        if (latest is not null && latest.DueAt >= due && latest.Status != FireStatus.Missed)
        {
            return;
        }

        var isLate = due < _since || latest?.DueAt == due;
        if (isLate && !schedule.Config.CatchesUp)
        {
            if (latest?.DueAt != due)
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
            _owner,
            null,
            now,
            null
        );
        if (await fires.TakeAsync(fire, cancellationToken))
        {
            told?.Report(fire);
            queue.Enqueue(new LaneWork(KeyOf(due), stop => RunAsync(fire, schedule, told, stop)));
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
                    stop => RunPoolsAsync(schedule, RunMode.OnDemand, RunSources.Auto, reason: "attempts_due", stop)
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
                    stop => RunPoolsAsync(schedule, RunMode.OnDemand, RunSources.Startup, reason: null, stop)
                )
            );
        }
    }

    /// <summary>Says that this process serves still, and closes what others took up that serve no more.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        await fires.KeepAsync(_owner, cancellationToken);
        await fires.CloseDeadAsync(owner => LeaseOwner.TryParse(owner) is { IsDead: true }, cancellationToken);
    }

    private static IEnumerable<DateTimeOffset> Between(
        StandingSchedule schedule,
        DateTimeOffset after,
        DateTimeOffset before
    ) => schedule.Times.Between(after, before).Where(moment => moment < before && !(moment < schedule.SetAt));

    private async Task MissAsync(
        DateTimeOffset due,
        string detail,
        IProgress<ScheduleFire>? told,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var fire = new ScheduleFire(China, due, FireStatus.Missed, RunSources.Schedule, _owner, detail, now, now);
        if (await fires.TakeAsync(fire, cancellationToken))
        {
            told?.Report(fire);
        }
    }

    private async Task RunAsync(
        ScheduleFire fire,
        StandingSchedule schedule,
        IProgress<ScheduleFire>? told,
        CancellationToken stop
    )
    {
        var running = fire with { Status = FireStatus.Running, FiredAt = clock.GetUtcNow() };
        await fires.WriteAsync(running, stop);
        var ended = running;
        try
        {
            var reason = fire.Source == CatchUp ? CatchUp : null;
            var (status, detail) = await RunPoolsAsync(schedule, RunMode.Daily, RunSources.Schedule, reason, stop);
            ended = running with { Status = status, Detail = detail };
        }
        catch (Exception e) when (e is TidemarkException or OperationCanceledException)
        {
            ended = running with { Status = FireStatus.Failed, Detail = e.Message };
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
        await fires.WriteAsync(ended, CancellationToken.None);
        told?.Report(ended);
    }

    private async Task<(FireStatus Status, string Detail)> RunPoolsAsync(
        StandingSchedule schedule,
        RunMode mode,
        string source,
        string? reason,
        CancellationToken stop
    )
    {
        await using var workspace = open();
        if (!await workspace.Get<DueUnits>().AnyAsync(schedule.Scopes, stop))
        {
            return (FireStatus.Skipped, "nothing is due");
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
        return (StatusOf(response.Verdict), Detail(response.Runs));
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
