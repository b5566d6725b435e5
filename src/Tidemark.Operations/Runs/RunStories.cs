using Tidemark.Control.Runs;
using Tidemark.Core.Runs;
using Tidemark.Ingest.Running;

namespace Tidemark.Operations.Runs;

/// <summary>How a run stands: its status, told apart further by what else is known.</summary>
public enum RunEnd
{
    /// <summary>Its units are being fetched.</summary>
    Running,

    /// <summary>Its units are done; the evaluation comes when all runs of the same job are through.</summary>
    Settling,
    Success,
    Partial,
    Failed,

    /// <summary>It did not begin.</summary>
    Blocked,
    Canceled,

    /// <summary>Its process is gone: before its units were done, or before they were evaluated.</summary>
    Killed,
}

/// <summary>How a run ended, and what came after it.</summary>
/// <param name="End">How it stands.</param>
/// <param name="Facts">What its row tells besides.</param>
/// <param name="LostAt">When its process was last heard of, where it is gone.</param>
/// <param name="NextAttemptAt">When a scheduled run tries its units again that are not whole; null where none is due.</param>
/// <param name="Next">The next run of its pool; null while there is none.</param>
/// <param name="IsJobAtWork">Whether the job that it belongs to is still at work: runs, their evaluation, the build.</param>
public sealed record RunStory(
    RunEnd End,
    RunFacts Facts,
    DateTimeOffset? LostAt,
    DateTimeOffset? NextAttemptAt,
    RunRow? Next,
    bool IsJobAtWork
);

/// <summary>Finds out how runs ended. Only reads.</summary>
public sealed class RunStories(RunStore store, UnitAttempts attempts, LaneStates lanes)
{
    private const string LaneLost = "LANE_LOST";

    /// <summary>The story of one run.</summary>
    public async Task<RunStory> OfAsync(RecordedRun run, CancellationToken stop)
    {
        var facts = RunFacts.Of(run.Row.MetaJson);
        var isAtWork = !run.IsInterrupted && await IsAtWorkAsync(run.Row, facts, stop);
        var end = EndOf(run, facts, isAtWork);
        return new RunStory(
            end,
            facts,
            end == RunEnd.Killed ? facts.LostAt ?? run.Row.HeartbeatAt : null,
            await NextAttemptAsync(facts, stop),
            await store.NextAsync(run.Row, stop),
            isAtWork
        );
    }

    /// <summary>In one word, as JSON has it.</summary>
    public static string Name(RunEnd end) => end.ToString().ToLowerInvariant();

    private static RunEnd EndOf(RecordedRun run, RunFacts facts, bool isAtWork) =>
        run.Row.Status switch
        {
            RunStatus.Running => run.IsInterrupted ? RunEnd.Killed : RunEnd.Running,
            RunStatus.Failed when facts.LostAt is not null => RunEnd.Killed,
            RunStatus.Failed when facts.BlockedStage is not null => RunEnd.Blocked,
            // Whoever took over the pool evaluates.
            _ when facts.IsSettled == false && facts.ErrorCode != LaneLost => isAtWork
                ? RunEnd.Settling
                : RunEnd.Killed,
            RunStatus.Success => RunEnd.Success,
            RunStatus.Partial => RunEnd.Partial,
            RunStatus.Canceled => RunEnd.Canceled,
            _ => RunEnd.Failed,
        };

    // A lane runs one job at a time, so that the one that began before the run, in its process, is the run's.
    private async Task<bool> IsAtWorkAsync(RunRow run, RunFacts facts, CancellationToken stop) =>
        (await lanes.ReadAsync(Lanes.Of(run.Scope), stop)).Job is { } job
        && job.StartedAt <= run.StartedAt
        && LeaseOwner.TryParse(job.Owner) is { IsDead: false } owner
        && owner.Place == facts.Process;

    private async Task<DateTimeOffset?> NextAttemptAsync(RunFacts facts, CancellationToken stop)
    {
        if (facts.Incomplete.Count == 0 && facts.Count("unitsFailed") is null or 0)
        {
            return null;
        }

        var open = await attempts.AllAsync(stop);
        return facts.Incomplete.Select(u => open.GetValueOrDefault(u.Unit)?.NextAt).Min();
    }
}
