using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Targets;

/// <summary>A target whose reasons are others.</summary>
public sealed record ChangedTarget(string Symbol, IReadOnlyList<string> Before, IReadOnlyList<string> After);

/// <summary>What a change makes of the targets.</summary>
/// <param name="Added">Targets that were none.</param>
/// <param name="Removed">Those that are none any more, with their former reasons.</param>
/// <param name="Changed">Those that are targets for other reasons.</param>
/// <param name="After">All of them afterwards.</param>
public sealed record TargetDiff(
    IReadOnlyList<Target> Added,
    IReadOnlyList<Target> Removed,
    IReadOnlyList<ChangedTarget> Changed,
    TargetResolution After
)
{
    public static TargetDiff Of(TargetResolution before, TargetResolution after)
    {
        var was = before.Targets.ToDictionary(t => t.Symbol, StringComparer.Ordinal);
        var becomes = after.Targets.ToDictionary(t => t.Symbol, StringComparer.Ordinal);
        return new TargetDiff(
            [.. after.Targets.Where(t => !was.ContainsKey(t.Symbol))],
            [.. before.Targets.Where(t => !becomes.ContainsKey(t.Symbol))],
            [
                .. after
                    .Targets.Where(t => was.TryGetValue(t.Symbol, out var old) && !old.Reasons.SequenceEqual(t.Reasons))
                    .Select(t => new ChangedTarget(t.Symbol, was[t.Symbol].Reasons, t.Reasons)),
            ],
            after
        );
    }
}
