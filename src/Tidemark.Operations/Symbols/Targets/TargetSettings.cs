using System.Globalization;
using Tidemark.Control.Settings;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>What was added to the targets while the workspace ran: the setting <c>targets_config_v1</c>.</summary>
public sealed record TargetConfig
{
    public static TargetConfig None { get; } = new();

    public IReadOnlyList<string> Symbols { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>As <see cref="IndexRule"/> writes them.</summary>
    public IReadOnlyList<string> Indexes { get; init; } = [];

    /// <summary>The symbols of each, by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Watchlists { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>A symbol that is a target until a moment.</summary>
public sealed record TempTarget(
    string Symbol,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>Why it is a target: <c>temp:2024-06-19</c>, with the last day that it began as one.</summary>
    public string Reason =>
        string.Create(CultureInfo.InvariantCulture, $"temp:{ExpiresAt.UtcDateTime.AddTicks(-1):yyyy-MM-dd}");
}

/// <summary>The temporary targets: the setting <c>targets_temp_symbols_v1</c>.</summary>
public sealed record TempTargets(IReadOnlyList<TempTarget> Items)
{
    public static TempTargets None { get; } = new([]);

    /// <summary>Those that count at a moment.</summary>
    public TempTargets At(DateTimeOffset now) => new([.. Items.Where(i => i.ExpiresAt > now)]);
}

/// <summary>Reads and changes the targets that are kept in the control database. Thread-safe.</summary>
public sealed class TargetSettings(SettingsStore settings, TimeProvider clock)
{
    public async Task<TargetConfig> ConfigAsync(CancellationToken cancellationToken) =>
        await settings.GetAsync<TargetConfig>(SettingKeys.TargetsConfig, cancellationToken) ?? TargetConfig.None;

    /// <summary>Those that have not expired.</summary>
    public async Task<TempTargets> TempAsync(CancellationToken cancellationToken) =>
        (await settings.GetAsync<TempTargets>(SettingKeys.TargetsTemp, cancellationToken) ?? TempTargets.None).At(
            clock.GetUtcNow()
        );

    public Task<TargetConfig> ChangeAsync(
        Func<TargetConfig, TargetConfig> change,
        string by,
        CancellationToken cancellationToken
    ) =>
        settings.ChangeAsync<TargetConfig>(
            SettingKeys.TargetsConfig,
            before => change(before ?? TargetConfig.None),
            by,
            cancellationToken
        );

    /// <summary>Also forgets those that have expired.</summary>
    public Task<TempTargets> ChangeTempAsync(
        Func<TempTargets, DateTimeOffset, TempTargets> change,
        string by,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        return settings.ChangeAsync<TempTargets>(
            SettingKeys.TargetsTemp,
            before => change((before ?? TempTargets.None).At(now), now),
            by,
            cancellationToken
        );
    }
}
