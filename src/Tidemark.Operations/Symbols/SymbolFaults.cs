using System.Globalization;
using Tidemark.Control.Findings;
using Tidemark.Core;
using Tidemark.Core.Markets;

namespace Tidemark.Operations.Symbols;

/// <summary>A code of rows that no list has.</summary>
/// <param name="Code">The code.</param>
/// <param name="Datasets">The datasets with such rows.</param>
/// <param name="Rows">The number of rows with it.</param>
/// <param name="First">Its first day.</param>
/// <param name="Last">Its last day.</param>
/// <param name="List">The dataset of the list that should have it.</param>
public sealed record UnlistedCode(
    string Code,
    IReadOnlyList<string> Datasets,
    long Rows,
    DateOnly First,
    DateOnly Last,
    string List
);

/// <summary>A list of instruments that is not in the lake although rows of its instruments are.</summary>
/// <param name="Dataset">The list.</param>
/// <param name="Datasets">The datasets whose rows count for no instrument until it is there.</param>
public sealed record AbsentList(string Dataset, IReadOnlyList<string> Datasets);

/// <summary>An instrument that its list no longer names, although no delisting was announced.</summary>
/// <param name="Dataset">The list.</param>
/// <param name="Code">The instrument.</param>
/// <param name="LastNamed">The day of the newest list that names it.</param>
/// <param name="IsTarget">Whether it is one of the user's targets.</param>
public sealed record LostCode(string Dataset, string Code, DateOnly LastNamed, bool IsTarget);

