using Tidemark.Definitions.Yaml;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Hosting.Workspace;

/// <summary>Reads <c>pools.targets</c>.</summary>
internal static class TargetSection
{
    private const string Watchlists = "watchlists";
    private const string WatchlistFiles = "watchlist_files";

    public static TargetPoolOptions Read(YamlSection targets, WorkspaceValues values)
    {
        var file = targets.Text("from_file", "");
        return new TargetPoolOptions(Unique(targets, "symbols"), file.Length == 0 ? null : values.Absolute(file))
        {
            Tags = Rules(targets, "tags", TagRule.TryParse, TagRule.Expected),
            Indexes = Rules(targets, "indexes", IndexRule.TryParse, IndexRule.Expected),
            Watchlists =
            [
                .. targets.TextListMap(Watchlists).Select(l => new Watchlist(l.Key, l.Value)),
                .. targets.TextMap(WatchlistFiles).Select(f => new Watchlist(f.Key, [], values.Absolute(f.Value))),
            ],
        };
    }

    private static IReadOnlyList<string> Unique(YamlSection section, string key)
    {
        var texts = section.TextList(key) ?? [];
        foreach (var twice in texts.GroupBy(text => text).Where(group => group.Count() > 1))
        {
            section.Problem(key, $"names {twice.Key} twice");
        }

        return texts;
    }

    private static List<T> Rules<T>(YamlSection section, string key, Func<string, T?> parse, string expected)
        where T : class
    {
        var rules = new List<T>();
        foreach (var text in Unique(section, key))
        {
            if (parse(text) is { } rule)
            {
                rules.Add(rule);
            }
            else
            {
                section.Problem(key, $"names '{text}', expected {expected}");
            }
        }

        return rules;
    }
}
