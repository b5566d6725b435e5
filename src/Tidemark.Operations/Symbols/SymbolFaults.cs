using System.Globalization;
using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Markets;

namespace Tidemark.Operations.Symbols;

/// <summary>A code that stands in rows and in no list.</summary>
/// <param name="Dataset">Where it stands.</param>
/// <param name="Code">The code.</param>
/// <param name="Rows">Rows with it.</param>
/// <param name="First">Its first day.</param>
/// <param name="Last">Its last day.</param>
/// <param name="List">The dataset of the list that should have it.</param>
public sealed record UnlistedCode(string Dataset, string Code, long Rows, DateOnly First, DateOnly Last, string List);

/// <summary>An instrument that its list named before, and names no longer, without a delisting.</summary>
/// <param name="Dataset">The list.</param>
/// <param name="Code">The instrument.</param>
/// <param name="LastNamed">The day of the newest list that names it.</param>
/// <param name="IsTarget">Whether the user follows it.</param>
public sealed record LostCode(string Dataset, string Code, DateOnly LastNamed, bool IsTarget);

/// <summary>What is wrong with symbols and codes.</summary>
/// <param name="Targets">The user's symbols that are in no list, or ambiguous.</param>
/// <param name="Lost">Instruments that the newest list of their kind has lost, targets first.</param>
/// <param name="Codes">Codes of rows that no list has, at most <see cref="SymbolFindings.CodesMax"/> a dataset.</param>
/// <param name="CodeCount">How many such codes there are.</param>
public sealed record SymbolFaults(
    IReadOnlyList<SymbolMatch> Targets,
    IReadOnlyList<LostCode> Lost,
    IReadOnlyList<UnlistedCode> Codes,
    int CodeCount
)
{
    /// <summary>A line for people each; empty when all is well.</summary>
    public IReadOnlyList<string> Lines =>
        [
            .. TargetLine is { } line ? [line] : Array.Empty<string>(),
            .. LostLine is { } lost ? [lost] : Array.Empty<string>(),
            .. CodeLine is { } codes ? [codes] : Array.Empty<string>(),
        ];

    /// <summary>The targets that nobody can follow; null when there are none.</summary>
    public string? TargetLine =>
        Targets.Count == 0
            ? null
            : $"targets that no list has: {string.Join(", ", Targets.Select(Describe))}. "
                + "Correct them in tidemark.yaml (pools.targets.symbols) or in the file that pools.targets.from_file names.";

    /// <summary>The instruments that left their lists; null when there are none.</summary>
    public string? LostLine
    {
        get
        {
            if (Lost.Count == 0)
            {
                return null;
            }

            var named = string.Join(
                ", ",
                Lost.Take(SymbolFindings.CodesMax)
                    .Select(l =>
                        $"{l.Code} ({(l.IsTarget ? "a target; " : "")}{l.Dataset}, last in the list of {l.LastNamed.ToIso()})"
                    )
            );
            var more = Lost.Count > SymbolFindings.CodesMax ? $" and {Lost.Count - SymbolFindings.CodesMax} more" : "";
            return $"codes that left their list without a delisting: {named}{more}. Their days since then are not_applicable (not_in_list); a list that names them again brings them back.";
        }
    }

    /// <summary>The codes that no list has; null when there are none.</summary>
    public string? CodeLine
    {
        get
        {
            if (CodeCount == 0)
            {
                return null;
            }

            var named = string.Join(
                ", ",
                Codes.Select(c =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{c.Code} ({c.Dataset}, {c.Rows} rows, {c.First.ToIso()} … {c.Last.ToIso()})"
                    )
                )
            );
            var more = CodeCount > Codes.Count ? $" and {CodeCount - Codes.Count} more" : "";
            var lists = string.Join(' ', Codes.Select(c => c.List).Distinct(StringComparer.Ordinal));
            return $"codes that no list has: {named}{more}. They count for no instrument; a newer list may know them: "
                + $"`tidemark refetch {lists}` fetches it.";
        }
    }

    /// <summary>Each of them by itself, with the days from and to which the rows tell of it.</summary>
    /// <param name="now">When it was looked for.</param>
    public IEnumerable<StoredFinding> Findings(DateTimeOffset now)
    {
        foreach (var target in Targets)
        {
            yield return Of(
                $"target {Describe(target)}",
                "No list has it. Correct it in tidemark.yaml (pools.targets.symbols) or in the file that pools.targets.from_file names.",
                now,
                now
            );
        }

        foreach (var lost in Lost)
        {
            yield return Of(
                $"{lost.Code} ({lost.Dataset})",
                $"It left its list without a delisting, in which it was last on {lost.LastNamed.ToIso()}. Its days since then are not_applicable (not_in_list); "
                    + "a list that names it again brings it back.",
                StartOf(lost.LastNamed),
                now
            );
        }

        foreach (var code in Codes)
        {
            yield return Of(
                $"{code.Code} ({code.Dataset})",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"No list has the code of {code.Rows} rows, {code.First.ToIso()} … {code.Last.ToIso()}. They count for no instrument; a newer list may know it: `tidemark refetch {code.List}` fetches it."
                ),
                StartOf(code.First),
                StartOf(code.Last)
            );
        }

        if (CodeCount > Codes.Count)
        {
            yield return Of(
                "other codes",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"No list has {CodeCount - Codes.Count} more codes of these datasets: perhaps a list is the wrong one."
                ),
                now,
                now
            );
        }
    }

    private static StoredFinding Of(string subject, string detail, DateTimeOffset first, DateTimeOffset last) =>
        new(FindingStore.Symbols, subject, detail, first, last);

    private static DateTimeOffset StartOf(DateOnly day) => new(day, default, TimeSpan.Zero);

    private static string Describe(SymbolMatch match) =>
        match.Candidates.Count == 0
            ? $"'{match.Typed}'"
            : $"'{match.Typed}' (may be {string.Join(" or ", match.Candidates)}: write it out)";
}
