using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Settings;

/// <summary>Keys of <c>market_settings</c> that users know.</summary>
public static class SettingKeys
{
    public const string RolloutFlags = "rollout_flags_v1";
    public const string DataSourceConfig = "data_source_config_v2";
    public const string DataSourceTests = "data_source_test_state_v1";
    public const string TargetsConfig = "targets_config_v1";
    public const string TargetsTemp = "targets_temp_symbols_v1";
    public const string CompletenessConfig = "completeness_config_v2";
    public const string BuiltTables = "built_tables_v1";
    public const string ShownPlans = "shown_plans_v1";
    public const string DemoMarket = "demo_market_v1";

    /// <summary>The table of this name; its changes are in the history of settings.</summary>
    public const string SchedulerConfig = "ingest_scheduler_config_v1";
}

/// <summary>One change of a setting.</summary>
/// <param name="Before">Its JSON before; null when it was not set.</param>
/// <param name="After">Its JSON from then on.</param>
/// <param name="By">Who changed it.</param>
/// <param name="At">When.</param>
public sealed record SettingChange(string? Before, string After, string By, DateTimeOffset At)
{
    internal static Task WriteAsync(
        ControlSession session,
        string key,
        string? before,
        string after,
        string by,
        long now
    ) =>
        session.ExecuteAsync(
            """
            insert into settings_history_v1 (key, change, value_before, value_after, changed_by, changed_at)
            select @key, coalesce(max(change), 0) + 1, cast(@before as text), @after, @by, cast(@now as bigint)
            from settings_history_v1 where key = @key
            """,
            ("@key", key),
            ("@before", before),
            ("@after", after),
            ("@by", by),
            ("@now", now)
        );
}

/// <summary>Settings as JSON by key (<c>market_settings</c>). Property names are camel case. Thread-safe.</summary>
public sealed class SettingsStore(ControlDatabase database)
{
    /// <summary>A stored value is not of its shape.</summary>
    public const string UnreadableCode = "SETTING_UNREADABLE";

    // Lists of names are read at every start: for them nothing is looked up in types.
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(NamesJson.Default, new DefaultJsonTypeInfoResolver()),
    };

    /// <summary>The value, or null when the key was never set.</summary>
    /// <exception cref="TidemarkException">
    /// <c>SETTING_UNREADABLE</c>: the stored value is not of this shape.
    /// </exception>
    public async Task<T?> GetAsync<T>(string key, CancellationToken cancellationToken)
        where T : class =>
        Parse<T>(key, await database.ReadAsync(session => ReadAsync(session, key), cancellationToken));

    public Task SetAsync<T>(string key, T value, CancellationToken cancellationToken)
        where T : class =>
        database.WriteAsync(
            session => WriteAsync(session, key, JsonSerializer.Serialize(value, s_json)),
            cancellationToken
        );

    /// <summary>
    /// Changes what a person decides: reads the setting, writes what becomes of it and a line of its history, all in
    /// one transaction, so that of two changes at once neither is lost. A change to the same value leaves no trace.
    /// </summary>
    /// <param name="key">Which.</param>
    /// <param name="change">
    /// Gets the present value, null when it was never set; gives the new one. May be asked again, when the database was
    /// away.
    /// </param>
    /// <param name="by">
    /// Who changes it: a command, a run, a user. Null for what the program notes by itself: that leaves no history.
    /// </param>
    /// <param name="cancellationToken">Stops the waiting for the database.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="TidemarkException">
    /// <c>SETTING_UNREADABLE</c>: the stored value is not of this shape.
    /// </exception>
    public Task<T> ChangeAsync<T>(string key, Func<T?, T> change, string? by, CancellationToken cancellationToken)
        where T : class =>
        database.WriteAsync(
            async session =>
            {
                var before = await ReadAsync(session, key);
                var value = change(Parse<T>(key, before));
                var after = JsonSerializer.Serialize(value, s_json);
                if (after != before)
                {
                    await WriteAsync(session, key, after);
                    if (by is not null)
                    {
                        await SettingChange.WriteAsync(session, key, before, after, by, database.NowMilliseconds);
                    }
                }

                return value;
            },
            cancellationToken
        );

    /// <summary>The changes of a setting, newest first.</summary>
    public Task<List<SettingChange>> HistoryAsync(string key, int last, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    """
                    select value_before, value_after, changed_by, changed_at from settings_history_v1
                    where key = @key order by change desc limit @last
                    """,
                    reader => new SettingChange(
                        reader.Text(0),
                        reader.GetString(1),
                        reader.GetString(2),
                        reader.Moment(3)
                    ),
                    ("@key", key),
                    ("@last", last)
                ),
            cancellationToken
        );

    private static async Task<string?> ReadAsync(ControlSession session, string key) =>
        (
            await session.QueryAsync(
                "select value from market_settings where key = @key",
                reader => reader.GetString(0),
                ("@key", key)
            )
        ).SingleOrDefault();

    private Task<int> WriteAsync(ControlSession session, string key, string value) =>
        session.ExecuteAsync(
            """
            insert into market_settings (key, value, updated_at) values (@key, @value, @now)
            on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
            """,
            ("@key", key),
            ("@value", value),
            ("@now", database.NowMilliseconds)
        );

    private T? Parse<T>(string key, string? value)
        where T : class
    {
        try
        {
            return value is null ? null : JsonSerializer.Deserialize<T>(value, s_json);
        }
        catch (JsonException error)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                UnreadableCode,
                $"The setting '{key}' in {database.Place} is damaged: {error.Message} Remove it to return to the defaults: "
                    + $"{database.AdviseSql($"delete from market_settings where key = '{key}'")}.",
                error
            );
        }
    }

    /// <summary>Whether there was something to remove.</summary>
    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
                await session.ExecuteAsync("delete from market_settings where key = @key", ("@key", key)) == 1,
            cancellationToken
        );
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class NamesJson : JsonSerializerContext;
