using Tidemark.Core.Calendars;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Options;
using Tidemark.Simulator.Tests.Options;

namespace Tidemark.Simulator.Tests;

/// <summary>
/// Both simulated markets have trading days until 2030, however old the shipped calendars are by then.
/// </summary>
public sealed class SimulatorCalendarTests
{
    private static readonly DateOnly s_last = new(2030, 12, 31);

    [Fact]
    public void Calendars_OfBothMarkets_ReachTheEndOf2030()
    {
        TradingCalendar[] calendars =
        [
            MarketCalendar.Of(OptionMarkets.Shipped("XSHG")),
            NewYorkCalendar.Of(OptionMarkets.Calendar),
        ];

        foreach (var calendar in calendars)
        {
            calendar.Last.ShouldBeGreaterThanOrEqualTo(s_last, calendar.Exchange);
            foreach (var year in Enumerable.Range(2027, 4))
            {
                calendar
                    .OpenDays.Count(d => d.Year == year)
                    .ShouldBeInRange(237, 253, $"{calendar.Exchange} in {year}");
            }
        }
    }

    [Fact]
    public void NewYork_ByTheRule_IsWhatTheExchangeAnnounced()
    {
        var shipped = OptionMarkets.Calendar;
        var known = shipped.OpenDays.Where(d => d.Year <= 2021);
        var until2021 = TradingCalendar.OfDays("XNYS", shipped.TimeZone, shipped.First, new(2021, 12, 31), known);

        var byRule = NewYorkCalendar.Of(until2021);

        // The day of mourning for President Carter is in no rule.
        var days = byRule.OpenDays.Where(d => d <= shipped.Last).Except([new(2025, 1, 9)]).ToArray();
        days.ShouldBe(shipped.OpenDays);
        foreach (var day in days.Where(d => d.Year > 2021))
        {
            byRule.EarlyClose(day).ShouldBe(shipped.EarlyClose(day), day.ToString("O"));
        }
    }

    [Fact]
    public void NewYork_AfterTheShippedCalendar_HasItsHolidaysAndEarlyCloses()
    {
        var calendar = NewYorkCalendar.Of(OptionMarkets.Calendar);

        calendar.IsOpen(new(2029, 3, 30)).ShouldBeFalse("Good Friday");
        calendar.IsOpen(new(2030, 4, 19)).ShouldBeFalse("Good Friday");
        calendar.IsOpen(new(2030, 11, 28)).ShouldBeFalse("Thanksgiving");
        calendar.EarlyClose(new(2030, 11, 29)).ShouldBe(new TimeOnly(13, 0));
        calendar.EarlyClose(new(2029, 7, 3)).ShouldBe(new TimeOnly(13, 0));
        calendar.EarlyClose(new(2029, 7, 5)).ShouldBeNull();
        new SyntheticOptionMarket(1, calendar, 30).Session(new(2030, 12, 30)).ShouldNotBeNull();
    }
}
