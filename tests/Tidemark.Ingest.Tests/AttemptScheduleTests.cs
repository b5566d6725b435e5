using Tidemark.Control.Runs;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Tests.Support;
using Tidemark.Testing;

namespace Tidemark.Ingest.Tests;

/// <summary>The distances between attempts at a unit that is not whole, and when it is given up.</summary>
public sealed class AttemptScheduleTests
{
    private static readonly DatasetDefinition s_daily = DatasetRegistry
        .Load(DefinitionsFolder.Shipped, SourceTree.Calendars)
        .Get("tushare.daily");

    private static readonly UnitId s_unit = new("tushare.daily", new DateOnly(2024, 6, 12));

    private static DateTimeOffset Shanghai(int month, int day, int hour, int minute) =>
        new(2024, month, day, hour, minute, 0, TimeSpan.FromHours(8));

    private static UnitAttempt After(UnitAttempt? before, DateTimeOffset now) =>
        AttemptSchedule.After(before, s_unit, s_daily, WatchedMarket.Calendar, now, "2 of 4 expected are missing");

    [Fact]
    public void Attempts_EachInItsTime_AreFurtherAndFurtherApartUntilTheUnitIsGivenUp()
    {
        var attempt = After(null, Shanghai(6, 12, 20, 0));
        var moments = new List<DateTimeOffset>();
        while (attempt.NextAt is { } next)
        {
            moments.Add(next);
            attempt = After(attempt, next);
        }

        moments[..4]
            .ShouldBe([
                Shanghai(6, 12, 20, 15),
                Shanghai(6, 12, 21, 15),
                Shanghai(6, 13, 1, 15),
                Shanghai(6, 13, 16, 30), // the next day's run: when the dataset is due
            ]);
        moments[4..].ShouldBe(Enumerable.Range(1, 8).Select(week => Shanghai(6, 13, 16, 30).AddDays(7 * week)));
        attempt.IsGivenUp.ShouldBeTrue();
        (attempt.Attempts, attempt.Step).ShouldBe((13, 13));
    }

    [Fact]
    public void Attempt_BeforeItsTime_CountsAndUsesUpNothing()
    {
        var first = After(null, Shanghai(6, 12, 20, 0));

        var early = After(first, Shanghai(6, 12, 20, 14));

        (early.Attempts, early.Step, early.NextAt).ShouldBe((2, 1, first.NextAt));
        early.LastAt.ShouldBe(Shanghai(6, 12, 20, 14));
    }

    [Fact]
    public void Attempt_OfAUnitThatIsGivenUp_DoesNotBringItBack()
    {
        var givenUp = new UnitAttempt(s_unit.ToString(), 13, 13, Shanghai(6, 12, 20, 0), null, "");

        After(givenUp, Shanghai(6, 20, 20, 0)).IsGivenUp.ShouldBeTrue();
    }

    [Fact]
    public void Attempt_LateAtNight_WaitsForTheSameDaysDueTime()
    {
        var third = new UnitAttempt(s_unit.ToString(), 3, 3, Shanghai(6, 12, 20, 0), Shanghai(6, 13, 0, 45), "");

        After(third, Shanghai(6, 13, 0, 45)).NextAt.ShouldBe(Shanghai(6, 13, 16, 30));
        After(third, Shanghai(6, 13, 17, 0)).NextAt.ShouldBe(Shanghai(6, 14, 16, 30));
    }
}
