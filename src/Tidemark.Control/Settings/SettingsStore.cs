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
    public const string CompletenessConfig = "completeness_config_v2";
    public const string BuiltTables = "built_tables_v1";
    public const string ShownPlans = "shown_plans_v1";
    public const string DemoMarket = "demo_market_v1";
}

/// <summary>Settings as JSON by key (<c>market_settings</c>). Property names are camel case. Thread-safe.</summary>
public sealed class SettingsStore(ControlDatabase database)
{
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
        where T : class
    {
        var values = await database.ReadAsync(
            session =>
                session.QueryAsync(
                    "select value from market_settings where key = @key",
                    reader => reader.GetString(0),
                    ("@key", key)
                ),
            cancellationToken
        );
        if (values.Count == 0)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(values[0], s_json);
        }
        catch (JsonException error)
        {
            throw new TidemarkException(
                ErrorKind.Schema,
                "SETTING_UNREADABLE",
                $"The setting '{key}' in {database.Path} is damaged: {error.Message} Remove it to return to the defaults: `sqlite3 {database.Path} \"delete from market_settings where key = '{key}'\"`, or with any other program for SQLite.",
                error
            );
        }
    }

    public Task SetAsync<T>(string key, T value, CancellationToken cancellationToken)
        where T : class =>
        database.WriteAsync(
            session =>
                session.ExecuteAsync(
                    """
                    insert into market_settings (key, value, updated_at) values (@key, @value, @now)
                    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
                    """,
                    ("@key", key),
                    ("@value", JsonSerializer.Serialize(value, s_json)),
                    ("@now", database.NowMilliseconds)
                ),
            cancellationToken
        );

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
