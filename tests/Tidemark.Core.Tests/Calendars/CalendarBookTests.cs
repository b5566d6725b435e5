using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Calendars;

namespace Tidemark.Core.Tests.Calendars;

public sealed class CalendarBookTests
{
    // Two weeks of December 2026: the 25th is closed.
    private static readonly TradingCalendar s_file = CalendarFile.Parse(
        "XSHG",
        "# timezone: Asia/Shanghai\n# first: 2026-12-21\n# last: 2026-12-31\ndate,open,early_close\n2026-12-25,0,\n",
        "XSHG.csv"
    );

    private static readonly Dictionary<string, TradingCalendar> s_files = new() { ["XSHG"] = s_file };

    [Fact]
    public void Of_AVendorThatKnowsMore_GoesOnWhereTheFileEnds()
    {
        var book = CalendarBook.Of(
            s_files,
            [Vendor("XSHG", Day(12, 21), new DateOnly(2027, 1, 10), Day(12, 25), Jan(1))]
        );

        var calendar = book.Calendars["XSHG"];
        calendar.First.ShouldBe(Day(12, 21));
        calendar.Last.ShouldBe(Jan(10));
        calendar.IsOpen(Jan(1)).ShouldBeFalse();
        calendar.OpenDaysBetween(Day(12, 31), Jan(5)).ToArray().ShouldBe([Day(12, 31), Jan(4), Jan(5)]);
        calendar.TimeZone.ShouldBe(s_file.TimeZone);
        book.Disagreements.ShouldBeEmpty();
        book.SourceOf("XSHG", Day(12, 31)).ShouldBe(CalendarSource.File);
        book.SourceOf("XSHG", Jan(1)).ShouldBe(CalendarSource.Vendor);
        book.SourceOf("XSHG", Jan(11)).ShouldBeNull();
        book.SourceOf("XNYS", Jan(1)).ShouldBeNull();
    }

    [Fact]
    public void Of_ADisagreement_TheFileCountsAndItIsTold()
    {
        var book = CalendarBook.Of(s_files, [Vendor("XSHG", Day(12, 21), Day(12, 31), Day(12, 24))]);

        book.Calendars["XSHG"].IsOpen(Day(12, 24)).ShouldBeTrue();
        book.Calendars["XSHG"].IsOpen(Day(12, 25)).ShouldBeFalse();
        book.Disagreements.Select(d => d.ToString())
            .ShouldBe([
                "XSHG 2026-12-24: open in the file, closed at the vendor",
                "XSHG 2026-12-25: closed in the file, open at the vendor",
            ]);
    }

    [Fact]
    public void Of_ADayThatTheVendorLacks_EndsTheCalendarBeforeIt()
    {
        var days = Vendor("XSHG", Day(12, 21), Jan(10), Day(12, 25)).Days.Where(d => d.Day != Jan(6)).ToArray();

        var calendar = CalendarBook.Of(s_files, [new VendorCalendar("XSHG", days)]).Calendars["XSHG"];

        calendar.Last.ShouldBe(Jan(5), "a day that nobody knows is not closed");
    }

    [Fact]
    public void Of_AVendorThatBeginsAfterTheFilesEnd_AddsNothing()
    {
        CalendarBook.Of(s_files, [Vendor("XSHG", Jan(4), Jan(10))]).Calendars["XSHG"].Last.ShouldBe(s_file.Last);
        CalendarBook.Of(s_files, [new VendorCalendar("XSHG", [])]).Calendars["XSHG"].Last.ShouldBe(s_file.Last);
    }

    [Fact]
    public void Of_AnExchangeWithoutAFile_HasTheVendorsCalendarFromItsLastGapOn()
    {
        var days = Vendor("SHFE", Day(12, 21), Jan(10)).Days.Where(d => d.Day != Day(12, 23)).ToArray();

        var book = CalendarBook.Of(s_files, [new VendorCalendar("SHFE", days)]);

        book.Calendars.Keys.Order().ShouldBe(["SHFE", "XSHG"]);
        book.Calendars["SHFE"].First.ShouldBe(Day(12, 24));
        book.Calendars["SHFE"].Last.ShouldBe(Jan(10));
        book.SourceOf("SHFE", Jan(1)).ShouldBe(CalendarSource.Vendor);
    }

