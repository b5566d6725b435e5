using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>In which order the units of several datasets go.</summary>
public sealed class UnitOrderTests : PlanningRig
{
    private const int Symbols = 200;

    private static readonly DateOnly[] s_days =
    [
        .. WatchedMarket.Calendar.OpenDaysBetween(new DateOnly(2024, 2, 1), new DateOnly(2024, 6, 12)).ToArray(),
    ];

    private static readonly int s_recentFrom = s_days.Length - PlanRequest.RecentTradingDays;

    [Fact]
    public async Task Order_OfADatasetByManySymbols_StarvesNeitherTheNewDaysOfOthersNorTheirHistory()
    {
        Listed = [.. Enumerable.Range(0, Symbols).Select(i => new ListedSymbol($"{i:D6}.SZ"))];
        var bySymbol = Registry.Get("tushare.stk_mins");

        var plan = await PlanAsync(
            Lake(),
            Request("2024-01-02", null, bySymbol, Daily, Registry.Get("tushare.adj_factor"))
        );

        var order = plan.Units.Select(u => u.Id).ToList();
        order.Count(u => u.Dataset == bySymbol.Id).ShouldBe(6 * Symbols, "a unit a symbol and month");
        var newest = order.FindLastIndex(u => u.Dataset == Daily.Id && u.Day >= s_days[s_recentFrom]);
        newest.ShouldBeLessThan(3 * PlanRequest.RecentTradingDays, "a third of the turns was theirs");
        var days = order.Count(u => u.Dataset == Daily.Id);
        order
            .FindLastIndex(u => u.Dataset == Daily.Id)
            .ShouldBeLessThan(3 * days, "history takes turns, too, and is over as if nobody else had more");
        order
            .Take(3)
            .Min(u => u.LastDay)
            .ShouldBeGreaterThanOrEqualTo(s_days[^1], "the newest day comes first in all datasets");
    }

    [Fact]
    public void Order_OfWhatOnlyThePresentHas_IsBeforeAllElse()
    {
        var list = Unit(List, s_days[^1], Urgency.PresentOnly);

        UnitOrder
            .Of([Unit(Daily, s_days[^1], Urgency.Recent), list])
            .ShouldBe([list, Unit(Daily, s_days[^1], Urgency.Recent)]);
    }

    [Fact]
    public void Order_OfAnyUnits_HasEachOnceInTheOrderOfItsDatasetAndNoDatasetWaitsForManyOfAnother() =>
        Prop.ForAll(
                (
                    from one in Gen.Choose(0, s_days.Length - 1).ListOf()
                    from other in Gen.Choose(0, s_days.Length - 1).ListOf()
                    from parts in Gen.Choose(0, 60)
                    select (one, other, parts)
                ).ToArbitrary(),
                drawn =>
                {
                    PlannedUnit[] units =
                    [
                        .. Of("b.one", drawn.one),
                        .. Of("c.other", drawn.other),
                        .. Enumerable
                            .Range(0, drawn.parts)
                            .Select(i => Unit("a.by_symbol", s_days[^1], Urgency.Recent, $"{i:D3}")),
                    ];

                    var order = UnitOrder.Of(units);

                    order.ShouldBe(units, ignoreOrder: true);
                    foreach (var dataset in order.ToLookup(u => u.Dataset.Id))
                    {
                        ShouldBeInOrder([.. dataset]);
                    }

                    ShouldTakeTurns(order);
                }
            )
            .Check(Config.QuickThrowOnFailure);

    /// <summary>Recent units newest first, then history oldest first.</summary>
    private static void ShouldBeInOrder(IReadOnlyList<PlannedUnit> units)
    {
        for (var i = 1; i < units.Count; i++)
        {
            var (before, after) = (units[i - 1], units[i]);
            ((int)after.Urgency).ShouldBeGreaterThanOrEqualTo((int)before.Urgency);
            if (after.Urgency == before.Urgency)
            {
                (
                    after.Urgency == Urgency.Recent ? before.Through >= after.Through : before.Through <= after.Through
                ).ShouldBeTrue();
            }
        }
    }

    /// <summary>
    /// Between two units of a dataset another has at most one for each turn: in history one, of recent days one for
    /// each day that the dataset does not want.
    /// </summary>
    private static void ShouldTakeTurns(IReadOnlyList<PlannedUnit> order)
    {
        foreach (var dataset in order.Select(u => u.Dataset.Id).Distinct())
        {
            var since = new Dictionary<string, int>(StringComparer.Ordinal);
            var before = Urgency.Recent;
            foreach (var unit in order)
            {
                if (unit.Dataset.Id != dataset)
                {
                    since[unit.Dataset.Id] = since.GetValueOrDefault(unit.Dataset.Id) + 1;
                    continue;
                }

                var turns = before == Urgency.History ? 1 : PlanRequest.RecentTradingDays + 1;
                since.Values.ShouldAllBe(waited => waited <= turns);
                since.Clear();
                before = unit.Urgency;
            }
        }
    }

    private static IEnumerable<PlannedUnit> Of(string dataset, IEnumerable<int> days) =>
        days.Distinct()
            .Select(day => Unit(dataset, s_days[day], day >= s_recentFrom ? Urgency.Recent : Urgency.History));

    private static PlannedUnit Unit(string dataset, DateOnly day, Urgency urgency, string? part = null) =>
        Unit(Daily with { Id = dataset }, day, urgency, part);

    private static PlannedUnit Unit(DatasetDefinition dataset, DateOnly day, Urgency urgency, string? part = null) =>
        new(dataset, new UnitId(dataset.Id, UnitPeriod.OfDay(day), part), default) { Urgency = urgency };
}
