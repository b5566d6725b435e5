namespace Tidemark.Core.Markets;

/// <summary>A code as the lists of its market have had it.</summary>
/// <param name="Symbol">With its suffix: <c>830017.BJ</c>.</param>
/// <param name="FirstName">Its name in the first list that has it.</param>
/// <param name="LastName">Its name in the last one.</param>
/// <param name="Listed">The day on which the instrument was listed.</param>
/// <param name="FirstSeen">The day of the first list that has it.</param>
/// <param name="LastSeen">The day of the last one.</param>
public sealed record ListedCode(
    string Symbol,
    string? FirstName,
    string? LastName,
    DateOnly? Listed,
    DateOnly FirstSeen,
    DateOnly LastSeen
);

/// <summary>An instrument went on under another code.</summary>
/// <param name="Earlier">Until then.</param>
/// <param name="Later">From then on.</param>
/// <param name="KnownFrom">The day of the list that told it.</param>
public sealed record CodeChange(string Earlier, string Later, DateOnly KnownFrom);

/// <summary>
/// Joins a code that left the lists to the one that took its place, where nothing else can be meant: from one list to
/// the next, on one exchange, the same name and listing day, and no other code to which that applies.
/// <c>definitions/warehouse/dim/dim_instrument_code.sql</c> has the same rule; a test holds them together.
/// </summary>
public static class CodeChanges
{
    /// <param name="codes">Every code of one list.</param>
    /// <param name="listDays">The days of which there is a list.</param>
    public static IReadOnlyList<CodeChange> Find(IReadOnlyCollection<ListedCode> codes, IEnumerable<DateOnly> listDays)
    {
        var days = listDays.Distinct().Order().ToArray();
        var came = codes
            .Where(c => days.Length > 0 && c.FirstSeen > days[0])
            .ToLookup(c => (c.FirstSeen, Exchange(c.Symbol), c.Listed, NameOf(c.FirstName, c.Symbol)));
        var left = codes
            .Where(c => days.Length > 0 && c.LastSeen < days[^1] && c.Listed is not null && c.LastName is not null)
            .ToLookup(c => (Next(days, c.LastSeen), Exchange(c.Symbol), c.Listed, NameOf(c.LastName, c.Symbol)));
        return
        [
            .. left.Where(group => group.Count() == 1 && came[group.Key].Count() == 1)
                .Select(group => new CodeChange(
                    group.Single().Symbol,
                    came[group.Key].Single().Symbol,
                    group.Key.Item1
                ))
                .OrderBy(c => c.Earlier, StringComparer.Ordinal),
        ];
    }

    /// <summary>The newest code of every earlier one, also where it changed more than once.</summary>
    public static IReadOnlyDictionary<string, string> Newest(IEnumerable<CodeChange> changes)
    {
        // A code goes to one other. Should a code have come back after all, the way ends where it began.
        var next = changes.ToDictionary(c => c.Earlier, c => c.Later, StringComparer.Ordinal);
        var newest = new Dictionary<string, string>(next.Count, StringComparer.Ordinal);
        foreach (var (earlier, later) in next)
        {
            var last = later;
            for (var steps = 0; steps < next.Count && next.TryGetValue(last, out var after); steps++)
            {
                last = after;
            }

            newest[earlier] = last;
        }

        return newest;
    }

    private static DateOnly Next(DateOnly[] days, DateOnly day) => days[Array.BinarySearch(days, day) + 1];

    private static string Exchange(string symbol) => symbol[(symbol.LastIndexOf('.') + 1)..];

    // Some lists give the code for a name; that says nothing of who it is, and nothing against it.
    private static string? NameOf(string? name, string symbol) =>
        name?.Replace(symbol, "", StringComparison.Ordinal).Trim();
}
