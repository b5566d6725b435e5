using System.Globalization;
using Tidemark.Control.Schedules;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;

namespace Tidemark.Operations.Schedules;

/// <summary>What <c>tidemark.yaml</c> says of the schedule.</summary>
public sealed record ScheduleDefaults(SchedulerConfig Config);

/// <summary>The schedule in force.</summary>
/// <param name="Config">What holds.</param>
/// <param name="SetAt">When somebody set it; null where it is what <c>tidemark.yaml</c> says.</param>
/// <param name="EffectiveAt">Since when its moments are what they are; null for always.</param>
public sealed record StandingSchedule(SchedulerConfig Config, DateTimeOffset? SetAt, DateTimeOffset? EffectiveAt)
{
    /// <summary>Its moments.</summary>
    public DailyTimes Times { get; } = new(Config.RunAt, ScheduleSettings.ZoneOf(Config.TimeZone));

    /// <summary>Its pools, in the order in which they run.</summary>
    public IReadOnlyList<Pool> Scopes { get; } = Pools.Of(Config.Scope);
}

/// <summary>A change of the schedule; null is what stays.</summary>
/// <param name="At">The time of day, like <c>19:30</c>.</param>
/// <param name="TimeZone">An IANA name.</param>
/// <param name="Scope"><c>targets</c>, <c>universe</c> or <c>both</c>.</param>
/// <param name="IsEnabled">Whether it runs by itself.</param>
/// <param name="RunsOnStartup">Whether it runs when a process begins to serve.</param>
/// <param name="CatchesUp">Whether it then runs for what was missed.</param>
public sealed record ScheduleChange(
    string? At,
    string? TimeZone,
    string? Scope,
    bool? IsEnabled,
    bool? RunsOnStartup,
    bool? CatchesUp
);

/// <summary>Reads and changes the schedule. What was set goes before what <c>tidemark.yaml</c> says.</summary>
public sealed class ScheduleSettings(SchedulerConfigs configs, ScheduleDefaults defaults)
{
    private static readonly string[] s_times = ["HH:mm", "H:mm"];

    /// <summary>What holds now.</summary>
    public async Task<StandingSchedule> ReadAsync(CancellationToken cancellationToken) =>
        await configs.ReadAsync(cancellationToken) is { } set
            ? new StandingSchedule(set.Config, set.SetAt, set.EffectiveAt)
            : new StandingSchedule(defaults.Config, null, null);

    /// <summary>Changes it from now on; a process that serves sees it within a minute.</summary>
    /// <exception cref="TidemarkException">
    /// <c>SCHEDULE_INVALID</c>: no time of day, zone or scope. Nothing is changed then.
    /// </exception>
    public async Task<StandingSchedule> ChangeAsync(
        ScheduleChange change,
        string by,
        CancellationToken cancellationToken
    )
    {
        var at = change.At is { } time ? TimeOf(time) : (TimeOnly?)null;
        var zone = change.TimeZone is { } name ? ZoneOf(name).Id : null;
        if (change.Scope is { } scope && !Pools.Names.Contains(scope, StringComparer.Ordinal))
        {
            throw Invalid($"'{scope}' is no scope: {string.Join(", ", Pools.Names)} are");
        }

        await configs.ChangeAsync(
            defaults.Config,
            now =>
                now with
                {
                    IsEnabled = change.IsEnabled ?? now.IsEnabled,
                    RunAt = at ?? now.RunAt,
                    TimeZone = zone ?? now.TimeZone,
                    Scope = change.Scope ?? now.Scope,
                    RunsOnStartup = change.RunsOnStartup ?? now.RunsOnStartup,
                    CatchesUp = change.CatchesUp ?? now.CatchesUp,
                },
            by,
            cancellationToken
        );
        return await ReadAsync(cancellationToken);
    }

    /// <summary>Returns to what <c>tidemark.yaml</c> says; false where nothing was set.</summary>
    public Task<bool> ResetAsync(string by, CancellationToken cancellationToken) =>
        configs.ResetAsync(by, cancellationToken);

    internal static TimeZoneInfo ZoneOf(string name)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw Invalid($"'{name}' is no time zone of this machine, expected a name like Asia/Shanghai");
        }
    }

    private static TimeOnly TimeOf(string text) =>
        TimeOnly.TryParseExact(text, s_times, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw Invalid($"'{text}' is no time of day, expected one like 19:30, from 00:00 to 23:59");

    private static TidemarkException Invalid(string what) =>
        new(ErrorKind.BadRequest, "SCHEDULE_INVALID", $"{what}. Nothing was changed.");
}
