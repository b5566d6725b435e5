using Tidemark.Core.Errors;
using Tidemark.Definitions.Calendars;
using Tidemark.Testing;

namespace Tidemark.Core.Tests.Calendars;

public sealed class TradingCalendarTests
{
    private const string File = "definitions/calendars/XTST.csv";

    // One week: Monday to Sunday, Wednesday closed, a worked Saturday, an early close on Friday.
    private const string Week = """
        # A comment: with a colon
        # timezone: Asia/Shanghai
        # first: 2022-06-06
        # last: 2022-06-12

        date,open,early_close
        2022-06-08,0,
        2022-06-10,1,13:00
        2022-06-11,1,
        """;

    private static DateOnly June(int day) => new(2022, 6, day);

    [Fact]
    public void Parse_WeekWithExceptions_KnowsOpenDays()
    {
        var calendar = CalendarFile.Parse("XTST", Week, File);

        calendar.Exchange.ShouldBe("XTST");
        calendar.TimeZone.Id.ShouldBe("Asia/Shanghai");
        calendar.First.ShouldBe(June(6));
        calendar.Last.ShouldBe(June(12));
        calendar.OpenDays.ShouldBe([June(6), June(7), June(9), June(10), June(11)]);
        calendar.IsOpen(June(8)).ShouldBeFalse();
        calendar.IsOpen(June(11)).ShouldBeTrue();
        calendar.EarlyClose(June(10)).ShouldBe(new TimeOnly(13, 0));
        calendar.EarlyClose(June(9)).ShouldBeNull();
    }

    [Fact]
    public void Parse_WindowsLineEnds_ReadsTheSame()
    {
        var calendar = CalendarFile.Parse("XTST", Week.ReplaceLineEndings("\r\n"), File);

        calendar.OpenDays.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(13)]
    public void AnyQuestion_DayOutsideTheRange_IsAnErrorThatNamesTheFileToExtend(int day)
    {
        var calendar = CalendarFile.Parse("XTST", Week, File);

        foreach (
            var ask in new Action[]
            {
                () => calendar.IsOpen(June(day)),
                () => calendar.OpenDayOnOrBefore(June(day)),
                () => calendar.EarlyClose(June(day)),
                () => _ = calendar.OpenDaysBetween(June(day), June(day)).Length,
                () => _ = calendar.OpenDaysBetween(June(Math.Min(day, 8)), June(Math.Max(day, 8))).Length,
            }
        )
        {
            var error = Should.Throw<TidemarkException>(ask);
            error.Code.ShouldBe("CALENDAR_RANGE");
            error.Message.ShouldContain($"2022-06-{day:00}");
            error.Message.ShouldContain("Put a calendars/XTST.csv");
        }
    }

    [Fact]
    public void OpenDaysBetween_EndBeforeStart_IsEmpty() =>
        CalendarFile.Parse("XTST", Week, File).OpenDaysBetween(June(10), June(9)).Length.ShouldBe(0);

    [Fact]
    public void AsOf_AfterTheCalendarsEnd_IsAnError()
    {
        var calendar = CalendarFile.Parse("XTST", Week, File);
        var later = new DateTimeOffset(2022, 6, 20, 0, 0, 0, TimeSpan.Zero);

        Should
            .Throw<TidemarkException>(() => calendar.AsOf(later, new TimeOnly(18, 0)))
            .Code.ShouldBe("CALENDAR_RANGE");
    }

    [Fact]
    public void AsOf_AfterTheCalendarsEndForWhoWantsNothingLater_IsTheLastOpenDayOfTheRange()
    {
        var calendar = CalendarFile.Parse("XTST", Week, File);
        var later = new DateTimeOffset(2022, 6, 20, 0, 0, 0, TimeSpan.Zero);

        calendar.AsOf(later, new TimeOnly(18, 0), notAfter: June(8)).ShouldBe(June(7));
    }

    [Theory]
    [InlineData("2022-06-07T09:59:59Z", "2022-06-06")] // 17:59:59 in Shanghai: Tuesday's data is not due yet
    [InlineData("2022-06-07T10:00:00Z", "2022-06-07")] // 18:00:00
    [InlineData("2022-06-08T23:00:00Z", "2022-06-07")] // Thursday morning there, Wednesday was closed
    [InlineData("2022-06-07T16:30:00Z", "2022-06-07")] // already Wednesday there, still Tuesday in UTC
    public void AsOf_AroundTheDueTime_CountsInExchangeTime(string now, string expected) =>
        CalendarFile
            .Parse("XTST", Week, File)
            .AsOf(DateTimeOffset.Parse(now), new TimeOnly(18, 0))
            .ShouldBe(TradeDate.ParseIso(expected));

    [Fact]
    public void AsOf_DataDueOnTheNextDay_LagsOneDay()
    {
        var calendar = CalendarFile.Parse("XTST", Week, File);
        var fridayMorning = new DateTimeOffset(2022, 6, 10, 9, 0, 0, TimeSpan.FromHours(8));

        calendar.AsOf(fridayMorning, new TimeOnly(8, 30), daysLater: 1).ShouldBe(June(9));
        calendar.AsOf(fridayMorning, new TimeOnly(9, 30), daysLater: 1).ShouldBe(June(7));
    }

    [Theory]
    [InlineData("2024-03-08", "2024-03-08T21:00:00Z")] // the Friday before summer time
    [InlineData("2024-03-11", "2024-03-11T20:00:00Z")] // the Monday after
    [InlineData("2024-11-01", "2024-11-01T20:00:00Z")]
    [InlineData("2024-11-04", "2024-11-04T21:00:00Z")]
    public void DueAt_NewYorkAcrossSummerTime_FollowsTheClockOnTheWall(string day, string utc)
    {
        var calendar = CalendarFile.Parse("XNYS", SourceTree.Calendar("XNYS"), "XNYS.csv");

        calendar
            .DueAt(TradeDate.ParseIso(day), new TimeOnly(16, 0))
            .ToUniversalTime()
            .ShouldBe(DateTimeOffset.Parse(utc));
    }
}