    [Fact]
    public void Of_AVendorThatIsClosedForMonths_EndsTheCalendarBeforeThatAndTellsIt()
    {
        var closed = Enumerable.Range(0, 90).Select(i => Jan(1).AddDays(i)).Append(Day(12, 25)).ToArray();

        var book = CalendarBook.Of(s_files, [Vendor("XSHG", Day(12, 21), new DateOnly(2027, 6, 30), closed)]);

        var calendar = book.Calendars["XSHG"];
        calendar.Last.ShouldBe(Day(12, 31), "no exchange is closed from January to March");
        book.Flaws.Single()
            .ToString()
            .ShouldStartWith("XSHG 2027-01-01 to 2027-03-31: the vendor says closed for 90 days");
        var error = Should.Throw<TidemarkException>(() => calendar.IsOpen(Jan(4)));
        error.Code.ShouldBe("CALENDAR_RANGE");
        error.Message.ShouldContain("XSHG 2027-01-01 to 2027-03-31: the vendor says closed for 90 days");
        error.Message.ShouldContain("calendars/XSHG.csv");
    }

    [Fact]
    public void Of_AClosureInTheMiddle_LeavesWhatIsBeforeIt()
    {
        var closed = Enumerable.Range(0, 31).Select(i => new DateOnly(2027, 2, 1).AddDays(i)).ToArray();

        var book = CalendarBook.Of(s_files, [Vendor("XSHG", Day(12, 21), new DateOnly(2027, 6, 30), closed)]);

        book.Calendars["XSHG"].Last.ShouldBe(Jan(29), "the last open day; the weekend after it belongs to the closure");
        book.Flaws.Single().From.ShouldBe(Jan(30));
        book.Flaws.Single().To.ShouldBe(new DateOnly(2027, 3, 3));
    }

    [Theory]
    [InlineData(20, false)]
    [InlineData(21, true)]
    public void Of_AClosure_IsBelievedUpToTheBound(int days, bool isFlaw)
    {
        var closed = Enumerable.Range(0, days).Select(i => Jan(1).AddDays(i)).Append(Day(12, 25)).ToArray();
        DateOnly[] all = [.. Enumerable.Range(0, days + 11).Select(i => Day(12, 21).AddDays(i))];
        var vendor = new VendorCalendar("XSHG", [.. all.Select(d => new VendorDay(d, !closed.Contains(d)))]);

        CalendarBook.Of(s_files, [vendor]).Flaws.Count.ShouldBe(isFlaw ? 1 : 0);
    }

    [Fact]
    public void Of_ADayThatIsNeitherOpenNorClosed_EndsTheCalendarBeforeItAndTellsIt()
    {
        VendorDay[] days =
        [
            .. Vendor("XSHG", Day(12, 21), Jan(10), Day(12, 25))
                .Days.Select(d => d.Day == Jan(6) ? new(Jan(6), null) : d),
        ];

        var book = CalendarBook.Of(s_files, [new VendorCalendar("XSHG", days)]);

        book.Calendars["XSHG"].Last.ShouldBe(Jan(5));
        book.Flaws.Single()
            .ToString()
            .ShouldStartWith("XSHG 2027-01-06 to 2027-01-06: the vendor says neither open nor closed");
    }

    [Fact]
    public void Of_AnExchangeWithoutAFile_MayBeClosedBeforeItOpensAndNotForEver()
    {
        DateOnly[] before = [.. Enumerable.Range(0, 60).Select(i => Day(1, 1).AddDays(i))];
        var opens = Vendor("CFFEX", Day(1, 1), Day(6, 30), before);
        var never = new VendorCalendar("INE", [.. before.Select(d => new VendorDay(d, false))]);

        var book = CalendarBook.Of(s_files, [opens, never]);

        book.Calendars["CFFEX"].Last.ShouldBe(Day(6, 30));
        book.Calendars.Keys.ShouldNotContain("INE");
        book.Flaws.Single().Exchange.ShouldBe("INE");
    }

