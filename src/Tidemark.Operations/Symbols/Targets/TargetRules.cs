namespace Tidemark.Operations.Symbols.Targets;

/// <summary>A symbol that somebody named, with the rule that it comes from.</summary>
/// <param name="Typed">As it was typed.</param>
/// <param name="Reason"><c>explicit</c>, <c>file</c>, <c>watchlist:core</c>, <c>temp:2024-06-19</c>.</param>
public sealed record NamedTarget(string Typed, string Reason);

/// <summary>Everything that makes instruments targets, from the workspace file and from the settings.</summary>
public sealed record TargetRules(
    IReadOnlyList<NamedTarget> Named,
    IReadOnlyList<TagRule> Tags,
    IReadOnlyList<IndexRule> Indexes
)
{
    public const string Explicit = "explicit";
    public const string File = "file";

    public static TargetRules None { get; } = new([], [], []);

    public bool IsEmpty => Named.Count + Tags.Count + Indexes.Count == 0;

    public static string WatchlistReason(string name) => $"watchlist:{name}";

    public TargetRules And(TargetRules more) =>
        new(
            [.. Named.Concat(more.Named).Distinct()],
            [.. Tags.Concat(more.Tags).Distinct()],
            [.. Indexes.Concat(more.Indexes).Distinct()]
        );

    /// <summary>Those of the workspace file.</summary>
    /// <exception cref="Core.Errors.TidemarkException">A file is missing or has wrong lines.</exception>
    public static TargetRules Of(TargetPoolOptions options)
    {
        var named = new List<NamedTarget>();
        named.AddRange(options.Symbols.Select(s => new NamedTarget(s, Explicit)));
        if (options.FromFile is { } file)
        {
            named.AddRange(TargetFile.Read(file, "pools.targets.from_file").Select(s => new NamedTarget(s, File)));
        }

        foreach (var list in options.Watchlists)
        {
            var symbols = list.File is { } of
                ? list.Symbols.Concat(TargetFile.Read(of, $"pools.targets.watchlists.{list.Name}"))
                : list.Symbols;
            named.AddRange(symbols.Select(s => new NamedTarget(s, WatchlistReason(list.Name))));
        }

        return new TargetRules(
            [.. named.Where(n => n.Typed.Length > 0).Distinct()],
            [.. options.Tags.Distinct()],
            [.. options.Indexes.Distinct()]
        );
    }

    /// <summary>Those of the settings.</summary>
    public static TargetRules Of(TargetConfig config, TempTargets temp) =>
        new(
            [
                .. config
                    .Symbols.Select(s => new NamedTarget(s, Explicit))
                    .Concat(
                        config.Watchlists.SelectMany(l =>
                            l.Value.Select(s => new NamedTarget(s, WatchlistReason(l.Key)))
                        )
                    )
                    .Concat(temp.Items.Select(t => new NamedTarget(t.Symbol, t.Reason))),
            ],
            [.. config.Tags.Select(TagRule.TryParse).OfType<TagRule>()],
            [.. config.Indexes.Select(IndexRule.TryParse).OfType<IndexRule>()]
        );
}
