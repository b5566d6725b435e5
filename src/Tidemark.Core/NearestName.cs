namespace Tidemark.Core;

/// <summary>What somebody who mistyped a name probably meant.</summary>
public static class NearestName
{
    /// <summary>
    /// The known name that has <paramref name="name"/> behind its dot; else the one with the fewest edits from it
    /// (insert, delete, replace, swap neighbours), or null when none is near: more than a third of the longer one would
    /// have to change. Case does not count.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        var all = known as IReadOnlyCollection<string> ?? [.. known];
        if (all.FirstOrDefault(c => c.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase)) is { } qualified)
        {
            return qualified;
        }

        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in all)
        {
            var distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            var limit = Math.Max(1, Math.Max(name.Length, candidate.Length) / 3);
            if (distance <= limit && distance < bestDistance)
            {
                best = candidate;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>"; did you mean 'x'?", or "; known: a, b" when nothing is near.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> known)
    {
        if (Find(name, known) is { } nearest)
        {
            return $"; did you mean '{nearest}'?";
        }

        return known.Count == 0 ? "" : $"; known: {string.Join(", ", known.Order(StringComparer.Ordinal))}";
    }

    /// <summary>The same where the sentence ends with it, with its full stop or question mark.</summary>
    public static string HintAtEnd(string name, IReadOnlyCollection<string> known) =>
        Hint(name, known) is var hint && hint.EndsWith('?') ? hint : hint + ".";

    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            table[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            table[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var edit = Math.Min(replace, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                table[i, j] = swapped ? Math.Min(edit, table[i - 2, j - 2] + 1) : edit;
            }
        }

        return table[a.Length, b.Length];
    }
}