/// <summary>The faults of symbols and codes.</summary>
/// <param name="Targets">The user's symbols that no list has, or that are ambiguous.</param>
/// <param name="Absent">Lists that are not there; codes that they would name are no mistakes.</param>
/// <param name="Unread">Lists that cannot be read, so that their codes are unknown.</param>
/// <param name="Lost">Instruments that the newest list of their kind has lost, targets first.</param>
/// <param name="Codes">Codes of rows that no list has, although their list is there.</param>
public sealed record SymbolFaults(
    IReadOnlyList<SymbolMatch> Targets,
    IReadOnlyList<AbsentList> Absent,
    IReadOnlyList<string> Unread,
    IReadOnlyList<LostCode> Lost,
    IReadOnlyList<UnlistedCode> Codes
)
{
    /// <summary>Whether any list is there to look up codes in.</summary>
    public bool HasLists { get; init; } = true;

    /// <summary>Tags and indexes that give no target.</summary>
    public IReadOnlyList<RuleFault> Rules { get; init; } = [];

    // No more than this many are named in a line: with a wrong list all of them are unknown.
    private const int NamedMax = 10;

    // A page of findings that a person can still read.
    private const int FindingsMax = 100;

    private const string CorrectTargets =
        "in tidemark.yaml (pools.targets.symbols) or in the file that pools.targets.from_file names.";

    /// <summary>One line for people for each kind of fault; empty when there is none.</summary>
    public IReadOnlyList<string> Lines =>
        [.. new[] { TargetLine, RuleLine, AbsentLine, LostLine, CodeLine }.OfType<string>()];

    /// <summary>Whether a target is unknown although every list is there; then it is spelled wrongly.</summary>
    public bool HasWrongTargets => Targets.Count > 0 && Waiting.Count == 0;

    /// <summary>The lists that may still name what no other list does.</summary>
    private IReadOnlyList<string> Waiting => [.. Absent.Select(l => l.Dataset), .. Unread];

    /// <summary>Names the targets that cannot be followed; null when there are none.</summary>
    public string? TargetLine =>
        Targets.Count == 0 ? null
        : Waiting.Count == 0 ? $"targets that no list has: {Named(Targets, Describe)}. Correct them {CorrectTargets}"
        : $"targets that no list has so far: {Named(Targets, Describe)}. {Of("Not there yet", [.. Absent.Select(l => l.Dataset)])}{Of("Cannot be read", Unread)}If these do not name them either, correct them {CorrectTargets}";

    private string? RuleLine =>
        Rules.Count == 0
            ? null
            : $"targets whose rule gives no instrument: {string.Join(" ", Rules.Take(NamedMax).Select(r => $"{r.Rule}: {r.Problem}"))}";

    private string? AbsentLine =>
        Absent.Count == 0
            ? null
            : $"lists that are not there: {Named(Absent, l => $"{l.Dataset} (for {string.Join(", ", l.Datasets)})")}. Without them these rows count for no instrument: "
                + $"`tidemark refetch {string.Join(' ', Absent.Select(l => l.Dataset))}` asks for them.";

    private string? LostLine =>
        Lost.Count == 0
            ? null
            : $"codes missing from their newest list without a delisting: {Named(Lost, l => $"{l.Code} ({(l.IsTarget ? "a target; " : "")}{l.Dataset}, last in the list of {l.LastNamed.ToIso()})")}. "
                + "Their days since then are not_applicable (not_in_list); a list that names them again brings them back.";

    private string? CodeLine =>
        Codes.Count == 0
            ? null
            : $"codes that no list has: {Named(Codes, c => $"{c.Code} ({Describe(c)})")}. They count for no instrument; a newer list may know them: "
                + $"`tidemark refetch {string.Join(' ', Codes.Select(c => c.List).Distinct(StringComparer.Ordinal))}` fetches it.";

    /// <summary>The faults one by one; for a code, with the first and last day of its rows.</summary>
    /// <param name="now">When they were found.</param>
    public IEnumerable<StoredFinding> Findings(DateTimeOffset now)
    {
        foreach (var target in HasWrongTargets ? Targets : [])
        {
            yield return Of($"target {Describe(target)}", $"No list has it. Correct it {CorrectTargets}", now, now);
        }

        foreach (var rule in Rules)
        {
            yield return Of($"target {rule.Rule}", $"It gives no instrument: {rule.Problem}", now, now);
        }

        foreach (var list in Absent)
        {
            yield return Of(
                list.Dataset,
                $"The list is not there, and without it the rows of {string.Join(", ", list.Datasets)} count for no instrument: `tidemark refetch {list.Dataset}` asks for it.",
                now,
                now
            );
        }

        foreach (var lost in Lost)
        {
            yield return Of(
                lost.Code,
                $"It left its list ({lost.Dataset}) without a delisting, in which it was last on {lost.LastNamed.ToIso()}. "
                    + "Its days since then are not_applicable (not_in_list); a list that names it again brings it back.",
                StartOf(lost.LastNamed),
                now
            );
        }

        foreach (var code in Codes.Take(FindingsMax))
        {
            yield return Of(
                code.Code,
                $"No list has it: {Describe(code)}. They count for no instrument; a newer list may know it: `tidemark refetch {code.List}` fetches it.",
                StartOf(code.First),
                StartOf(code.Last)
            );
        }

        if (Codes.Count > FindingsMax)
        {
            yield return Of(
                "other codes",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"No list has {Codes.Count - FindingsMax} more codes: perhaps a list is the wrong one."
                ),
                now,
                now
            );
        }
    }

    private static string Of(string state, IReadOnlyList<string> lists) =>
        lists.Count == 0 ? "" : $"{state}: {Named(lists, l => l)}. ";

    private static string Named<T>(IReadOnlyList<T> all, Func<T, string> name) =>
        string.Join(", ", all.Take(NamedMax).Select(name))
        + (
            all.Count > NamedMax ? string.Create(CultureInfo.InvariantCulture, $" and {all.Count - NamedMax} more") : ""
        );

    private static string Describe(UnlistedCode code) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{code.Rows} rows, {code.First.ToIso()} … {code.Last.ToIso()}, of {string.Join(", ", code.Datasets)}"
        );

    private static string Describe(SymbolMatch match) =>
        match.Candidates.Count == 0
            ? $"'{match.Typed}'"
            : $"'{match.Typed}' (may be {string.Join(" or ", match.Candidates)}: write it out)";

    private static StoredFinding Of(string subject, string detail, DateTimeOffset first, DateTimeOffset last) =>
        new(FindingStore.Symbols, subject, detail, first, last);

    private static DateTimeOffset StartOf(DateOnly day) => new(day, default, TimeSpan.Zero);
}
