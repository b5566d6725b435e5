using Tidemark.Control.Settings;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Ingest.Preflight;

namespace Tidemark.Ingest.Modules;

/// <summary>
/// Reads what the decision on modules is made from: switches, source configuration, flags and the last probes. A stored
/// value that cannot be read is left as it is, told of, and its defaults count. Thread-safe.
/// </summary>
public sealed class ModulePlans(
    DatasetRegistry datasets,
    Switches switches,
    SettingsStore settings,
    ProbeBook book,
    TimeProvider clock
)
{
    /// <summary>The decision as of now. Asks no vendor.</summary>
    public async Task<ModulePlan> ReadAsync(CancellationToken stop)
    {
        var problems = new List<string>();
        var sources = await ReadAsync<SourceConfig>(SettingKeys.DataSourceConfig, problems, stop);
        var flags = await ReadAsync<RolloutFlags>(SettingKeys.RolloutFlags, problems, stop);
        var probes = await ProbesAsync(problems, stop);
        var now = clock.GetUtcNow();
        return ModulePlan.Of(
            new ModuleInput(datasets, switches, sources ?? SourceConfig.None, flags ?? RolloutFlags.Default)
            {
                Refused = probes
                    .Where(p => p.Value.IsRefusal)
                    .ToDictionary(
                        p => p.Key,
                        p => new AccessRefusal(p.Value.TestedAt!.Value, p.Value.Message ?? ""),
                        StringComparer.Ordinal
                    ),
                Proved = probes
                    .Where(p => IsRecent(p.Value.PassedAt, now))
                    .Select(p => p.Key)
                    .ToHashSet(StringComparer.Ordinal),
            }
        ) with
        {
            Problems = problems,
        };
    }

    private async Task<IReadOnlyDictionary<string, ProbeRecord>> ProbesAsync(
        List<string> problems,
        CancellationToken stop
    )
    {
        try
        {
            var special = datasets
                .All.Where(d => d.Flag == FlagNames.StkPremarket)
                .Select(d => d.Id)
                .ToHashSet(StringComparer.Ordinal);
            return await book.LastAsync(datasets.All, r => r.IsRefusal || special.Contains(r.DatasetId!), stop);
        }
        catch (TidemarkException e) when (e.Code == SettingsStore.UnreadableCode)
        {
            problems.Add(e.Message);
            return new Dictionary<string, ProbeRecord>();
        }
    }

    private static bool IsRecent(DateTimeOffset? at, DateTimeOffset now) =>
        at is { } tested && now - tested is var age && age >= TimeSpan.Zero && age < RolloutFlags.ProbeCountsFor;

    private async Task<T?> ReadAsync<T>(string key, List<string> problems, CancellationToken stop)
        where T : class
    {
        try
        {
            return await settings.GetAsync<T>(key, stop);
        }
        catch (TidemarkException e) when (e.Code == SettingsStore.UnreadableCode)
        {
            problems.Add($"{e.Message} Until then the defaults count.");
            return null;
        }
    }
}
