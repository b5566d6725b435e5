using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Axes;

/// <summary>
/// The canaries that are absent from days of a dataset although the vendor owes them: they are listed, and were not
/// halted as far as anybody knows. Immutable.
/// </summary>
internal sealed class OwedCanaries
{
    private readonly IReadOnlyDictionary<UnitId, IReadOnlyList<string>> _absent;

    private OwedCanaries(IReadOnlyDictionary<UnitId, IReadOnlyList<string>> absent) => _absent = absent;

    /// <summary>None is owed.</summary>
    public static OwedCanaries None { get; } = new(new Dictionary<UnitId, IReadOnlyList<string>>());

    /// <summary>Those that a day owes; empty when nothing is missing.</summary>
    public IReadOnlyList<string> Of(UnitId unit) => _absent.GetValueOrDefault(unit) ?? [];

    /// <summary>
    /// Reads the list only where a canary is absent. As long as there is none, and where it cannot be read, nothing is
    /// owed.
    /// </summary>
    /// <param name="dataset">A dataset of whole days.</param>
    /// <param name="snapshot">Its table.</param>
    /// <param name="lake">Where the trades are that tell halts.</param>
    /// <param name="lists">The lists.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<OwedCanaries> ReadAsync(
        DatasetDefinition dataset,
        TableSnapshot snapshot,
        DataLake lake,
        ISymbolLists lists,
        CancellationToken cancellationToken
    )
    {
        if (dataset.Canaries is not { } canaries || AbsentByDay(dataset, snapshot) is not { Count: > 0 } absent)
        {
            return None;
        }

        try
        {
            if (await lists.ReadAsync(canaries.List, canaries.Symbols, cancellationToken) is not { } listed)
            {
                return None;
            }

            var trades = canaries.Trades is { } other
                ? await lake.Table(TableDefinition.IdOf(other)).SnapshotAsync(cancellationToken)
                : null;
            return new OwedCanaries(
                absent.ToDictionary(
                    day => day.Key,
                    IReadOnlyList<string> (day) =>
                        [.. day.Value.Where(s => IsListed(s, day.Key.Day) && !IsHalted(s, day.Key.Day))]
                )
            );

            bool IsListed(string symbol, DateOnly day) =>
                listed.Any(s => s.Symbol == symbol && !(day < s.Listed) && !(day >= s.Delisted));
            // A day of trades without any tells nothing of halts.
            bool IsHalted(string symbol, DateOnly day) =>
                trades is not null
                && new UnitId(canaries.Trades!.Id, day) is var its
                && trades.RowsOf(its.ToString()) > 0
                && AbsentFrom(trades, its).Contains(symbol);
        }
        catch (TidemarkException e) when (e.Kind is ErrorKind.Storage or ErrorKind.Schema)
        {
            return None; // the lake's survey reports the table
        }
    }

    private static Dictionary<UnitId, IReadOnlyList<string>> AbsentByDay(
        DatasetDefinition dataset,
        TableSnapshot snapshot
    )
    {
        var days = new Dictionary<UnitId, IReadOnlyList<string>>();
        foreach (var text in snapshot.Units)
        {
            if (
                AbsentFrom(snapshot, text) is { Count: > 0 } absent
                && UnitId.TryParse(text, out var unit)
                && unit.Dataset == dataset.Id
            )
            {
                days[unit] = absent;
            }
        }

        return days;
    }

    private static IReadOnlyList<string> AbsentFrom(TableSnapshot snapshot, UnitId unit) =>
        AbsentFrom(snapshot, unit.ToString());

    private static IReadOnlyList<string> AbsentFrom(TableSnapshot snapshot, string unit) =>
        snapshot.SlicesOf(unit) is [var slice, ..] ? AbsentCanaries.Of(slice) : [];
}
