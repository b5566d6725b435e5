using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Whatever is in the lake, the plan for named symbols takes no more calls than the days would, and covers each symbol
/// on each of these days. Where all that is there is wanted again, the days of the symbols' own units are among it.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class CheapestAxisProperties : PlanningRig
{
    private static readonly DateOnly[] s_days =
    [
        .. WatchedMarket.Calendar.OpenDaysBetween(new DateOnly(2024, 5, 20), new DateOnly(2024, 6, 12)).ToArray(),
    ];

    private static readonly Gen<World> s_worlds =
        from days in Gen.SubListOf(s_days)
        from ranges in (
            from symbol in Gen.Elements("a", "b", "c")
            from first in Gen.Choose(0, s_days.Length - 1)
            from last in Gen.Choose(first, s_days.Length - 1)
            select new UnitId("tushare.daily", UnitPeriod.OfRange(s_days[first], s_days[last]), symbol)
        ).ListOf()
        from listed in Gen.Choose(0, s_days.Length - 1)
        from delisted in Gen.Choose(listed, s_days.Length - 1)
        from symbols in Gen.SubListOf("a", "b", "c")
        from first in Gen.Choose(0, s_days.Length - 1)
        from last in Gen.Choose(first, s_days.Length - 1)
        from again in Gen.Elements(false, true)
        from hasRange in Gen.Elements(false, true)
        select new World(
            [.. days],
            [.. ranges.Distinct()],
            [.. symbols],
            s_days[listed],
            s_days[delisted],
            s_days[first],
            s_days[last],
            again,
            hasRange || !again
        );

    private int _lakes;

    [Fact]
    public void Plan_ForNamedSymbols_TakesNoMoreCallsAndCoversTheSame() =>
        Prop.ForAll(s_worlds.ToArbitrary(), world => CheckAsync(world).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    private async Task CheckAsync(World world)
    {
        Listed = [new ListedSymbol("a"), new ListedSymbol("b", world.Listed, world.Delisted), new ListedSymbol("c")];
        var lake = Lake($"lake{_lakes++}");
        await CommitAsync(lake, Daily, world.Days);
        await CommitAsync(lake, Daily, world.Ranges);
        var request = Request(null, null, Daily) with
        {
            From = world.HasRange ? world.From : null,
            To = world.HasRange ? world.To : null,
            Again = world.Again,
            Symbols = world.Symbols,
        };

        var days = (await PlanAsync(lake, request)).Units;
        var chosen = (await PlanAsync(lake, request with { IsForSymbols = true })).Units;

        days.ShouldAllBe(u => u.Id.Part == null);
        DateOnly[] apart = [.. world.Symbols.SelectMany(world.BroughtBySymbol).Except(days.Select(d => d.Id.Day))];
        if (apart.Length == 0)
        {
            chosen.Count.ShouldBeLessThanOrEqualTo(days.Count, "each is one call");
        }

        chosen.Select(u => u.Id.Part == null).Distinct().Count().ShouldBeLessThan(2, "one axis at a time");
        foreach (var day in days.Select(u => u.Id))
        {
            foreach (var symbol in world.Symbols.Where(s => world.IsListed(s, day.Day)))
            {
                var pair = new UnitId(Daily.Id, day.Period, symbol);
                (
                    chosen.Any(u => u.Id.Overlaps(pair)) || (!world.Again && world.Ranges.Any(r => r.Overlaps(pair)))
                ).ShouldBeTrue($"{pair} of {world}");
            }
        }

        foreach (var symbol in world.Symbols)
        {
            foreach (
                var pair in world.BroughtBySymbol(symbol).Select(d => new UnitId(Daily.Id, UnitPeriod.OfDay(d), symbol))
            )
            {
                chosen.ShouldContain(u => u.Id.Overlaps(pair), $"{pair} of {world}");
            }
        }

        DateOnly[] all = [.. days.Select(d => d.Id.Day), .. apart];
        chosen.ShouldAllBe(u => u.Id.Day >= all.Min() && u.Id.LastDay <= all.Max());
    }

    private sealed record World(
        DateOnly[] Days,
        UnitId[] Ranges,
        string[] Symbols,
        DateOnly Listed,
        DateOnly Delisted,
        DateOnly From,
        DateOnly To,
        bool Again,
        bool HasRange
    )
    {
        /// <summary>The days of a symbol that its own units have, where all that is there is wanted again.</summary>
        public IEnumerable<DateOnly> BroughtBySymbol(string symbol) =>
            Again && !HasRange
                ? s_days.Where(d => IsListed(symbol, d) && Ranges.Any(r => r.Part == symbol && r.Period.Has(d)))
                : [];

        public bool IsListed(string symbol, DateOnly day) => symbol != "b" || (Listed <= day && day < Delisted);
    }
}
