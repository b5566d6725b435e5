using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Modules;

namespace Tidemark.Operations.Modules;

/// <summary>The decision on modules in words.</summary>
public static class ModuleNotes
{
    /// <summary>A dataset needs a flag that naming it does not replace.</summary>
    public const string FlagRequiredCode = "FLAG_REQUIRED";

    /// <summary>A sentence for each kind of thing that is left out, or fetched in spite of a flag.</summary>
    /// <param name="decided">The decision.</param>
    /// <param name="named">The datasets that a person names; none for those of the plan.</param>
    public static IReadOnlyList<string> Of(ModulePlan decided, IReadOnlyCollection<DatasetDefinition> named)
    {
        if (named.Count > 0)
        {
            return [.. decided.Problems, .. decided.Overridden(named).Select(Overridden)];
        }

        return
        [
            .. decided.Problems,
            .. LeftOut(decided.LeftOut) is { } out1 ? new[] { out1 } : [],
            .. NotEntitled(decided.NotEntitled) is { } out2 ? new[] { out2 } : [],
        ];
    }

    /// <summary>The same for a plan, which has its own lines of what the account may not use.</summary>
    public static IReadOnlyList<string> OfPlan(ModulePlan decided, IReadOnlyCollection<DatasetDefinition> named) =>
        named.Count == 0
            ? [.. decided.Problems, .. LeftOut(decided.LeftOut) is { } left ? new[] { left } : []]
            : [.. Of(decided, named), .. decided.Forbidden(named).Select(Forbidden)];

    /// <summary>What flags leave out; null for nothing.</summary>
    public static string? LeftOut(IReadOnlyList<DatasetDecision> left)
    {
        if (left.Count == 0)
        {
            return null;
        }

        var flags = left.Select(d => d.ClosedBy!).Distinct().Order(StringComparer.Ordinal).ToArray();
        return $"outside the plan: {string.Join(", ", left.Select(d => $"{d.Dataset.Id} ({Why(d)})"))}. "
            + (
                left.FirstOrDefault(d => d.IsUnproved) is { } unproved
                    ? $"`{ProbeCommand(unproved.Dataset)}` asks the vendor."
                    : $"`tidemark flags set {flags[0]} on` {(flags.Length == 1 ? "brings it in" : "brings in what that one leaves out; `tidemark flags` lists them")}."
            );
    }

    /// <summary>What the account may not use; null for nothing.</summary>
    public static string? NotEntitled(IReadOnlyList<DatasetDecision> refused) =>
        refused.Count == 0
            ? null
            : $"not entitled: {string.Join(", ", refused.Select(d => $"{d.Dataset.Id} (refused on {DateOnly.FromDateTime(d.Refusal!.At.UtcDateTime).ToIso()})"))}. `tidemark preflight --all` asks again; runs do so once a week.";

    internal static string NothingSelected(ModulePlan decided) =>
        "No module is left to run: "
        + (
            LeftOut(decided.LeftOut)
            ?? "all are off in tidemark.yaml or in the source configuration; `tidemark sources` tells which and by whom."
        );

    internal static string Forbidden(DatasetDecision decision) =>
        $"{decision.Dataset.Id} needs the flag {decision.Dataset.Flag}, which naming it does not replace: its permission is sold by itself. "
        + HowToOpen(decision.Dataset);

    /// <summary>How the flag of a permission that is sold by itself is switched on.</summary>
    internal static string HowToOpen(DatasetDefinition dataset) =>
        $"Have it probed with `{ProbeCommand(dataset)}`; once that passes, `tidemark flags set {dataset.Flag} on`.";

    internal static string ProbeCommand(DatasetDefinition dataset) => $"tidemark sources test {dataset.Module}";

    private static string Overridden(DatasetDecision decision) =>
        $"{decision.Dataset.Id} is fetched because it is named; daily runs leave it out, for {Why(decision)} is off (`tidemark flags set {decision.ClosedBy} on`).";

    private static string Why(DatasetDecision decision) =>
        decision.IsUnproved
            ? $"{decision.ClosedBy}, without a passed probe of the last {RolloutFlags.ProbeCountsFor.Days} days"
            : decision.ClosedBy!;
}
