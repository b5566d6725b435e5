using System.Globalization;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Datasets;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes units that are not whole, one line per dataset: the days, what is missing, and what happens next or can be
/// done.
/// </summary>
internal static class UnitLines
{
    /// <summary>Lines for units that are tried again.</summary>
    /// <param name="state">The word for their state.</param>
    /// <param name="units">The units.</param>
    /// <param name="time">Formats moments.</param>
    /// <param name="isOfRange">
    /// Whether the run was about a range of its own: other runs try only the units in the plan again.
    /// </param>
    public static IEnumerable<string> Open(
        string state,
        IReadOnlyList<UnitAttempt> units,
        LocalTime time,
        bool isOfRange = false
    ) =>
        Groups(units)
            .Select(g =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{g.Text} {state}: {g.Reason}; {(isOfRange ? "of days that the plan wants " : "")}the next `tidemark run` tries again, a scheduled one{(g.NextAt is { } next ? $" from {time.Minute(next)} on" : "")}{(isOfRange ? "; of others `tidemark backfill` alone" : "")}"
                )
            );

    /// <summary>Lines for units that no run tries any more.</summary>
    public static IEnumerable<string> GivenUp(IReadOnlyList<UnitAttempt> units) =>
        Groups(units)
            .Select(g =>
                $"{g.Text} given up: {g.Reason}; `tidemark refetch {g.Dataset} --from {g.From.ToIso()} --to {g.To.ToIso()}` begins anew"
            );

    /// <summary>Names the units of one dataset: the only one, or their number with the first and last day.</summary>
    public static string Name(IReadOnlyList<UnitId> units)
    {
        var from = units.Min(u => u.Day);
        var to = units.Max(u => u.LastDay);
        return units.Count == 1
            ? $"{units[0]}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{units[0].Dataset}: {units.Count} units, {from.ToIso()} … {to.ToIso()}"
            );
    }

    private static IEnumerable<Group> Groups(IReadOnlyList<UnitAttempt> units) =>
        units
            .Select(u => (Attempt: u, IsUnit: UnitId.TryParse(u.Unit, out var id), Id: id))
            .Where(u => u.IsUnit)
            .GroupBy(u => u.Id.Dataset, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g =>
            {
                var newest = g.MaxBy(u => u.Id.LastDay);
                return new Group(
                    g.Key,
                    g.Min(u => u.Id.Day),
                    newest.Id.LastDay,
                    newest.Id,
                    g.Count(),
                    newest.Attempt.Reason,
                    g.Min(u => u.Attempt.NextAt)
                );
            });

    private sealed record Group(
        string Dataset,
        DateOnly From,
        DateOnly To,
        UnitId Newest,
        int Count,
        string NewestReason,
        DateTimeOffset? NextAt
    )
    {
        public string Text =>
            Count == 1
                ? $"{Newest}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Dataset}: {Count} units, {From.ToIso()} … {To.ToIso()},"
                );

        public string Reason => Count == 1 ? NewestReason : $"on the newest {NewestReason}";
    }
}
