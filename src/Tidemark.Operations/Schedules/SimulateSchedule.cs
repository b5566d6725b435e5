using Tidemark.Core.Datasets;
using Tidemark.Core.Runs;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Planning;
using Tidemark.Operations.Planning;

namespace Tidemark.Operations.Schedules;

/// <summary>A dataset that has a day which became due since the moment before.</summary>
/// <param name="Dataset">Its id.</param>
/// <param name="Day">The latest due day.</param>
public sealed record DueDataset(string Dataset, DateOnly Day);

/// <summary>A moment at which the schedule would run.</summary>
/// <param name="At">When.</param>
/// <param name="Scopes">The pools, in their order.</param>
/// <param name="Due">What became due since the moment before; empty on holidays, when only what is not whole is tried.</param>
public sealed record SimulatedFire(DateTimeOffset At, IReadOnlyList<Pool> Scopes, IReadOnlyList<DueDataset> Due);

/// <summary>
/// <c>schedule --simulate</c>: what would run on a day, by calendars alone. It runs nothing, asks no vendor, and reads
/// no table.
/// </summary>
public sealed class SimulateSchedule(
    ScheduleSettings settings,
    WorkspacePlan plan,
    ModulePlans modules,
    ExecutionPlanner planner,
    TimeProvider clock
)
{
    /// <summary>The moments of a day.</summary>
    /// <param name="day">As clocks in the schedule's zone count days; null for today.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<(StandingSchedule Schedule, IReadOnlyList<SimulatedFire> Fires)> RunAsync(
        DateOnly? day,
        CancellationToken cancellationToken
    )
    {
        var schedule = await settings.ReadAsync(cancellationToken);
        IReadOnlyList<DateTimeOffset> moments = schedule.Config.IsEnabled
            ? schedule.Times.On(day ?? Today(schedule))
            : [];
        var decided = await modules.ReadAsync(cancellationToken);
        var request = decided.Restrict(plan.ForRun(Pool.Universe, [], asOf: null), []);
        return (schedule, [.. moments.Select(at => Fire(schedule, request, at))]);
    }

    private DateOnly Today(StandingSchedule schedule) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), schedule.Times.Zone).DateTime);

    // Both pools want the days of the same datasets.
    private SimulatedFire Fire(StandingSchedule schedule, PlanRequest request, DateTimeOffset at)
    {
        var before = schedule.Times.Last(at - TimeSpan.FromTicks(1));
        var due = new SortedDictionary<string, DateOnly>(StringComparer.Ordinal);
        foreach (var dataset in request.Datasets)
        {
            if (DueSince(dataset, request, before, at) is { } day)
            {
                due[dataset.Id] = day;
            }
        }

        return new SimulatedFire(at, schedule.Scopes, [.. due.Select(d => new DueDataset(d.Key, d.Value))]);
    }

    private DateOnly? DueSince(DatasetDefinition dataset, PlanRequest request, DateTimeOffset before, DateTimeOffset at)
    {
        var day = planner.LastDay(dataset, request, at);
        return day > planner.LastDay(dataset, request, before) && !(day < request.From) ? day : null;
    }
}
