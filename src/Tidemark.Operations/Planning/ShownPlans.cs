using System.Text.Json;
using Tidemark.Control.Settings;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;

namespace Tidemark.Operations.Planning;

/// <summary>
/// The requests of the plans that were shown last, by their tokens; kept in the control database. Thread-safe.
/// </summary>
public sealed class ShownPlans(SettingsStore settings, TimeProvider clock)
{
    /// <summary>Something has changed since a plan was shown.</summary>
    public const string MovedCode = "PLAN_MOVED";

    private const int Kept = 20;

    /// <summary>A request in one line, the same for equal requests.</summary>
    public static string TextOf(PreviewRequest request) => JsonSerializer.Serialize(Entry.Of("", default, 0, request));

    internal async Task KeepAsync(string token, PreviewRequest request, int units, CancellationToken stop)
    {
        var entry = Entry.Of(token, clock.GetUtcNow(), units, request);
        var others = (await ReadAsync(stop)).Where(other => other.Token != token).Take(Kept - 1);
        await settings.SetAsync(SettingKeys.ShownPlans, new Entries([entry, .. others]), stop);
    }

    /// <exception cref="TidemarkException">Code <c>PLAN_UNKNOWN</c>.</exception>
    internal async Task<(PreviewRequest Request, int Units)> FindAsync(string token, CancellationToken stop) =>
        (await ReadAsync(stop)).FirstOrDefault(entry => entry.Token == token) is { } entry
            ? (entry.ToRequest(), entry.Units)
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "PLAN_UNKNOWN",
                $"No plan '{token}' is among the last {Kept} that were shown in this workspace: `tidemark plan` shows one and names it."
            );

    internal static TidemarkException Moved(string token, int units, int now) =>
        new(
            ErrorKind.Conflict,
            MovedCode,
            $"The plan {token} had {units} units; by now {(now == units ? "others" : $"{now}")} are wanted. Nothing was fetched: look at a new one (`tidemark plan`)."
        );

    private async Task<IReadOnlyList<Entry>> ReadAsync(CancellationToken stop) =>
        (await settings.GetAsync<Entries>(SettingKeys.ShownPlans, stop))?.Plans ?? [];

    private sealed record Entries(IReadOnlyList<Entry> Plans);

    private sealed record Entry(
        string Token,
        DateTimeOffset At,
        int Units,
        string[] Pools,
        string[] Datasets,
        DateOnly? From,
        DateOnly? To,
        string[] Symbols,
        DateOnly? AsOf,
        int? Points
    )
    {
        public static Entry Of(string token, DateTimeOffset at, int units, PreviewRequest request) =>
            new(
                token,
                at,
                units,
                [.. request.Pools.Select(pool => pool.Name())],
                [.. request.Datasets],
                request.Days?.From,
                request.Days?.To,
                [.. request.Symbols],
                request.AsOf,
                request.Points
            );

        public PreviewRequest ToRequest() =>
            new([.. Pools.SelectMany(Core.Runs.Pools.Of)], Datasets)
            {
                Days = From is { } from && To is { } to ? (from, to) : null,
                Symbols = Symbols,
                AsOf = AsOf,
                Points = Points,
            };
    }
}
