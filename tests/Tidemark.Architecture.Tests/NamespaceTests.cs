using System.Text.RegularExpressions;

namespace Tidemark.Architecture.Tests;

/// <summary>
/// No circles between namespaces: what is below does not know what is above it. An arrow is a <c>using</c>, or a
/// parent's name that is seen without one, of which the file names a type.
/// </summary>
public sealed partial class NamespaceTests
{
    [Fact]
    public void Namespaces_HaveNoCircles() =>
        Circles(Arrows()).Select(c => string.Join(" ↔ ", c)).ShouldBeEmpty("what both need goes below them");

    private static SortedDictionary<string, HashSet<string>> Arrows()
    {
        var files = Repository
            .Files("src", "*.cs")
            .Select(Repository.Text)
            .Select(text => (Text: text, Space: Namespace().Match(text).Groups["name"].Value))
            .Where(f => f.Space.Length > 0)
            .ToArray();
        var types = files
            .SelectMany(f => Type().Matches(f.Text).Select(m => (f.Space, Name: m.Groups["name"].Value)))
            .Distinct()
            .ToLookup(t => t.Space, t => t.Name, StringComparer.Ordinal);
        var arrows = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (text, space) in files)
        {
            var seen = Using().Matches(text).Select(m => m.Groups["name"].Value).Concat(Parents(space));
            var words = Word().Matches(text).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
            arrows.TryAdd(space, []);
            arrows[space].UnionWith(seen.Where(u => u != space && types[u].Any(words.Contains)));
        }

        return arrows;
    }

    private static IEnumerable<string> Parents(string space)
    {
        for (var dot = space.LastIndexOf('.'); dot > "Tidemark".Length; dot = space.LastIndexOf('.', dot - 1))
        {
            yield return space[..dot];
        }
    }

    /// <summary>Namespaces that reach each other, each group in order.</summary>
    private static string[][] Circles(SortedDictionary<string, HashSet<string>> arrows)
    {
        var reached = arrows.Keys.ToDictionary(space => space, space => Reached(arrows, space));
        return
        [
            .. arrows
                .Keys.Where(space => reached[space].Contains(space))
                .GroupBy(space =>
                    string.Join(
                        ' ',
                        reached[space].Where(other => reached[other].Contains(space)).Order(StringComparer.Ordinal)
                    )
                )
                .Select(circle => circle.ToArray()),
        ];
    }

    private static HashSet<string> Reached(SortedDictionary<string, HashSet<string>> arrows, string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var space))
        {
            foreach (var next in arrows.GetValueOrDefault(space) ?? [])
            {
                if (reached.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return reached;
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^using (?:static )?(?<name>Tidemark[\w.]*);",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Using();

    [GeneratedRegex(
        @"\b(?:class|record|struct|interface|enum)\s+(?:(?:struct|class)\s+)?(?<name>[A-Z]\w*)",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Type();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
