using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tidemark.Control.Settings;

namespace Tidemark.Control.Schedules;

/// <summary>When the daily run of China begins.</summary>
/// <param name="IsEnabled">Whether it runs by itself at all.</param>
/// <param name="RunAt">The time of day, in <paramref name="TimeZone"/>.</param>
/// <param name="TimeZone">An IANA name.</param>
/// <param name="Scope"><c>targets</c>, <c>universe</c> or <c>both</c>.</param>
/// <param name="RunsOnStartup">Whether a process that begins to serve runs at once.</param>
/// <param name="CatchesUp">Whether it then runs for what was missed while none did.</param>
public sealed record SchedulerConfig(
    bool IsEnabled,
    TimeOnly RunAt,
    string TimeZone,
    string Scope,
    bool RunsOnStartup,
    bool CatchesUp
);

/// <summary>A schedule that somebody set.</summary>
/// <param name="Config">What holds.</param>
/// <param name="SetAt">When it was last changed.</param>
/// <param name="EffectiveAt">Since when its moments are what they are: time, zone, whether it runs at all.</param>
public sealed record SetSchedule(SchedulerConfig Config, DateTimeOffset SetAt, DateTimeOffset EffectiveAt);

/// <summary>
/// <c>ingest_scheduler_config_v1</c>: what somebody set for the schedule of this workspace. Without a row, what
/// <c>tidemark.yaml</c> says counts. Thread-safe.
/// </summary>
public sealed class SchedulerConfigs(ControlDatabase database)
{
    /// <summary>What was set; null when nothing was.</summary>
    public Task<SetSchedule?> ReadAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(ReadAsync, cancellationToken);

    /// <summary>Changes it, in one transaction with its history.</summary>
    /// <param name="otherwise">What holds where nothing was set.</param>
    /// <param name="change">Gets what holds; gives what holds from now on.</param>
    /// <param name="by">Who changes it.</param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    public Task<SchedulerConfig> ChangeAsync(
        SchedulerConfig otherwise,
        Func<SchedulerConfig, SchedulerConfig> change,
        string by,
        CancellationToken cancellationToken
    ) =>
        database.WriteAsync(
            async session =>
            {
                var set = await ReadAsync(session);
                var before = set?.Config ?? otherwise;
                var after = change(before);
                if (after == before && set is not null)
                {
                    return after;
                }

                await session.ExecuteAsync(
                    """
                    insert into ingest_scheduler_config_v1 (id, enabled, run_at, timezone, scope, run_on_startup, catch_up_missed, effective_at, updated_at)
                    values (1, @enabled, @run_at, @timezone, @scope, @startup, @catch_up, @effective, @now)
                    on conflict (id) do update set enabled = excluded.enabled, run_at = excluded.run_at, timezone = excluded.timezone,
                      scope = excluded.scope, run_on_startup = excluded.run_on_startup, catch_up_missed = excluded.catch_up_missed,
                      effective_at = excluded.effective_at, updated_at = excluded.updated_at
                    """,
                    ("@enabled", after.IsEnabled ? 1 : 0),
                    ("@run_at", Text(after.RunAt)),
                    ("@timezone", after.TimeZone),
                    ("@scope", after.Scope),
                    ("@startup", after.RunsOnStartup ? 1 : 0),
                    ("@catch_up", after.CatchesUp ? 1 : 0),
                    (
                        "@effective",
                        HasSameMoments(before, after)
                            ? set?.EffectiveAt.ToUnixTimeMilliseconds() ?? 0
                            : database.NowMilliseconds
                    ),
                    ("@now", database.NowMilliseconds)
                );
                await SettingChange.WriteAsync(
                    session,
                    SettingKeys.SchedulerConfig,
                    set is null ? null : JsonSerializer.Serialize(before),
                    JsonSerializer.Serialize(after),
                    by,
                    database.NowMilliseconds
                );
                return after;
            },
            cancellationToken
        );

    /// <summary>Returns to what <c>tidemark.yaml</c> says; false where nothing was set.</summary>
    public Task<bool> ResetAsync(string by, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                if ((await ReadAsync(session))?.Config is not { } before)
                {
                    return false;
                }

                await session.ExecuteAsync("delete from ingest_scheduler_config_v1 where id = 1");
                await SettingChange.WriteAsync(
                    session,
                    SettingKeys.SchedulerConfig,
                    JsonSerializer.Serialize(before),
                    "null",
                    by,
                    database.NowMilliseconds
                );
                return true;
            },
            cancellationToken
        );

    private static bool HasSameMoments(SchedulerConfig one, SchedulerConfig other) =>
        one.IsEnabled == other.IsEnabled && one.RunAt == other.RunAt && one.TimeZone == other.TimeZone;

    private static async Task<SetSchedule?> ReadAsync(ControlSession session)
    {
        var rows = await session.QueryAsync(
            "select enabled, run_at, timezone, scope, run_on_startup, catch_up_missed, updated_at, effective_at from ingest_scheduler_config_v1 where id = 1",
            reader => new SetSchedule(Read(reader), reader.Moment(6), reader.Moment(7))
        );
        return rows.SingleOrDefault();
    }

    private static SchedulerConfig Read(DbDataReader reader) =>
        new(
            reader.GetInt64(0) != 0,
            TimeOnly.ParseExact(reader.GetString(1), "HH:mm", CultureInfo.InvariantCulture),
            reader.GetString(2),
            reader.GetString(3),
            reader.GetInt64(4) != 0,
            reader.GetInt64(5) != 0
        );

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
