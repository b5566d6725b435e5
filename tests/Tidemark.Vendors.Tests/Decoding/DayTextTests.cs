using System.Text;
using Tidemark.Core;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tests.Decoding;

public sealed class DayTextTests
{
    private static readonly DateOnly s_epoch = new(1970, 1, 1);

    [Fact]
    public void TryParse_EveryDayOfACentury_CountsFrom1970()
    {
        for (var day = new DateOnly(1950, 1, 1); day < new DateOnly(2060, 1, 1); day = day.AddDays(1))
        {
            var expected = day.DayNumber - s_epoch.DayNumber;
            DayText.TryParse(Encoding.ASCII.GetBytes(day.ToCompact()), out var compact).ShouldBeTrue();
            DayText.TryParse(Encoding.ASCII.GetBytes(day.ToIso()), out var iso).ShouldBeTrue();
            if (compact != expected || iso != expected)
            {
                Assert.Fail($"{day.ToIso()}: {compact}, {iso} instead of {expected}");
            }
        }
    }

    [Theory]
    [InlineData("20220230")]
    [InlineData("20221301")]
    [InlineData("00000000")]
    [InlineData("2022060")]
    [InlineData("202206011")]
    [InlineData("2022060:")]
    [InlineData("2022060/")]
    [InlineData("2022-6-01")]
    [InlineData("２０２２")]
    public void TryParse_NoDay_Refuses(string text) =>
        DayText.TryParse(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Theory]
    [InlineData("2023-08-25 15:00:00", "2023-08-25T07:00:00Z")]
    [InlineData("2023-08-25 09:31", "2023-08-25T01:31:00Z")]
    [InlineData("2023-08-25", "2023-08-24T16:00:00Z")]
    [InlineData("20230825 00:00:01", "2023-08-24T16:00:01Z")]
    public void TryParseMoment_BeijingClock_GivesUtc(string text, string expected)
    {
        DayText.TryParseMoment(Encoding.ASCII.GetBytes(text), out var microseconds).ShouldBeTrue();
        DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds).ShouldBe(DateTimeOffset.Parse(expected));
    }

    [Theory]
    [InlineData("2023-08-25 24:00:00")]
    [InlineData("2023-08-25 09:60:00")]
    [InlineData("2023-08-25 9:30:00")]
    [InlineData("2023-08-25 09:30:0x")]
    [InlineData("09:30:00")]
    public void TryParseMoment_NoMoment_Refuses(string text) =>
        DayText.TryParseMoment(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();
}