    [Fact]
    public void Of_ACalendarLikeAnother_GoesOnAsThatDoesWhereNobodySaysMore()
    {
        var files = new Dictionary<string, TradingCalendar>
        {
            ["XSHG"] = s_file,
            ["DCE"] = Like("DCE", "XSHG"),
            ["GFEX"] = Like("GFEX", "DCE"),
        };

        var book = CalendarBook.Of(
            files,
            [
                Vendor("DCE", Day(12, 21), Jan(5), Day(12, 25), Jan(1)),
                Vendor("XSHG", Day(12, 21), Jan(10), Day(12, 25), Jan(1), Jan(7)),
            ]
        );

        book.Calendars["GFEX"].OpenDays.ShouldBe(book.Calendars["XSHG"].OpenDays);
        book.Calendars["DCE"].Last.ShouldBe(Jan(10), "its own vendor days, then Shanghai's");
        book.Calendars["DCE"].IsOpen(Jan(7)).ShouldBeFalse();
        book.SourceOf("GFEX", Day(12, 30)).ShouldBe(CalendarSource.File);
        book.SourceOf("GFEX", Jan(7)).ShouldBe(CalendarSource.Vendor);
        book.Disagreements.ShouldBeEmpty();
    }

    [Fact]
    public void Of_AFlawedVendor_IsNotReplacedByAGuess()
    {
        var files = new Dictionary<string, TradingCalendar> { ["XSHG"] = s_file, ["DCE"] = Like("DCE", "XSHG") };
        var unclear = new VendorCalendar("DCE", [new(Jan(1), false), new(Jan(2), null)]);

        var book = CalendarBook.Of(files, [unclear, Vendor("XSHG", Jan(1), Jan(10), Jan(1))]);

        book.Calendars["DCE"].Last.ShouldBe(Jan(1));
        book.Calendars["DCE"].EndsFor.ShouldNotBeNull();
    }

    [Fact]
    public void Of_TwoCalendarsOfTheVendor_TheFirstCountsAndTheSecondGoesOn()
    {
        var first = Vendor("SHFE", Day(12, 21), Jan(5), Jan(1));
        var second = Vendor("SHFE", Day(12, 28), Jan(10), Jan(1), Jan(4)) with { Where = "at the vendor (second)" };

        var book = CalendarBook.Of(s_files, [first, second]);

        book.Calendars["SHFE"].Last.ShouldBe(Jan(10));
        book.Calendars["SHFE"].IsOpen(Jan(4)).ShouldBeTrue();
        book.Disagreements.ShouldHaveSingleItem()
            .ToString()
            .ShouldBe("SHFE 2027-01-04: open at the vendor, closed at the vendor (second)");
    }

    [Fact]
    public void EarlyCloses_OfTheFile_AreKept()
    {
        var file = CalendarFile.Parse(
            "XSHG",
            "# timezone: Asia/Shanghai\n# first: 2026-12-21\n# last: 2026-12-31\ndate,open,early_close\n2026-12-31,1,13:00\n",
            "XSHG.csv"
        );

        file.ExtendedTo(Jan(4), [Jan(4)]).EarlyClose(Day(12, 31)).ShouldBe(new TimeOnly(13, 0));
    }

    [Theory]
    [InlineData("XSHG", "`tidemark run --datasets trade_cal`")]
    [InlineData("XNYS", "calendars/XNYS.csv")]
    public void IsOpen_PastTheEnd_NamesTheRemedy(string exchange, string remedy)
    {
        var calendar = TradingCalendar.OfDays(exchange, TimeZoneInfo.Utc, Day(12, 1), Day(12, 31), []);

        var error = Should.Throw<TidemarkException>(() => calendar.IsOpen(Jan(1)));

        error.Code.ShouldBe("CALENDAR_RANGE");
        error.Message.ShouldContain(remedy);
        Should
            .Throw<TidemarkException>(() => calendar.IsOpen(new DateOnly(2000, 1, 1)))
            .Message.ShouldNotContain("run");
    }

    private static TradingCalendar Like(string exchange, string other) =>
        TradingCalendar
            .OfDays(exchange, s_file.TimeZone, s_file.First, s_file.Last, s_file.OpenDays)
            .GoingOnLike(other);

    private static DateOnly Day(int month, int day) => new(2026, month, day);

    private static DateOnly Jan(int day) => new(2027, 1, day);

    private static VendorCalendar Vendor(string exchange, DateOnly from, DateOnly to, params DateOnly[] closed)
    {
        var days = new List<VendorDay>();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            var isWeekend = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            days.Add(new VendorDay(day, !isWeekend && !closed.Contains(day)));
        }

        return new VendorCalendar(exchange, days);
    }
}
