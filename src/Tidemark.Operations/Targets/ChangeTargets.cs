using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Symbols.Targets;

namespace Tidemark.Operations.Targets;

/// <summary>
/// <c>targets add</c>, <c>remove</c>, <c>promote</c>: changes the targets that are kept in the control database. What the
/// workspace file names stays the file's. Each change is one or nothing.
/// </summary>
public sealed class ChangeTargets(
    PlannedTargets targets,
    TargetWishes wishes,
    TargetSettings settings,
    SymbolDirectory directory,
    TimeProvider clock
)
{
    /// <summary>How long a temporary target is one.</summary>
    public static readonly TimeSpan DefaultTtl = TimeSpan.FromDays(7);

    /// <summary>The longest.</summary>
    public static readonly TimeSpan LongestTtl = TimeSpan.FromDays(90);

    /// <summary>The shortest.</summary>
    public static readonly TimeSpan ShortestTtl = TimeSpan.FromDays(1);

    /// <exception cref="TidemarkException">
    /// <c>TARGETS_BAD_RULE</c>, <c>TARGETS_UNMATCHED</c>, <c>TAG_UNKNOWN</c>: nothing was changed.
    /// </exception>
    public async Task<TargetDiff> AddAsync(TargetWish wish, CancellationToken stop)
    {
        if (wish.Ttl is { } ttl && (ttl < ShortestTtl || ttl > LongestTtl))
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "TARGETS_BAD_RULE",
                "--ttl takes 1d to 90d. Nothing was changed."
            );
        }

        var rules = wish.ToRules(clock.GetUtcNow());
        var before = await targets.ResolveAsync(asOf: null, stop);
        await wishes.ResolveAsync(rules, stop);
        var book = await directory.ReadAsync(stop);
        string[] symbols = [.. wish.Symbols.Select(s => book.Find(s).Symbol ?? s).Distinct(StringComparer.Ordinal)];
        const string By = "targets add";
        if (wish.Ttl is { } length)
        {
            await settings.ChangeTempAsync((temp, now) => Touched(temp, symbols, now, length), By, stop);
            symbols = [];
        }

        if (symbols.Length + rules.Tags.Count + rules.Indexes.Count > 0)
        {
            await settings.ChangeAsync(config => Added(config, symbols, rules, wish.Watchlist), By, stop);
        }

        return TargetDiff.Of(before, await targets.ResolveAsync(asOf: null, stop));
    }

    /// <exception cref="TidemarkException">
    /// <c>TARGETS_ELSEWHERE</c>: something is not among what was added here; nothing was changed.
    /// </exception>
    public async Task<TargetDiff> RemoveAsync(TargetWish wish, CancellationToken stop)
    {
        var rules = wish.ToRules(clock.GetUtcNow());
        var before = await targets.ResolveAsync(asOf: null, stop);
        var book = await directory.ReadAsync(stop);
        var config = await settings.ConfigAsync(stop);
        var temp = wish.Watchlist is null ? await settings.TempAsync(stop) : TempTargets.None;
        var kept = Kept(config, wish.Watchlist).Concat(temp.Items.Select(t => t.Symbol)).ToArray();
        string[] elsewhere =
        [
            .. wish.Symbols.Where(s => !kept.Any(k => AreOne(book, k, s))).Select(s => Elsewhere(before, book, s)),
            .. rules.Tags.Where(t => !config.Tags.Contains(t.Text)).Select(t => $"tag:{t.Text}"),
            .. rules.Indexes.Where(i => !config.Indexes.Contains(i.ToString())).Select(i => $"index:{i}"),
        ];
        if (elsewhere.Length > 0)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "TARGETS_ELSEWHERE",
                $"Not among what `tidemark targets add` has added{(wish.Watchlist is { } list ? $" to watchlist:{list}" : "")}: {string.Join(", ", elsewhere)}. What pools.targets of tidemark.yaml names is taken out there. Nothing was changed."
            );
        }

        const string By = "targets remove";
        if (temp.Items.Any(t => wish.Symbols.Any(s => AreOne(book, t.Symbol, s))))
        {
            await settings.ChangeTempAsync((all, _) => Without(all, book, wish.Symbols), By, stop);
        }

        await settings.ChangeAsync(all => Without(all, book, wish, rules), By, stop);
        return TargetDiff.Of(before, await targets.ResolveAsync(asOf: null, stop));
    }

    /// <summary>Makes temporary targets permanent ones.</summary>
    /// <exception cref="TidemarkException"><c>TARGETS_ELSEWHERE</c>: one is no temporary target.</exception>
    public async Task<TargetDiff> PromoteAsync(IReadOnlyList<string> symbols, CancellationToken stop)
    {
        var before = await targets.ResolveAsync(asOf: null, stop);
        var book = await directory.ReadAsync(stop);
        var temp = await settings.TempAsync(stop);
        if (symbols.FirstOrDefault(s => !temp.Items.Any(t => AreOne(book, t.Symbol, s))) is { } none)
        {
            throw new TidemarkException(
                ErrorKind.BadRequest,
                "TARGETS_ELSEWHERE",
                $"{none} is no temporary target{(temp.Items.Count == 0 ? "" : $"; these are: {string.Join(", ", temp.Items.Select(t => t.Symbol))}")}. Nothing was changed."
            );
        }

        const string By = "targets promote";
        string[] promoted =
        [
            .. temp.Items.Where(t => symbols.Any(s => AreOne(book, t.Symbol, s))).Select(t => t.Symbol),
        ];
        // First the lasting one: where the second change fails, they are targets for both reasons.
        await settings.ChangeAsync(config => Added(config, promoted, TargetRules.None, watchlist: null), By, stop);
        await settings.ChangeTempAsync((all, _) => Without(all, book, symbols), By, stop);
        return TargetDiff.Of(before, await targets.ResolveAsync(asOf: null, stop));
    }

    private static TempTargets Touched(
        TempTargets temp,
        IReadOnlyList<string> symbols,
        DateTimeOffset now,
        TimeSpan ttl
    ) =>
        new([
            .. temp.Items.Where(i => !symbols.Contains(i.Symbol)),
            .. symbols.Select(s => new TempTarget(
                s,
                temp.Items.FirstOrDefault(i => i.Symbol == s)?.CreatedAt ?? now,
                now + ttl,
                now
            )),
        ]);

    private static TargetConfig Added(
        TargetConfig config,
        IReadOnlyList<string> symbols,
        TargetRules rules,
        string? watchlist
    )
    {
        var lists = config.Watchlists;
        if (watchlist is not null)
        {
            lists = With(lists, watchlist, [.. Kept(config, watchlist).Union(symbols, StringComparer.Ordinal)]);
            symbols = [];
        }

        return config with
        {
            Symbols = [.. config.Symbols.Union(symbols, StringComparer.Ordinal)],
            Tags = [.. config.Tags.Union(rules.Tags.Select(t => t.Text), StringComparer.Ordinal)],
            Indexes = [.. config.Indexes.Union(rules.Indexes.Select(i => i.ToString()), StringComparer.Ordinal)],
            Watchlists = lists,
        };
    }

    private static TargetConfig Without(TargetConfig config, SymbolBook book, TargetWish wish, TargetRules rules)
    {
        string[] Left(IEnumerable<string> symbols) =>
            [.. symbols.Where(k => !wish.Symbols.Any(s => AreOne(book, k, s)))];
        var isOfList = wish.Watchlist is not null;
        return config with
        {
            Symbols = isOfList ? config.Symbols : Left(config.Symbols),
            Tags = [.. config.Tags.Except(rules.Tags.Select(t => t.Text), StringComparer.Ordinal)],
            Indexes = [.. config.Indexes.Except(rules.Indexes.Select(i => i.ToString()), StringComparer.Ordinal)],
            Watchlists = isOfList
                ? With(config.Watchlists, wish.Watchlist!, Left(Kept(config, wish.Watchlist)))
                : config.Watchlists,
        };
    }

    private static TempTargets Without(TempTargets temp, SymbolBook book, IReadOnlyList<string> symbols) =>
        new([.. temp.Items.Where(t => !symbols.Any(s => AreOne(book, t.Symbol, s)))]);

    private static SortedDictionary<string, IReadOnlyList<string>> With(
        IReadOnlyDictionary<string, IReadOnlyList<string>> lists,
        string name,
        IReadOnlyList<string> symbols
    )
    {
        var all = new SortedDictionary<string, IReadOnlyList<string>>(
            lists.ToDictionary(StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        if (symbols.Count == 0)
        {
            all.Remove(name);
        }
        else
        {
            all[name] = symbols;
        }

        return all;
    }

    private static IReadOnlyList<string> Kept(TargetConfig config, string? watchlist) =>
        watchlist is null ? config.Symbols : config.Watchlists.GetValueOrDefault(watchlist) ?? [];

    private static bool AreOne(SymbolBook book, string kept, string typed) =>
        kept == typed || (book.Find(typed).Symbol is { } symbol && symbol == (book.Find(kept).Symbol ?? kept));

    private static string Elsewhere(TargetResolution now, SymbolBook book, string typed)
    {
        var symbol = book.Find(typed).Symbol ?? typed;
        return now.Targets.FirstOrDefault(t => t.Symbol == symbol) is { } target
            ? $"{typed} (a target by {string.Join(", ", target.Reasons)})"
            : $"{typed} (no target)";
    }
}
