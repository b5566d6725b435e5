using Tidemark.Control.Runs;
using Tidemark.Control.Schedules;
using Tidemark.Operations.Jobs;

namespace Tidemark.Operations.Schedules;

/// <summary>The schedule, what comes next, what came of the last moments, and what runs now.</summary>
/// <param name="Schedule">What holds.</param>
/// <param name="Next">The next moment; null where it is off.</param>
/// <param name="Latest">The last moments that were taken up, newest first.</param>
/// <param name="Lanes">What each lane does now.</param>
public sealed record ScheduleOverview(
    StandingSchedule Schedule,
    DateTimeOffset? Next,
    IReadOnlyList<ScheduleFire> Latest,
    IReadOnlyList<LaneState> Lanes
);

/// <summary><c>schedule</c>: what would run when, and what became of it.</summary>
public sealed class ListSchedule(ScheduleSettings settings, ScheduleFires fires, ControlLanes lanes, TimeProvider clock)
{
    /// <param name="last">How many of the last moments.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<ScheduleOverview> RunAsync(int last, CancellationToken cancellationToken)
    {
        var schedule = await settings.ReadAsync(cancellationToken);
        return new ScheduleOverview(
            schedule,
            schedule.Config.IsEnabled ? schedule.Times.Next(clock.GetUtcNow()) : null,
            await fires.LatestAsync(ScheduleRunner.China, last, cancellationToken),
            await lanes.ReadAsync(cancellationToken)
        );
    }
}
