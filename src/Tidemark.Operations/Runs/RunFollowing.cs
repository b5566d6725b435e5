using Tidemark.Control.Runs;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Runs;

/// <summary>Hears what a run does while somebody follows it.</summary>
public interface IRunFollower
{
    /// <summary>The run that is followed, as it stands when it is first seen.</summary>
    void Begins(RecordedRunDetail run);

    /// <summary>A step ended.</summary>
    void Ended(StepRow step);

    /// <summary>Its units are done; the evaluation is still to come.</summary>
    void Settles(RecordedRunDetail run);
}

/// <summary><c>runs show --follow</c>: what a run of any process does, from the control database. Only reads.</summary>
public sealed class RunFollowing(RunHistory history, RunStore store, TimeProvider clock)
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(1);

    // Steps are written some seconds after they ended, and not in that order.
    private static readonly TimeSpan s_late = TimeSpan.FromMinutes(1);

    /// <summary>Follows a run until it and all that follows it is over, or its process is found gone.</summary>
    /// <returns>The run as it is then.</returns>
    /// <exception cref="TidemarkException">Code <c>RUN_UNKNOWN</c>.</exception>
    /// <exception cref="OperationCanceledException">Nobody wants to follow it any more.</exception>
    public async Task<RecordedRunDetail> FollowAsync(
        RunDetailRequest request,
        IRunFollower follower,
        CancellationToken stop
    )
    {
        var run = await history.ShowAsync(request, stop);
        var id = run.Run.Row.Id;
        follower.Begins(run);
        var ended = run.Steps.Where(step => step.FinishedAt is not null).ToArray();
        var seen = ended.Select(step => (step.StepId, step.FinishedAt)).ToHashSet(); // what was before is only counted
        var since = (ended.Max(step => step.FinishedAt) - s_late) ?? DateTimeOffset.MinValue;
        var isSettling = false;
        using var timer = new PeriodicTimer(LooksEvery, clock);
        while (true)
        {
            foreach (var step in await store.StepsEndedAsync(id, since, stop))
            {
                if (seen.Add((step.StepId, step.FinishedAt)))
                {
                    follower.Ended(step);
                    since = step.FinishedAt - s_late > since ? step.FinishedAt!.Value - s_late : since;
                }
            }

            if (IsOver(run))
            {
                return run;
            }

            if (run.Story.End == RunEnd.Settling && !isSettling)
            {
                isSettling = true;
                follower.Settles(run);
            }

            await timer.WaitForNextTickAsync(stop);
            run = await history.ShowAsync(new RunDetailRequest(id), stop);
        }
    }

    // The build comes last: until then its job is at work, or its process is gone.
    private static bool IsOver(RecordedRunDetail run) =>
        run.Story.End switch
        {
            RunEnd.Running or RunEnd.Settling => false,
            RunEnd.Blocked or RunEnd.Killed => true,
            _ => run.Story.Facts.Derived is not null || !run.Story.IsJobAtWork,
        };
}
