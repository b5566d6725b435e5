namespace Tidemark.Simulator.Market;

/// <summary>A name and the days on which it holds.</summary>
/// <param name="Announced">The day on which it was announced; null for the name at listing.</param>
/// <param name="Until">The last day; null while it holds.</param>
internal readonly record struct NamePeriod(
    string Name,
    DateOnly From,
    DateOnly? Until,
    DateOnly? Announced,
    string Reason
);

/// <summary>The short names of a stock over time: renamings and special treatment.</summary>
internal static class StockNames
{
    /// <summary>The name of a day, with the mark of those that are gone.</summary>
    public static string At(StockListing stock, MarketDays days, DateOnly today)
    {
        var name = stock.EarlierName ?? stock.Name.Short;
        foreach (var period in Of(stock, days, today))
        {
            name = period.Name;
        }

        return stock.Instrument.DelistDate is { } gone && gone <= today ? $"{name}(退)" : name;
    }

    /// <summary>The name on an open day.</summary>
    public static string At(StockListing stock, MarketDays days, int position)
    {
        var spell = stock.Instrument.SpellAt(position);
        return spell is null ? Bare(stock, days, position) : spell.Value.Prefix + stock.Name.Short;
    }

    /// <summary>All names that had been announced by a day, oldest first.</summary>
    public static IEnumerable<NamePeriod> Of(StockListing stock, MarketDays days, DateOnly today)
    {
        var changes = Changes(stock, days).Where(c => c.Announced is null || c.Announced <= today).ToArray();
        for (var i = 0; i < changes.Length; i++)
        {
            var until = i + 1 < changes.Length ? changes[i + 1].From.AddDays(-1) : (DateOnly?)null;
            if (changes[i].From <= today || i == 0)
            {
                yield return changes[i] with
                {
                    Until = until,
                };
            }
        }
    }

    private static IEnumerable<NamePeriod> Changes(StockListing stock, MarketDays days)
    {
        var instrument = stock.Instrument;
        yield return new NamePeriod(stock.EarlierName ?? stock.Name.Short, instrument.ListDate, null, null, "其他");
        if (stock.EarlierName is not null && Change(days, instrument, RenamedAt(stock)) is { } renamed)
        {
            yield return renamed with
            {
                Name = stock.Name.Short,
                Reason = "改名",
            };
        }

        foreach (var spell in instrument.Spells)
        {
            if (Change(days, instrument, spell.Start) is { } begun)
            {
                yield return begun with
                {
                    Name = spell.Prefix + stock.Name.Short,
                    Reason = spell.Prefix,
                };
            }

            if (Change(days, instrument, spell.End) is { } ended)
            {
                yield return ended with
                {
                    Name = stock.Name.Short,
                    Reason = $"撤销{spell.Prefix}",
                };
            }
        }
    }

    private static NamePeriod? Change(MarketDays days, Instrument instrument, int position) =>
        position > 0 && position < Math.Min(instrument.End, days.Count)
            ? new NamePeriod("", days[position], null, days[position - 1], "")
            : null;

    private static string Bare(StockListing stock, MarketDays days, int position) =>
        stock.EarlierName is { } earlier && position < RenamedAt(stock) ? earlier : stock.Name.Short;

    private static int RenamedAt(StockListing stock) =>
        stock.Instrument.First + 60 + SeededHash.Index(SeededHash.Mix(stock.Instrument.Key, 2121), 2400);
}
