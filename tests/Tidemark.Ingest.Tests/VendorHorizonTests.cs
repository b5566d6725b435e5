using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Lake;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Ingest.Tests;

/// <summary>Days before the first that a vendor has: declared, or learned from what it had not.</summary>
public sealed class VendorHorizonTests : PlanningRig
{
    private const int Needed = VendorHorizon.DaysNeeded;
    private static readonly Verdicts s_noChecks = new() { Judges = false };
    private static readonly DateOnly[] s_open = WatchedMarket
        .Calendar.OpenDaysBetween(Day("2024-01-02"), Day("2024-06-12"))
        .ToArray();

    [Fact]
    public async Task Plan_DaysBeforeADeclaredFirstOne_AreCountedAndNotAskedFor()
    {
        var daily = Daily with { History = s_open[50] };

        var plan = await PlanAsync(Lake(), Request("2024-01-02", null, daily));

        plan.Units.Min(u => u.Id.Day).ShouldBe(s_open[50]);
        plan.Units.Count.ShouldBe(s_open.Length - 50);
        plan.Horizons.ShouldBe([new VendorHorizon(daily.Id, s_open[50], IsLearned: false, Units: 50)]);
    }

    [Fact]
    public async Task Plan_AMonthWithADeclaredFirstDay_IsAskedFor()
    {
        var events = Registry.Get("tushare.repurchase") with { History = Day("2024-03-15") };

        var plan = await PlanAsync(Lake(), Request("2024-01-02", null, events));

        plan.Units.Min(u => u.Id).Period.Has(Day("2024-03-15")).ShouldBeTrue();
    }

    [Fact]
    public async Task Plan_DaysThatAreNamedAgain_AreAskedForWhateverIsDeclared()
    {
        var daily = Daily with { History = s_open[50] };

        var plan = await PlanAsync(Lake(), Request("2024-01-02", "2024-01-31", daily) with { Again = true });

        plan.Units.Count.ShouldBe(s_open.Count(day => day <= Day("2024-01-31")));
        plan.Horizons.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_AfterManyDaysThatWereGivenUp_AsksForNoneBeforeThemUntilTheyAreNamed()
    {
        var lake = Lake();
        await FillAsync(lake, s_open[30..(30 + Needed)], rows: false);
        await FillAsync(lake, s_open[(30 + Needed)..], rows: true);
        await GiveUpAsync(Daily, s_open[30..(30 + Needed)]);

        var run = await PlanAsync(lake, Request("2024-01-02", null, Daily), s_noChecks);
        var backfill = await PlanAsync(lake, Request("2024-01-02", null, Daily) with { NamesDays = true }, s_noChecks);

        run.Units.ShouldBeEmpty();
        run.GivenUp.Count.ShouldBe(Needed, "what was asked for is judged as ever");
        run.Horizons.ShouldBe([new VendorHorizon(Daily.Id, s_open[30 + Needed], IsLearned: true, Units: 30)]);
        backfill.Horizons.ShouldBeEmpty();
        backfill.Units.Select(u => u.Id.Day).ShouldBe(s_open[..30]);
    }

    [Theory]
    [InlineData(Needed, 0, Needed, Needed - 1)] // a day that is still tried
    [InlineData(Needed - 1, 0, Needed, Needed - 1)] // too few days without rows
    [InlineData(Needed, 0, Needed - 1, Needed)] // too few with rows
    [InlineData(Needed, 1, Needed, Needed)] // a day between that nobody asked for
    public async Task Plan_OfLessEvidence_AsksForEveryDay(int empty, int between, int full, int givenUp)
    {
        var lake = Lake();
        var first = 10 + empty + between;
        await FillAsync(lake, s_open[10..(10 + empty)], rows: false);
        await FillAsync(lake, s_open[first..(first + full)], rows: true);
        await GiveUpAsync(Daily, s_open[10..(10 + givenUp)]);
        var through = s_open[first + full - 1].ToString("yyyy-MM-dd", null);

        var plan = await PlanAsync(lake, Request("2024-01-02", through, Daily), s_noChecks);

        plan.Horizons.ShouldBeEmpty();
        plan.Units.Select(u => u.Id.Day)
            .Concat(plan.GivenUp.Select(u => Day(u.Unit.Split('/')[1])))
            .Order()
            .ShouldBe(s_open[..first]);
    }

    [Fact]
    public async Task Plan_DaysWithRowsBeforeADeclaredFirstOne_AreJudgedAsAnyOther()
    {
        var lake = Lake();
        var daily = Daily with { History = s_open[50] };
        await FillAsync(lake, s_open[40..], rows: true);
        var verdicts = new Verdicts
        {
            Problems = new Dictionary<UnitId, string> { [new UnitId(Daily.Id, s_open[45])] = "5,400 rows are missing" },
        };

        var plan = await PlanAsync(lake, Request("2024-01-02", null, daily), verdicts);

        plan.Units.Single().Id.Day.ShouldBe(s_open[45]);
        plan.Horizons.Single().Units.ShouldBe(40);
    }

    private static async Task FillAsync(DataLake lake, IEnumerable<DateOnly> days, bool rows)
    {
        using var staging = lake.Stage(TableDefinition.Of(Daily), "test");
        foreach (var day in days)
        {
            var batch = new ColumnBatch(Daily.Columns);
            if (rows)
            {
                foreach (var column in batch.Columns)
                {
                    switch (column)
                    {
                        case TextColumn text:
                            text.Append("600519.SH"u8);
                            break;
                        case ValueColumn<int> date:
                            date.Append(day.DayNumber - new DateOnly(1970, 1, 1).DayNumber);
                            break;
                        default:
                            column.AppendNull();
                            break;
                    }
                }
            }

            staging.Append(new UnitId(Daily.Id, day).ToString(), day, batch);
        }

        var table = lake.Table(TableDefinition.Of(Daily).Id);
        await table.CommitAsync(
            await staging.StageAsync(await table.SnapshotAsync(default), default),
            new CommitRequest("TEST"),
            default
        );
    }
}
