using Tidemark.Core.Datasets;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake;

namespace Tidemark.Ingest.Tests;

/// <summary>When lists are asked for again, and under which day.</summary>
public sealed class ListPlanningTests : PlanningRig
{
    [Fact]
    public async Task Plan_Snapshots_AreWantedOnceAnAsOfDay()
    {
        var lake = Lake();
        var list = List with { EmptyIsOrdinary = true };
        var request = Request("2024-01-02", null, list);
        (await PlanAsync(lake, request)).Units.ShouldHaveSingleItem();
        await CommitAsync(lake, list, [Day("2024-06-12")]);

        (await PlanAsync(lake, request)).Units.ShouldBeEmpty();
        Clock.UtcNow = Shanghai("2024-06-13", 12, 0); // not due yet
        (await PlanAsync(lake, request)).Units.ShouldBeEmpty();
        Clock.UtcNow = Shanghai("2024-06-13", 16, 30);
        (await PlanAsync(lake, request)).Units.ShouldHaveSingleItem().Id.Day.ShouldBe(Day("2024-06-13"));
        (await PlanAsync(lake, request with { RefreshSnapshots = false })).Units.ShouldBeEmpty();
        (await PlanAsync(lake, request with { AsOf = Day("2024-06-03") })).Units.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tushare.stock_basic")]
    [InlineData("tushare.trade_cal")]
    public async Task Plan_AListOfTheMorning_IsAskedForAgainOnceTheDaysIsDue(string dataset)
    {
        var list = Registry.Get(dataset) with { EmptyIsOrdinary = true };
        var lake = Lake();
        var request = Request("2024-01-02", null, list);
        Clock.UtcNow = Shanghai("2024-06-12", 9, 0);
        await CommitAsync(lake, list, [Day("2024-06-12")]);
        (await PlanAsync(lake, request)).Units.ShouldBeEmpty("it serves until the day's is due");
        Clock.UtcNow = Shanghai("2024-06-12", 16, 29);
        (await PlanAsync(lake, request)).Units.ShouldBeEmpty();

        Clock.UtcNow = Shanghai("2024-06-12", 16, 30);
        (await PlanAsync(lake, request)).Units.ShouldHaveSingleItem().Id.Day.ShouldBe(Day("2024-06-12"));
        (await PlanAsync(lake, request with { RefreshSnapshots = false })).Units.ShouldBeEmpty();
        Clock.UtcNow = Shanghai("2024-06-13", 9, 0);
        (await PlanAsync(lake, request)).Units.ShouldHaveSingleItem().Id.Day.ShouldBe(Day("2024-06-13"));
    }

    [Fact]
    public async Task Plan_AListThatWasReceivedAgainAsItStood_IsNotAskedForAThirdTime()
    {
        var list = List with { EmptyIsOrdinary = true };
        var lake = Lake();
        var request = Request("2024-01-02", null, list);
        Clock.UtcNow = Shanghai("2024-06-12", 9, 0);
        await ReceiveAsync(lake, list);
        Clock.UtcNow = Shanghai("2024-06-12", 19, 0);
        (await PlanAsync(lake, request)).Units.ShouldHaveSingleItem();

        await ReceiveAsync(lake, list); // the same rows

        Clock.UtcNow = Shanghai("2024-06-12", 21, 0);
        (await PlanAsync(lake, request)).Units.ShouldBeEmpty();
    }

    /// <summary>What a run commits that asks for today's list now.</summary>
    private Task ReceiveAsync(DataLake lake, DatasetDefinition list) =>
        CommitAsync(lake, list, [Day("2024-06-12")], new UnitReceipt(Clock.UtcNow, null));

    [Theory]
    [InlineData("2024-06-15", 12)] // a Saturday: the newest finished day is the Friday
    [InlineData("2024-06-13", 2)] // the 12th is the newest finished day, and it is the 13th already
    public async Task Plan_List_IsFiledUnderTheExchangesDateWhateverRangeIsAskedFor(string day, int hour)
    {
        Clock.UtcNow = Shanghai(day, hour, 0);
        PlanRequest[] requests =
        [
            Request("2024-06-03", null, List),
            Request("2023-01-03", "2023-03-31", List) with
            {
                RefreshSnapshots = false,
            },
            Request("2024-06-03", null, List) with
            {
                AsOf = Day("2024-06-05"),
            },
        ];

        foreach (var request in requests)
        {
            var unit = (await PlanAsync(Lake(), request)).Units.ShouldHaveSingleItem();

            unit.Id.Day.ShouldBe(Day(day));
            unit.EvidenceAt.ShouldBeLessThan(Clock.UtcNow, "what an empty list means is known since the day before");
        }
    }

    [Fact]
    public async Task Plan_ListsThatWereFiledUnderTheAsOfDay_ServeAsBefore()
    {
        var lake = Lake();
        Clock.UtcNow = Shanghai("2024-06-15", 12, 0); // Saturday
        await CommitAsync(lake, List, [Day("2024-06-14")]);

        (await PlanAsync(lake, Request("2024-06-03", null, List))).Units.ShouldBeEmpty();

        Clock.UtcNow = Shanghai("2024-06-17", 17, 0);
        (await PlanAsync(lake, Request("2024-06-03", null, List)))
            .Units.ShouldHaveSingleItem()
            .Id.Day.ShouldBe(Day("2024-06-17"));
    }

    [Fact]
    public async Task Plan_ListsOfThePastAgain_CannotBeHad()
    {
        var lake = Lake();
        await CommitAsync(lake, List, [Day("2024-06-07")]);

        var past = await PlanAsync(lake, Request("2024-06-03", "2024-06-07", List) with { Again = true });
        past.Units.ShouldBeEmpty();
        past.PastLists.ShouldBe([List.Id]);

        var present = await PlanAsync(lake, Request(null, null, List) with { Again = true });
        present.Units.ShouldHaveSingleItem().Id.Day.ShouldBe(Day("2024-06-12"));
    }
}
