using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Tests;

/// <summary>Which units are planned and in which order, against a real lake.</summary>
public sealed class PlanningTests : PlanningRig
{
    [Fact]
    public async Task Plan_FreshLake_HasListsThenTheLastThirtyDaysNewestFirstThenTheRestOldestFirst()
    {
        var plan = await PlanAsync(Lake(), Request("2024-01-02", null, Daily, List));

        plan.AsOf.ShouldBe(Day("2024-06-12"));
        plan.Units[0].Id.ShouldBe(new UnitId(List.Id, Day("2024-06-12")));
        var open = WatchedMarket.Calendar.OpenDaysBetween(Day("2024-01-02"), Day("2024-06-12")).ToArray();
        plan.Units.Skip(1).Select(u => u.Id.Day).ShouldBe([.. open[^30..].Reverse(), .. open[..^30]]);
    }

    [Fact]
    public async Task Plan_TableIsDividedInAnotherWayThanDeclared_IsRefusedBeforeAnythingIsFetched()
    {
        var lake = Lake();
        await CommitAsync(lake, Daily, [Day("2024-01-02")]);

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            PlanAsync(lake, Request("2024-01-02", null, Daily with { IsKeptByMonth = true }))
        );

        error.Code.ShouldBe("SCHEMA_MISMATCH");
        error.Message.ShouldContain("is partitioned by dt in the lake and declared by month");
    }

    [Fact]
    public async Task Plan_HolesAnywhere_AreFilledAndOldOnesGoOldestFirst()
    {
        var lake = Lake();
        var open = WatchedMarket.Calendar.OpenDaysBetween(Day("2024-01-02"), Day("2024-06-12")).ToArray();
        DateOnly[] holes = [open[3], open[17], open[40], open[^2], open[^1]];
        await CommitAsync(lake, Daily, open.Except(holes));

        var plan = await PlanAsync(lake, Request("2024-01-02", null, Daily));

        plan.Units.Select(u => u.Id.Day).ShouldBe([open[^1], open[^2], open[3], open[17], open[40]]);
        plan.AlreadyCommitted.ShouldBe(open.Length - holes.Length);
    }

    [Fact]
    public async Task Plan_WithoutAFirstDay_WantsTheLastThirtyTradingDays()
    {
        var plan = await PlanAsync(Lake(), Request(null, null, Daily));

        plan.Units.Count.ShouldBe(PlanRequest.RecentTradingDays);
    }

    [Fact]
    public async Task Plan_EachUnit_SaysWhyItIsWanted()
    {
        var lake = Lake();
        var halts = Registry.Get("tushare.suspend_d");
        await CommitAsync(lake, Daily, [Day("2024-06-07"), Day("2024-06-11")]);
        await CommitAsync(lake, halts, [Day("2024-06-07"), Day("2024-06-11"), Day("2024-06-12")]);
        var partial = new UnitId(Daily.Id, Day("2024-06-11"));
        var verdicts = new Verdicts
        {
            Problems = new Dictionary<UnitId, string> { [partial] = "3 of 5,400 rows are missing" },
            Excuses = new[] { (Halt: new UnitId(halts.Id, partial.Day), partial) }.ToLookup(
                e => e.Halt,
                e => e.partial
            ),
        };

        var plan = await PlanAsync(lake, Request("2024-06-07", null, Daily, halts), verdicts);
        var again = await PlanAsync(lake, Request("2024-06-07", null, Daily) with { Again = true });

        plan.Units.Select(u => $"{u.Id} {u.Reason} {u.Problem}")
            .Order()
            .ShouldBe([
                "tushare.daily/2024-06-11 NotWhole 3 of 5,400 rows are missing",
                "tushare.daily/2024-06-12 Missing ",
                "tushare.suspend_d/2024-06-11 MayExcuse ",
            ]);
        again
            .Units.Select(u => (u.Id.Day.Day, u.Reason))
            .ShouldBe([(12, UnitReason.Missing), (11, UnitReason.Again), (7, UnitReason.Again)]);
    }

    [Fact]
    public async Task Plan_OnlyOfWhatWasShown_HasNothingElse()
    {
        var shown = new UnitId(Daily.Id, Day("2024-06-11"));

        var plan = await PlanAsync(
            Lake(),
            Request("2024-06-03", null, Daily) with
            {
                Only = new HashSet<UnitId> { shown, new(Daily.Id, Day("2024-01-02")) },
            }
        );

        plan.Units.ShouldHaveSingleItem().Id.ShouldBe(shown);
    }

    [Theory]
    [InlineData("tushare.daily", 1, 5400L)] // as declared
    [InlineData("tushare.stk_limit", 2, 7000L)] // more than a page
    [InlineData("tushare.cn_cpi", 1, 1L)]
    [InlineData("tushare.stk_premarket", 1, null)] // nobody knows how many
    public async Task Costs_OfAnEmptyLake_AreThoseOfTheDeclaration(string dataset, int calls, long? rows)
    {
        var lake = Lake();
        var plan = await PlanAsync(lake, Request("2024-05-31", "2024-05-31", Registry.Get(dataset)));

        var cost = (await new PlanCosts(lake).OfAsync(plan.Units, CancellationToken.None)).ShouldHaveSingleItem();

        (cost.Calls, cost.Rows).ShouldBe((calls, rows));
    }

    [Fact]
    public async Task Plan_BarsOfWeeks_WantsTheLastOpenDayOfEachWeekThatIsOver()
    {
        var plan = await PlanAsync(Lake(), Request("2024-04-29", null, Registry.Get("tushare.weekly")));

        // Tuesday the 30th: the days from Wednesday on were holidays. The 12th is a Wednesday.
        plan.Units.Select(u => u.Id.Day)
            .Order()
            .ShouldBe([.. "2024-04-30 2024-05-10 2024-05-17 2024-05-24 2024-05-31 2024-06-07".Split(' ').Select(Day)]);
        plan.AsOf.ShouldBe(Day("2024-06-07"));
    }

    [Theory]
    [InlineData("tushare.cn_cpi", true, "2024-02 2024-03 2024-04 2024-05")] // that of February came on March 12
    [InlineData("tushare.cn_cpi", false, "2024-04 2024-05")]
    [InlineData("tushare.cn_gdp", true, "2023Q4 2024Q1")]
    [InlineData("tushare.cn_gdp", false, "")] // the second quarter is not over
    public async Task Plan_Publications_BeginWithWhatWasKnownOnTheFirstDay(
        string dataset,
        bool wantsKnownBefore,
        string expected
    )
    {
        var request = Request("2024-04-01", null, Registry.Get(dataset)) with { WantsKnownBefore = wantsKnownBefore };

        var plan = await PlanAsync(Lake(), request);

        string.Join(' ', plan.Units.Select(u => u.Id.Period).Order()).ShouldBe(expected);
    }

    [Theory]
    [InlineData(null, "2024-06-12", true)] // June is asked for again tomorrow, so that nothing is no fault
    [InlineData("2024-06-05", "2024-06-05", true)]
    [InlineData("2024-05-31", "2024-05-31", false)] // May is over, and its last announcements may be late
    public async Task Plan_Stretches_EndWithTheLastWantedDayAndMayBeEarlyOnceTheyAreOver(
        string? to,
        string through,
        bool isEvidenceAtOnce
    )
    {
        var plan = await PlanAsync(Lake(), Request("2024-05-30", to, Registry.Get("tushare.monthly")));

        var last = plan.Units.MaxBy(u => u.Id)!;
        last.Through.ShouldBe(Day(through));
        (last.EvidenceAt < Clock.UtcNow && last.EvidenceAt.Year < 2024).ShouldBe(isEvidenceAtOnce);
    }

    [Theory]
    [InlineData("2024-06-12", 16, 29, "2024-06-11")] // a minute before it is due
    [InlineData("2024-06-12", 16, 30, "2024-06-12")]
    [InlineData("2024-06-13", 0, 30, "2024-06-12")] // still the 12th in UTC
    [InlineData("2024-06-13", 7, 59, "2024-06-12")]
    [InlineData("2024-06-15", 12, 0, "2024-06-14")] // a Saturday
    [InlineData("2024-06-10", 20, 0, "2024-06-07")] // a holiday: the Friday before counts
    public async Task Plan_AsOf_IsTheLatestFinishedDayOfTheExchange(string day, int hour, int minute, string expected)
    {
        Clock.UtcNow = Shanghai(day, hour, minute);

        (await PlanAsync(Lake(), Request(null, null, Daily))).AsOf.ShouldBe(Day(expected));
    }

    [Fact]
    public async Task Plan_DatasetsDueAtDifferentTimes_EachEndAtTheirOwnDay()
    {
        Clock.UtcNow = Shanghai("2024-06-12", 16, 45); // bars are due at 16:30, valuation at 17:00

        var plan = await PlanAsync(Lake(), Request("2024-06-11", null, Daily, Registry.Get("tushare.daily_basic")));

        plan.Units.Select(u => u.Id.ToString())
            .ShouldBe(["tushare.daily/2024-06-12", "tushare.daily/2024-06-11", "tushare.daily_basic/2024-06-11"]);
    }

    [Fact]
    public async Task Plan_UnitsEvidence_CountsFromTheGraceOn()
    {
        var plan = await PlanAsync(Lake(), Request("2024-06-12", null, Daily));

        plan.Units.ShouldHaveSingleItem().EvidenceAt.ShouldBe(Shanghai("2024-06-12", 18, 30));
    }

    [Fact]
    public async Task Plan_LastDayBesideAnAsOfDay_TheEarlierOneCounts()
    {
        var request = Request("2024-06-03", "2024-06-05", Daily);

        (await PlanAsync(Lake(), request with { AsOf = Day("2024-06-07") })).AsOf.ShouldBe(Day("2024-06-05"));
        (await PlanAsync(Lake(), request with { AsOf = Day("2024-06-04") })).AsOf.ShouldBe(Day("2024-06-04"));
        (await PlanAsync(Lake(), request with { To = null, AsOf = Day("2024-06-10") })).AsOf.ShouldBe(
            Day("2024-06-07")
        );
    }

    [Fact]
    public async Task Plan_ClockPastTheCalendarsEnd_IsAnErrorAndNoGuess()
    {
        Clock.UtcNow = Shanghai("2027-01-05", 20, 0);

        var error = await Should.ThrowAsync<TidemarkException>(() => PlanAsync(Lake(), Request(null, null, Daily)));

        error.Code.ShouldBe("CALENDAR_RANGE");
        error.Message.ShouldContain("knows 1990-12-19 to 2026-12-31, not 2027-01-05");
        error.Message.ShouldContain("calendars/XSHG.csv");
    }

    [Fact]
    public async Task Plan_ThatEndedBeforeTheCalendarDid_IsGoodForEver()
    {
        Clock.UtcNow = Shanghai("2027-01-05", 20, 0);

        (await PlanAsync(Lake(), Request("2026-12-30", "2026-12-31", Daily))).AsOf.ShouldBe(Day("2026-12-31"));
        (await PlanAsync(Lake(), Request("2026-12-30", null, Daily) with { AsOf = Day("2026-12-30") })).AsOf.ShouldBe(
            Day("2026-12-30")
        );
    }

    [Fact]
    public async Task Plan_UnknownCalendar_IsAnErrorWithTheKnownOnes()
    {
        var error = await Should.ThrowAsync<TidemarkException>(() =>
            PlanAsync(Lake(), Request(null, null, Daily with { Calendar = "XTST" }))
        );

        error.Code.ShouldBe("CALENDAR_UNKNOWN");
        error.Message.ShouldContain("known are XSHG");
    }

    [Theory]
    [InlineData(0, "the vendor had no row")]
    [InlineData(2, "2 rows came where 10 are usual")]
    [InlineData(1000, null)] // the client has asked for what follows
    [InlineData(5, null)]
    [InlineData(999, null)]
    public async Task Plan_DayThatNoCheckJudges_IsWholeUnlessItsRowsAreSuspicious(int rows, string? problem)
    {
        var lake = Lake();
        var factors = Registry.Get("tushare.adj_factor");
        var days = WatchedMarket.Calendar.OpenDaysBetween(Day("2024-06-03"), Day("2024-06-12")).ToArray();
        foreach (var day in days)
        {
            await CommitRowsAsync(lake, factors, day, day == days[^1] ? rows : 10);
        }

        var snapshot = await lake.Table(TableDefinition.Of(factors).Id).SnapshotAsync(default);
        UnitAxis
            .Of(factors)
            .Suspicion(new UnitId(factors.Id, days[^1]), new StandingUnits(factors, snapshot))
            ?.Split(',')[0]
            .ShouldBe(problem);
        var plan = await PlanAsync(lake, Request("2024-06-03", null, factors), new Verdicts { Judges = false });
        plan.Units.Select(u => u.Id.Day).ShouldBe(problem is null ? [] : [days[^1]]);
        plan.AlreadyCommitted.ShouldBe(days.Length - plan.Units.Count);

        var ordinary = factors with { EmptyIsOrdinary = true };
        (
            await PlanAsync(lake, Request("2024-06-03", null, ordinary), new Verdicts { Judges = false })
        ).Units.ShouldBeEmpty();
        var events = factors with { Key = [] };
        (
            await PlanAsync(lake, Request("2024-06-03", null, events), new Verdicts { Judges = false })
        ).Units.Count.ShouldBe(rows == 0 ? 1 : 0, "of single events a day has as many as there were");
    }

    [Fact]
    public void Plan_AnyCommittedDays_PlannedAndCommittedAreWhatIsWantedAndDisjoint()
    {
        var open = WatchedMarket.Calendar.OpenDaysBetween(Day("2024-03-01"), Day("2024-06-12")).ToArray();
        DatasetDefinition[] datasets = [Daily, Registry.Get("tushare.adj_factor")];
        var cases =
            from first in Gen.Choose(0, open.Length - 1)
            from length in Gen.Choose(0, 45)
            from bars in Gen.Choose(0, open.Length - 1).ListOf()
            from factors in Gen.Choose(0, open.Length - 1).ListOf()
            select (first, length, Committed: new[] { bars.Distinct().ToArray(), factors.Distinct().ToArray() });
        var number = 0;
        Prop.ForAll(
                cases.ToArbitrary(),
                x =>
                {
                    var lake = Lake($"lake-{number++}");
                    for (var i = 0; i < datasets.Length; i++)
                    {
                        CommitAsync(lake, datasets[i], x.Committed[i].Select(d => open[d])).GetAwaiter().GetResult();
                    }

                    var days = open[x.first..Math.Min(open.Length, x.first + x.length + 1)];
                    var request = new PlanRequest(datasets, days[0], days[^1]);
                    var plan = PlanAsync(lake, request).GetAwaiter().GetResult();

                    var wanted = datasets.SelectMany(d => days.Select(day => new UnitId(d.Id, day))).ToHashSet();
                    var committed = datasets
                        .SelectMany((d, i) => x.Committed[i].Select(day => new UnitId(d.Id, open[day])))
                        .Where(wanted.Contains)
                        .ToHashSet();
                    var planned = plan.Units.Select(u => u.Id).ToArray();
                    planned.ShouldBeUnique();
                    plan.AlreadyCommitted.ShouldBe(committed.Count);
                    planned.ToHashSet().Overlaps(committed).ShouldBeFalse();
                    planned.Concat(committed).ToHashSet().SetEquals(wanted).ShouldBeTrue();
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    private static async Task CommitRowsAsync(DataLake lake, DatasetDefinition dataset, DateOnly day, int rows)
    {
        using var staging = lake.Stage(TableDefinition.Of(dataset), "test");
        var batch = new ColumnBatch(dataset.Columns);
        for (var row = 0; row < rows; row++)
        {
            ((TextColumn)batch["ts_code"]).Append(System.Text.Encoding.UTF8.GetBytes($"{row:D6}.SZ"));
            ((ValueColumn<int>)batch["trade_date"]).Append(
                day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber
            );
            ((ValueColumn<double>)batch["adj_factor"]).Append(1);
        }

        staging.Append(new UnitId(dataset.Id, day).ToString(), day, batch);
        await lake.CommitAsync(staging, new CommitRequest("TEST"), CancellationToken.None);
    }
}
