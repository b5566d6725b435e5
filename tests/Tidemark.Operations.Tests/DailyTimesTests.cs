using FsCheck;
using FsCheck.Fluent;
using Tidemark.Operations.Schedules;

namespace Tidemark.Operations.Tests;

/// <summary>The moments of a time of day, in zones whose clocks change and in those whose don't.</summary>
public sealed class DailyTimesTests
{
    private static readonly string[] s_zones =
    [
        "Asia/Shanghai",
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "UTC",
    ];

    [Fact]
    public void Shanghai_Has1930At1130Utc()
    {
        var times = Times(19, 30, "Asia/Shanghai");
        var moment = Utc(2026, 1, 5, 11, 30);

        times.Next(moment - TimeSpan.FromSeconds(1)).ShouldBe(moment);
        times.Next(moment).ShouldBe(moment + TimeSpan.FromDays(1));
        times.Last(moment).ShouldBe(moment);
        times.Last(moment - TimeSpan.FromSeconds(1)).ShouldBe(moment - TimeSpan.FromDays(1));
    }

    [Fact]
    public void ATimeThatTheClocksSkip_ComesRightAfterTheGap() =>
        Times(2, 30, "America/New_York").On(new DateOnly(2026, 3, 8)).ShouldBe([Utc(2026, 3, 8, 7, 0)]);

    [Fact]
    public void ATimeThatTheClocksShowTwice_IsTheFirst() =>
        Times(1, 30, "America/New_York").On(new DateOnly(2026, 11, 1)).ShouldBe([Utc(2026, 11, 1, 5, 30)]);

    [Fact]
    public void EveryDay_HasOneMoment_AndNextAndLastAgree() =>
        Prop.ForAll(
                Gen.Choose(0, 1439).Zip(Gen.Elements(s_zones)).Zip(Gen.Choose(0, 365 * 24 * 60)).ToArbitrary(),
                of =>
                {
                    var ((minutes, zone), at) = of;
                    var times = Times(minutes / 60, minutes % 60, zone);
                    var now = Utc(2026, 1, 1, 0, 0) + TimeSpan.FromMinutes(at);
                    var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, times.Zone).DateTime);
                    var next = times.Next(now);
                    var last = times.Last(now);
                    last.ShouldBeLessThanOrEqualTo(now);
                    next.ShouldBeGreaterThan(now);
                    times.Next(last).ShouldBe(next);
                    times.Last(next).ShouldBe(next);
                    times.Between(last, next).ShouldBe([next]);
                    times.On(day).Count.ShouldBe(1);
                }
            )
            .QuickCheckThrowOnFailure();

    private static DailyTimes Times(int hour, int minute, string zone) =>
        new(new TimeOnly(hour, minute), TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset Utc(int year, int month, int day, int hour, int minute) =>
        new(year, month, day, hour, minute, 0, TimeSpan.Zero);
}
