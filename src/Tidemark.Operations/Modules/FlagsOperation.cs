using System.Text.Json;
using Tidemark.Control.Settings;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Modules;

namespace Tidemark.Operations.Modules;

/// <summary>A flag of the rollout.</summary>
/// <param name="Name">A word of <see cref="FlagNames.All"/>.</param>
/// <param name="IsOn">Its value.</param>
/// <param name="Since">When it was last changed; null where it never was.</param>
/// <param name="By">Who changed it then.</param>
/// <param name="Modules">The modules that it governs, of all that are declared.</param>
/// <param name="LeavesOut">What daily runs would fetch of them if it were on.</param>
public sealed record FlagState(
    string Name,
    bool IsOn,
    DateTimeOffset? Since,
    string? By,
    IReadOnlyList<string> Modules,
    IReadOnlyList<string> LeavesOut
);

/// <summary>All flags.</summary>
/// <param name="Flags">In the order of the rollout.</param>
/// <param name="Problems">Why defaults are shown instead of what is stored; empty where they are not.</param>
public sealed record FlagsResponse(IReadOnlyList<FlagState> Flags, IReadOnlyList<string> Problems);

/// <summary>Switch flags.</summary>
/// <param name="Changes">By name; the others stay.</param>
/// <param name="By">Who does it.</param>
public sealed record SetFlagsRequest(IReadOnlyDictionary<string, bool> Changes, string By);

/// <summary><c>flags</c>, <c>flags set</c>: the flags of the rollout, each with who changed it.</summary>
public sealed class FlagsOperation(ModulePlans modules, SettingsStore settings, TimeProvider clock)
{
    /// <summary>A flag needs a passed probe, and there is none that is recent.</summary>
    public const string UnprovedCode = "FLAG_UNPROVED";

    private const int History = 1000;

    public async Task<FlagsResponse> ListAsync(CancellationToken stop)
    {
        var decided = await modules.ReadAsync(stop);
        var changes = await settings.HistoryAsync(SettingKeys.RolloutFlags, History, stop);
        return new FlagsResponse([.. FlagNames.All.Select(name => State(name, decided, changes))], decided.Problems);
    }

    /// <summary>Whether anybody ever decided about a flag.</summary>
    public async Task<bool> AreSetAsync(CancellationToken stop) =>
        await settings.GetAsync<RolloutFlags>(SettingKeys.RolloutFlags, stop) is not null;

    /// <exception cref="TidemarkException">
    /// <c>FLAG_UNKNOWN</c>; <c>FLAG_UNPROVED</c>; <c>SETTING_UNREADABLE</c>: what is stored is damaged, and is left as
    /// it is.
    /// </exception>
    public async Task<FlagsResponse> SetAsync(SetFlagsRequest request, CancellationToken stop)
    {
        foreach (var name in request.Changes.Keys.Where(name => !FlagNames.All.Contains(name)))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "FLAG_UNKNOWN",
                $"There is no flag '{name}'{NearestName.HintAtEnd(name, [.. FlagNames.All])}"
            );
        }

        if (request.Changes.GetValueOrDefault(FlagNames.StkPremarket))
        {
            EnsureProved(await modules.ReadAsync(stop));
        }

        await settings.ChangeAsync<RolloutFlags>(
            SettingKeys.RolloutFlags,
            flags => (flags ?? RolloutFlags.Default).With(request.Changes, clock.GetUtcNow()),
            request.By,
            stop
        );
        return await ListAsync(stop);
    }

    private static void EnsureProved(ModulePlan decided)
    {
        DatasetDefinition[] of =
        [
            .. decided.Decisions.Select(d => d.Dataset).Where(d => d.Flag == FlagNames.StkPremarket),
        ];
        if (of.Length > 0 && !of.Any(d => decided.Input.Proved.Contains(d.Id)))
        {
            throw new TidemarkException(
                ErrorKind.Permission,
                UnprovedCode,
                $"{FlagNames.StkPremarket} stays off: no probe of {string.Join(", ", of.Select(d => d.Id))} has passed with this account in the last {RolloutFlags.ProbeCountsFor.Days} days. {ModuleNotes.HowToOpen(of[0])}"
            );
        }
    }

    private static FlagState State(string name, ModulePlan decided, IReadOnlyList<SettingChange> changes)
    {
        var last = changes.FirstOrDefault(c => ValueOf(name, c.Before) != ValueOf(name, c.After));
        return new FlagState(
            name,
            decided.Input.Flags.IsOn(name),
            last?.At,
            last?.By,
            [.. decided.Modules.Where(m => m.Flags.Contains(name)).Select(m => m.Module)],
            [.. decided.LeftOut.Where(d => d.ClosedBy == name).Select(d => d.Dataset.Id)]
        );
    }

    private static bool ValueOf(string name, string? json)
    {
        try
        {
            return
                (json is null ? null : JsonSerializer.Deserialize<RolloutFlags>(json, JsonSerializerOptions.Web))
                    is { } flags
                ? flags.IsOn(name)
                : RolloutFlags.Default.IsOn(name);
        }
        catch (JsonException)
        {
            return RolloutFlags.Default.IsOn(name);
        }
    }
}
